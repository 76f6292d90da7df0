import { type BypassView, escalateBypass } from "../../../src/bypasses/contract.ts";
import { useAct } from "../../act.ts";
import { apart } from "../../parts/apart.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";

/** For a bypass that cannot wait until its claim time has passed. */
export function Escalate({ bypass: { id, subject }, onClose }: { bypass: BypassView; onClose: () => void }) {
  const escalating = useAct(escalateBypass, () => {
    say(`${apart(subject.name)}'s bypass is escalated and leads the list.`);
    onClose();
  });
  return (
    <ReasonDialog
      title={`Escalate ${apart(subject.name)}'s bypass?`}
      label="Why it cannot wait"
      act="Escalate it"
      look="primary"
      icon="warning"
      leave="Let it wait"
      sending={escalating}
      failed="It was not escalated"
      onClose={onClose}
      onSend={(reason) => escalating.mutate({ params: { id }, body: { reason } })}
    >
      <p>
        It leads the list from now on, as if its 72 hours had passed, with your name and reason. Nothing changes in the provider: it can
        still be claimed or removed.
      </p>
    </ReasonDialog>
  );
}

import { useState } from "react";

import { type BypassView, escalateBypass } from "../../../src/bypasses/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";

/** For a bypass that cannot wait until its claim time has passed. */
export function Escalate({ bypass, onClose }: { bypass: BypassView; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const escalating = useAct(escalateBypass, () => {
    say(`${apart(bypass.subject.name)}'s bypass is escalated and leads the list.`);
    onClose();
  });
  const reasons = escalating.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/reason"]);
  return (
    <Dialog
      title={`Escalate ${apart(bypass.subject.name)}'s bypass?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Let it wait</Button>
          <Button
            look="primary"
            icon="warning"
            isBusy={escalating.isPending}
            whyNot={reason.trim() === "" ? "Say why first." : undefined}
            onClick={() => escalating.mutate({ params: { id: bypass.id }, body: { reason: reason.trim() } })}
          >
            Escalate it
          </Button>
        </>
      }
    >
      <p>
        It leads the list from now on, as if its 72 hours had passed, with your name and reason. Nothing changes in the provider: it can
        still be claimed or removed.
      </p>
      <TextArea label="Why it cannot wait" value={reason} onChange={setReason} errors={errorsAt(reasons, "/reason")} />
      {escalating.error !== null && others.length > 0 && <Failure error={escalating.error} reasons={others} title="It was not escalated" />}
    </Dialog>
  );
}

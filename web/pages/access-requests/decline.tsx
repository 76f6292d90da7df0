import { type AccessRequestView, declineAccessRequest } from "../../../src/access-requests/contract.ts";
import { useAct } from "../../act.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";

interface DeclineProps {
  request: AccessRequestView;
  onClose: () => void;
}

/** Says that nothing is to come of it: somebody else tried, or it is not needed. */
export function Decline({ request: { id }, onClose }: DeclineProps) {
  const declining = useAct(declineAccessRequest, () => {
    say("It is declined. The same is not passed on again for a day.");
    onClose();
  });
  return (
    <ReasonDialog
      title="Decline it?"
      act="Decline it"
      look="primary"
      sending={declining}
      onClose={onClose}
      onSend={(reason) => declining.mutate({ params: { id }, body: { reason } })}
    >
      <p>If you did not try to sign in there, somebody else may have tried with your name: tell whoever looks after sign-ins.</p>
    </ReasonDialog>
  );
}

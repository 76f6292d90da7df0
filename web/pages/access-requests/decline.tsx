import { useState } from "react";

import { type AccessRequestView, declineAccessRequest } from "../../../src/access-requests/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";

interface DeclineProps {
  request: AccessRequestView;
  onClose: () => void;
}

/** Says that nothing is to come of it: somebody else tried, or it is not needed. */
export function Decline({ request, onClose }: DeclineProps) {
  const [reason, setReason] = useState("");
  const declining = useAct(declineAccessRequest, () => {
    say("It is declined. The same is not passed on again for a day.");
    onClose();
  });
  const reasons = declining.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/reason"]);
  return (
    <Dialog
      title="Decline it?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            isBusy={declining.isPending}
            whyNot={reason.trim() === "" ? "Say why first." : undefined}
            onClick={() => declining.mutate({ params: { id: request.id }, body: { reason: reason.trim() } })}
          >
            Decline it
          </Button>
        </>
      }
    >
      <p>If you did not try to sign in there, somebody else may have tried with your name: tell whoever looks after sign-ins.</p>
      <TextArea label="Why" value={reason} onChange={setReason} errors={errorsAt(reasons, "/reason")} />
      {declining.error !== null && others.length > 0 && <Failure error={declining.error} reasons={others} />}
    </Dialog>
  );
}

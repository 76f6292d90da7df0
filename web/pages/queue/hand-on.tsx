import { useState } from "react";

import { handOnReview } from "../../../src/exceptions/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { PersonField } from "../request/pickers.tsx";
import type { QueuedReview } from "./review-order.ts";

/** "Not mine": says whose it is. It is no decision; the day it is due stays. */
export function HandOn({ queued: { row, review }, onDone }: { queued: QueuedReview; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const act = useAct(handOnReview, () => {
    say(`You handed the review of ${row.ref} on.`);
    onDone();
  });
  if (!isOpen) return <Button onClick={() => setOpen(true)}>Not mine</Button>;
  const reasons = act.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/to", "/reason"]);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Not mine</Button>
      <Dialog
        title={`Hand the review of ${row.ref} on?`}
        onClose={() => setOpen(false)}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button
              look="primary"
              isBusy={act.isPending}
              whyNot={reason.trim() === "" ? "Say why it is not yours first." : undefined}
              onClick={() =>
                act.mutate({ params: { id: row.id, review: review.id }, body: { to: to === "" ? null : to, reason: reason.trim() } })
              }
            >
              Hand it on
            </Button>
          </>
        }
      >
        <p>It leaves your queue and waits for the one you name alone. The day it is due stays.</p>
        <PersonField
          label="Whose it is"
          hint="Somebody who may review it. Left empty, security governance is asked."
          value={to}
          onChange={setTo}
          errors={errorsAt(reasons, "/to")}
          isOptional
        />
        <TextArea label="Why it is not yours" value={reason} onChange={setReason} errors={errorsAt(reasons, "/reason")} />
        {act.error !== null && others.length > 0 && <Failure error={act.error} reasons={others} title="It was not handed on" />}
      </Dialog>
    </>
  );
}

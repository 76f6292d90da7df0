import { useState } from "react";

import type { CallFailed } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";

/** Asks why, before something is ended that nobody can begin again. */
export function ReasonDialog({
  title,
  words,
  act,
  isBusy,
  error,
  onClose,
  onSend,
}: {
  title: string;
  words: string;
  act: string;
  isBusy: boolean;
  error: CallFailed | null;
  onClose: () => void;
  onSend: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="danger"
            isBusy={isBusy}
            whyNot={reason.trim() === "" ? "Say why first." : undefined}
            onClick={() => onSend(reason.trim())}
          >
            {act}
          </Button>
        </>
      }
    >
      <p>{words}</p>
      <TextArea label="Why" value={reason} onChange={setReason} />
      {error !== null && <Failure error={error} title="It was not done" />}
    </Dialog>
  );
}

import { type ReactNode, useState } from "react";

import { type CallFailed, errorsAt, reasonsElsewhere } from "../api.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { TextArea } from "./field.tsx";

interface ReasonDialogProps {
  title: string;
  /** What comes of it. */
  children?: ReactNode;
  label?: string;
  /** Where the endpoint takes the reason. */
  pointer?: string;
  whyNot?: string;
  act: string;
  look?: ButtonProps["look"];
  icon?: ButtonProps["icon"];
  leave?: string;
  sending: { readonly isPending: boolean; readonly error: CallFailed | null };
  failed?: string;
  onClose: () => void;
  onSend: (reason: string) => void;
}

/** Asks why, and says what comes of it, before something is done that stands in somebody's name. */
export function ReasonDialog({
  title,
  children,
  label = "Why",
  pointer = "/reason",
  sending,
  onClose,
  onSend,
  ...words
}: ReasonDialogProps) {
  const { whyNot = "Say why first.", act, look = "danger", icon, leave = "Leave it", failed = "It was not done" } = words;
  const [reason, setReason] = useState("");
  const { isPending, error } = sending;
  const reasons = error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, [pointer]);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{leave}</Button>
          <Button
            look={look}
            icon={icon}
            isBusy={isPending}
            whyNot={reason.trim() === "" ? whyNot : undefined}
            onClick={() => onSend(reason.trim())}
          >
            {act}
          </Button>
        </>
      }
    >
      {children}
      <TextArea label={label} value={reason} onChange={setReason} errors={errorsAt(reasons, pointer)} />
      {error !== null && others.length > 0 && <Failure error={error} reasons={others} title={failed} />}
    </Dialog>
  );
}

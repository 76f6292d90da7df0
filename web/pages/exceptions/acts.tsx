import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { readBack, revokeException, suspendException, withdrawException } from "../../../src/exceptions/contract.ts";
import { useAct } from "../../act.ts";
import { whyNotCall } from "../../can.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { useSession } from "../../session.tsx";
import styles from "./acts.module.css";
import { TakeOver } from "./take-over.tsx";

interface ActsProps {
  view: ExceptionView;
}

/** What the caller may do now; what they may not says why instead of vanishing. */
export function Acts({ view }: ActsProps) {
  const allowed = (action: string) => view.actions.find((each) => each.action === action)?.allowed === true;
  const barred = view.actions.filter((each) => !each.allowed);
  return (
    <div className={styles.acts}>
      {allowed("vote") && (
        <Link to="/exceptions/$id/decide" params={{ id: view.ref }} className={buttonClass("primary")}>
          Read and decide
        </Link>
      )}
      {allowed("edit") && (
        <Link to="/request" search={{ draft: view.id }} className={buttonClass(view.state === "draft" ? "primary" : "plain")}>
          {view.state === "draft" ? "Go on with the draft" : "Edit; this voids all votes"}
        </Link>
      )}
      {allowed("extend") && (
        <Link to="/request" search={{ from: view.id, kind: "extension" }} className={buttonClass()}>
          Propose an extension
        </Link>
      )}
      <ReadBack view={view} />
      {allowed("takeOver") && <TakeOver view={view} />}
      {allowed("suspend") && <Suspend view={view} />}
      {allowed("revoke") && <Revoke view={view} />}
      {allowed("withdraw") && <Withdraw view={view} />}
      {barred.length > 0 && (
        <details className={styles.barred}>
          <summary>Not possible now</summary>
          <ul>
            {barred.map((each) => (
              <li key={each.action}>
                <strong>{ACT_WORDS[each.action] ?? each.action}</strong> {each.why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const ACT_WORDS: Readonly<Record<string, string>> = {
  edit: "Edit.",
  vote: "Decide.",
  withdraw: "Withdraw.",
  extend: "Extend.",
  revoke: "End now.",
  suspend: "Suspend.",
  takeOver: "Take over.",
};

function ReadBack({ view }: ActsProps) {
  const { roles } = useSession();
  const reading = useAct(readBack, () => say("The providers were read."));
  if (view.bindings.length === 0) return null;
  return (
    <>
      <Button
        icon="refresh"
        isBusy={reading.isPending}
        whyNot={whyNotCall(readBack, roles)}
        onClick={() => reading.mutate({ params: { id: view.id } })}
      >
        Read the provider back now
      </Button>
      {reading.error !== null && <Failure error={reading.error} title="The provider was not read" />}
    </>
  );
}

function Revoke({ view }: ActsProps) {
  const act = useAct(revokeException, () => say(`${view.ref} is not in force any more.`));
  return (
    <AskReason
      open="End it now"
      title={`End ${view.ref} now?`}
      label="Why"
      pointer="/reason"
      confirm="End it now"
      act={act}
      onConfirm={(reason) => act.mutate({ params: { id: view.id }, body: { reason } })}
    >
      From this moment it is not in force. Postern takes it out of the provider and reads back; sessions got through it may live on for a
      while. Ending cannot be undone: whoever still needs it asks again.
    </AskReason>
  );
}

function Suspend({ view }: ActsProps) {
  const act = useAct(suspendException, () => say(`${view.ref} is being suspended.`));
  return (
    <AskReason
      open="Suspend"
      title={`Suspend ${view.ref}?`}
      label="Why"
      pointer="/why"
      confirm="Suspend it"
      act={act}
      onConfirm={(why) => act.mutate({ params: { id: view.id }, body: { why } })}
    >
      It is switched off in the provider until a review has decided. The review opens at once; without an answer it ends.
    </AskReason>
  );
}

function Withdraw({ view }: ActsProps) {
  const act = useAct(withdrawException, () => say(`${view.ref} was withdrawn.`));
  return (
    <AskReason
      open="Withdraw"
      title={`Withdraw ${view.ref}?`}
      label="Why"
      pointer="/reason"
      confirm="Withdraw it"
      act={act}
      onConfirm={(reason) => act.mutate({ params: { id: view.id }, body: { reason } })}
    >
      Nobody decides on it any more. It is kept, and counts as one when the same need comes back.
    </AskReason>
  );
}

interface Pending {
  readonly isPending: boolean;
  readonly isSuccess: boolean;
  readonly error: Parameters<typeof Failure>[0]["error"] | null;
  readonly reset: () => void;
}

/** A button that asks for a reason and names the consequence before anything happens. */
function AskReason(props: {
  open: string;
  title: string;
  label: string;
  pointer: string;
  confirm: string;
  act: Pending;
  onConfirm: (reason: string) => void;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const { act } = props;
  return (
    <>
      <Button
        look="danger"
        onClick={() => {
          act.reset();
          setOpen(true);
        }}
      >
        {props.open}
      </Button>
      {isOpen && !act.isSuccess && (
        <ReasonDialog
          title={props.title}
          label={props.label}
          pointer={props.pointer}
          act={props.confirm}
          sending={act}
          onClose={() => setOpen(false)}
          onSend={props.onConfirm}
        >
          <p>{props.children}</p>
        </ReasonDialog>
      )}
    </>
  );
}

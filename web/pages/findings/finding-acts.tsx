import { useState } from "react";

import { assignFinding, type FindingView, noteFinding } from "../../../src/findings/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { useSession } from "../../session.tsx";
import { PersonField } from "../request/pickers.tsx";
import styles from "./findings.module.css";

/** Say what is being done, and whose it is. Nobody says that it is mended: that is seen. */
export function FindingActs({ finding }: { finding: FindingView }) {
  const { person } = useSession();
  const [open, setOpen] = useState<"note" | "owner">();
  const whyNot = finding.mayCare ? undefined : "Only its owner, IAM and governance may do this.";
  const onClose = () => setOpen(undefined);
  return (
    <div className={styles.acts}>
      <Button look="primary" whyNot={whyNot} onClick={() => setOpen("note")}>
        Say what is being done
      </Button>
      <Button whyNot={whyNot} onClick={() => setOpen("owner")}>
        {finding.owner === person.id ? "Hand it on" : "Say whose it is"}
      </Button>
      {open === "note" && <NoteDialog finding={finding} onClose={onClose} />}
      {open === "owner" && <OwnerDialog finding={finding} onClose={onClose} />}
    </div>
  );
}

interface DialogProps {
  finding: FindingView;
  onClose: () => void;
}

function NoteDialog({ finding: { id }, onClose }: DialogProps) {
  const noting = useAct(noteFinding, () => {
    say("It stands beside the finding.");
    onClose();
  });
  return (
    <ReasonDialog
      title="What is being done"
      label="What is being done, and until when"
      pointer="/text"
      whyNot="Say it in a sentence first."
      act="Write it down"
      look="primary"
      leave="Say nothing"
      sending={noting}
      failed="It was not written down"
      onClose={onClose}
      onSend={(text) => noting.mutate({ params: { id }, body: { text } })}
    />
  );
}

function OwnerDialog({ finding, onClose }: DialogProps) {
  const [owner, setOwner] = useState("");
  const [sentence, setSentence] = useState("");
  const assigning = useAct(assignFinding, ({ ownerName }) => {
    say(`${apart(ownerName ?? "Somebody else")} answers for it now.`);
    onClose();
  });
  const reasons = assigning.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/owner", "/sentence"]);
  const whyNot = owner === "" ? "Name the person first." : sentence.trim() === "" ? "Say why first." : undefined;
  return (
    <Dialog
      title="Whose it is"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            isBusy={assigning.isPending}
            whyNot={whyNot}
            onClick={() => assigning.mutate({ params: { id: finding.id }, body: { owner, sentence: sentence.trim() } })}
          >
            Give it to them
          </Button>
        </>
      }
    >
      <PersonField label="Who answers for it" value={owner} onChange={setOwner} errors={errorsAt(reasons, "/owner")} />
      <TextArea label="Why it is theirs" value={sentence} onChange={setSentence} errors={errorsAt(reasons, "/sentence")} />
      {assigning.error !== null && others.length > 0 && <Failure error={assigning.error} reasons={others} title="It is still as it was" />}
    </Dialog>
  );
}

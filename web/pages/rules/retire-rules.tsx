import { useState } from "react";

import { type getRuleSet, retireRuleSet } from "../../../src/decisions/contract-rules.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { sha256Text } from "../../digest.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextField } from "../../parts/field.tsx";
import { useSession } from "../../session.tsx";
import { useRetiring } from "./use-rules.ts";

type Standing = Pick<ReplyOf<typeof getRuleSet>, "name" | "version" | "status" | "text">;

/** The end of a rule set, signed as its versions are. */
export function RetireRules({ standing }: { standing: Standing }) {
  const { roles } = useSession();
  const [isAsked, setAsked] = useState(false);
  const whyNot = whyNotCall(retireRuleSet, roles) ?? whyNotRetire(standing);
  return (
    <>
      <Button look="danger" whyNot={whyNot} onClick={() => setAsked(true)}>
        Retire this rule set
      </Button>
      {isAsked && <Retiring standing={standing} onClose={() => setAsked(false)} />}
    </>
  );
}

function whyNotRetire({ name, status }: Standing): string | undefined {
  if (name === "default") return "It answers whoever names no rule set; store another version of it instead.";
  return status === "retired" ? "It is retired already." : undefined;
}

function Retiring({ standing, onClose }: { standing: Standing; onClose: () => void }) {
  const [note, setNote] = useState("");
  const retiring = useRetiring(standing.name, standing.version);
  const retire = async () => {
    const digest = await sha256Text(standing.text);
    retiring.mutate({ digest, note: note.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={`Retire ${standing.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="danger"
            icon="key"
            whyNot={note.trim() === "" ? "Say why first." : undefined}
            isBusy={retiring.isPending}
            onClick={() => void retire()}
          >
            Retire with your passkey
          </Button>
        </>
      }
    >
      <p>Every question that is asked of it is denied from then on. Its versions stay in the journal.</p>
      <TextField label="Why it ends" value={note} onChange={setNote} maxLength={500} />
      {retiring.error !== null && <Failure error={failureFrom(retiring.error)} title="Not retired" />}
    </Dialog>
  );
}

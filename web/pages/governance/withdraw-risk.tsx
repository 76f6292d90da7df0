import { useState } from "react";

import { withdrawRisk } from "../../../src/governance/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import type { RiskAcceptance } from "./risks-page.tsx";

/** Takes a proposal back, or declines it. */
export function WithdrawRisk({ risk, onClose }: { risk: RiskAcceptance; onClose: () => void }) {
  const [sentence, setSentence] = useState("");
  const isClosing = risk.state === "reopened";
  const withdrawing = useAct(withdrawRisk, () => {
    say(isClosing ? "The risk is closed." : "The proposal is withdrawn.");
    onClose();
  });
  const reasons = withdrawing.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/sentence"]);
  return (
    <Dialog
      title={isClosing ? "Close this risk?" : "Withdraw this proposal?"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="danger"
            isBusy={withdrawing.isPending}
            whyNot={sentence.trim() === "" ? "Say why first." : undefined}
            onClick={() => withdrawing.mutate({ params: { id: risk.id }, body: { sentence: sentence.trim() } })}
          >
            {isClosing ? "Close it" : "Withdraw it"}
          </Button>
        </>
      }
    >
      <p>Nobody will answer for this risk. Requests that rest on it are refused, and what is in force ends at its own end.</p>
      <TextArea label="Why" value={sentence} onChange={setSentence} errors={errorsAt(reasons, "/sentence")} />
      {withdrawing.error !== null && others.length > 0 && (
        <Failure error={withdrawing.error} reasons={others} title="It was not withdrawn" />
      )}
    </Dialog>
  );
}

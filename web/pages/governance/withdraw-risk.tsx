import { withdrawRisk } from "../../../src/governance/contract.ts";
import { useAct } from "../../act.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import type { RiskAcceptance } from "./risks-page.tsx";

/** Takes a proposal back, or declines it. */
export function WithdrawRisk({ risk: { id, state }, onClose }: { risk: RiskAcceptance; onClose: () => void }) {
  const isClosing = state === "reopened";
  const withdrawing = useAct(withdrawRisk, () => {
    say(isClosing ? "The risk is closed." : "The proposal is withdrawn.");
    onClose();
  });
  return (
    <ReasonDialog
      title={isClosing ? "Close this risk?" : "Withdraw this proposal?"}
      pointer="/sentence"
      act={isClosing ? "Close it" : "Withdraw it"}
      sending={withdrawing}
      failed="It was not withdrawn"
      onClose={onClose}
      onSend={(sentence) => withdrawing.mutate({ params: { id }, body: { sentence } })}
    >
      <p>Nobody will answer for this risk. Requests that rest on it are refused, and what is in force ends at its own end.</p>
    </ReasonDialog>
  );
}

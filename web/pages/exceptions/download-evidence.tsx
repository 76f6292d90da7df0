import { getEvidence } from "../../../src/evidence/contract.ts";
import { whyNotCall } from "../../can.ts";
import { DownloadButton } from "../../parts/download-button.tsx";
import { useSession } from "../../session.tsx";

/** Everything that happened to an exception, with its proofs, as a file that needs no Postern to be checked. */
export function DownloadEvidence({ reference }: { reference: string }) {
  const { roles } = useSession();
  return (
    <DownloadButton endpoint={getEvidence} given={{ params: { id: reference } }} whyNot={whyNotCall(getEvidence, roles)}>
      Download the evidence
    </DownloadButton>
  );
}

import { type AccessRequestView, takeUpAccessRequest } from "../../../src/access-requests/contract.ts";
import { useAct } from "../../act.ts";
import { IntoDraft, useDraftMade } from "../request/into-draft.tsx";

interface TakeUpProps {
  request: AccessRequestView;
  onClose: () => void;
}

/** Makes a draft of what was denied, in the name of who asks. */
export function TakeUp({ request: { id }, onClose }: TakeUpProps) {
  const taking = useAct(takeUpAccessRequest, useDraftMade("A draft with what is known is open; complete it."));
  return (
    <IntoDraft
      title="Ask for an exception?"
      act="Open a draft"
      sending={taking}
      onClose={onClose}
      onSend={(body) => taking.mutate({ params: { id }, body })}
    >
      <p>A draft opens in your name with what is known filled in. You complete it, others approve it; nothing is granted by asking.</p>
    </IntoDraft>
  );
}

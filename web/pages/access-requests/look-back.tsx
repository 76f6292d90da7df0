import { useMutation, useQueryClient } from "@tanstack/react-query";

import { type AccessRequestView, LOOK_BACK_ACTION, lookBackOnEmergency, lookBackText } from "../../../src/access-requests/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { sha256Text } from "../../digest.ts";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";

interface LookBackProps {
  request: AccessRequestView;
  version: string;
  onClose: () => void;
}

/** Says in a sentence whether an emergency that nobody foresaw was right, signed over what was granted. */
export function LookBack({ request, version, onClose }: LookBackProps) {
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (sentence: string) => {
      const assertion = await assert(LOOK_BACK_ACTION, request.exception ?? "", await sha256Text(lookBackText(version, sentence)));
      await call(lookBackOnEmergency, { params: { id: request.id }, body: { sentence, assertion } });
    },
    onSuccess: async () => {
      say("It is kept with the exception. The next emergency of the same need can be asked for.");
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <ReasonDialog
      title="Look back on the emergency?"
      label="Was it an emergency, and used as meant?"
      pointer="/sentence"
      whyNot="Say whether it was right first."
      act="Sign it with your passkey"
      look="primary"
      icon="key"
      leave="Not now"
      sending={{ isPending, error: error === null ? null : failureFrom(error) }}
      failed="It was not kept"
      onClose={onClose}
      onSend={(sentence) => mutate(sentence)}
    >
      <p>Nobody who asked for it, approved it, carried it out or was let in by it can say so. Until somebody does, there is no next one.</p>
    </ReasonDialog>
  );
}

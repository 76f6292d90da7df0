import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type AccessRequestView, LOOK_BACK_ACTION, lookBackOnEmergency, lookBackText } from "../../../src/access-requests/contract.ts";
import { call, errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { sha256Text } from "../../digest.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
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
  const [sentence, setSentence] = useState("");
  const saying = useMutation({
    mutationFn: async () => {
      const words = sentence.trim();
      const assertion = await assert(LOOK_BACK_ACTION, request.exception ?? "", await sha256Text(lookBackText(version, words)));
      await call(lookBackOnEmergency, { params: { id: request.id }, body: { sentence: words, assertion } });
    },
    onSuccess: async () => {
      say("It is kept with the exception. The next emergency of the same need can be asked for.");
      onClose();
      await queries.invalidateQueries();
    },
  });
  const failure = saying.error === null ? undefined : failureFrom(saying.error);
  const reasons = failure?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/sentence"]);
  return (
    <Dialog
      title="Look back on the emergency?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            icon="key"
            isBusy={saying.isPending}
            whyNot={sentence.trim() === "" ? "Say whether it was right first." : undefined}
            onClick={() => saying.mutate()}
          >
            Sign it with your passkey
          </Button>
        </>
      }
    >
      <p>Nobody who asked for it, approved it, carried it out or was let in by it can say so. Until somebody does, there is no next one.</p>
      <TextArea
        label="Was it an emergency, and used as meant?"
        value={sentence}
        onChange={setSentence}
        errors={errorsAt(reasons, "/sentence")}
      />
      {failure !== undefined && (others.length > 0 || reasons.length === 0) && (
        <Failure error={failure} reasons={others} title="It was not kept" />
      )}
    </Dialog>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type AccessRequestView, BEGIN_USE_ACTION, beginEmergency, textOfUse } from "../../../src/access-requests/contract.ts";
import { call, errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { sha256Text } from "../../digest.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { SelectField, TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import { durationWords } from "../../words.ts";

const HOUR_MS = 3_600_000;
const HOURS = ["1", "2", "4"];

interface BeginEmergencyProps {
  request: AccessRequestView;
  standing: NonNullable<AccessRequestView["standing"]>;
  onClose: () => void;
}

/** A bounded use of what stands ready, signed until when and what for. */
export function BeginEmergency({ request, standing, onClose }: BeginEmergencyProps) {
  const { nowMs } = useNow();
  const queries = useQueryClient();
  const [hours, setHours] = useState("1");
  const [reason, setReason] = useState(request.justification.slice(0, 1000));
  const beginning = useMutation({
    mutationFn: async () => {
      const [until, words] = [new Date(nowMs + Number(hours) * HOUR_MS).toISOString(), reason.trim()];
      const contentHash = await sha256Text(textOfUse(standing.version, { until, reason: words }));
      const assertion = await assert(BEGIN_USE_ACTION, standing.exception, contentHash);
      await call(beginEmergency, { params: { id: request.id }, body: { until, reason: words, assertion } });
    },
    onSuccess: async () => {
      say("They are let in until it ends; its review waits in the queue.");
      onClose();
      await queries.invalidateQueries();
    },
  });
  const failure = beginning.error === null ? undefined : failureFrom(beginning.error);
  const reasons = failure?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/reason", "/until"]);
  return (
    <Dialog
      title={`Let ${request.personName} in?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            icon="key"
            isBusy={beginning.isPending}
            whyNot={reason.trim() === "" ? "Say what it is for first." : undefined}
            onClick={() => beginning.mutate()}
          >
            Let them in with your passkey
          </Button>
        </>
      }
    >
      <p>
        It was approved in advance for at most {durationWords(standing.perUse)} a use. It alarms governance and its owner, and is reviewed
        afterwards.
      </p>
      <SelectField
        label="For how long"
        value={hours}
        onChange={setHours}
        options={HOURS.map((each) => ({ value: each, label: `${each} h` }))}
        errors={errorsAt(reasons, "/until")}
      />
      <TextArea label="What it is for" value={reason} onChange={setReason} errors={errorsAt(reasons, "/reason")} />
      {failure !== undefined && others.length > 0 && <Failure error={failure} reasons={others} title="Nobody was let in" />}
    </Dialog>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { abortDrill, FINISH_ACTION, finishDrill } from "../../../src/drills/contract.ts";
import type { DrillView, FaultView } from "../../../src/drills/contract-views.ts";
import { useAct } from "../../act.ts";
import { call, failureFrom } from "../../api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import styles from "./drills.module.css";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { DRILL_SIGNS, TIME_WORDS } from "./signs.ts";

/** What it amounts to as it stands, and how it ends: signed by who looked on, or stopped. */
export function EndSheet({ drill }: { drill: DrillView }) {
  if (drill.amounts === null) return null;
  const isRunning = drill.state === "running";
  if (!isRunning && drill.state !== "finished") return null;
  const { outcome, faults } = drill.amounts;
  return (
    <Section title={isRunning ? "As it stands" : "Result"}>
      <p>
        <Badge
          sign={outcome === "passed" ? DRILL_SIGNS.passed : isRunning ? { ...DRILL_SIGNS.failed, word: "Would fail" } : DRILL_SIGNS.failed}
          isBoxed
        />
      </p>
      {faults.length > 0 && (
        <ul className={styles.faults} aria-label="Why it would not pass">
          {faults.map((fault) => (
            <li key={JSON.stringify(fault)}>{faultWords(drill, fault)}</li>
          ))}
        </ul>
      )}
      {isRunning && <Ends drill={drill} />}
    </Section>
  );
}

function Ends({ drill }: { drill: DrillView }) {
  const queries = useQueryClient();
  const [isStopping, setStopping] = useState(false);
  const finishing = useMutation({
    mutationFn: async () => {
      const assertion = await assert(FINISH_ACTION, drill.id, drill.contentHash ?? "");
      await call(finishDrill, { params: { id: drill.id }, body: { assertion } });
    },
    onSuccess: async () => {
      say("The result is signed.");
      await queries.invalidateQueries();
    },
  });
  const stopping = useAct(abortDrill, () => {
    say("The drill was stopped.");
    setStopping(false);
  });
  const whyNotSign = drill.may.judge
    ? drill.probes.some(({ isRunning }) => isRunning)
      ? "A probe still runs."
      : undefined
    : "Only who looks on and takes no part signs the result.";
  return (
    <div className={styles.acts}>
      <Button look="primary" icon="key" isBusy={finishing.isPending} whyNot={whyNotSign} onClick={() => finishing.mutate()}>
        Finish and sign with your passkey
      </Button>
      <Button look="danger" whyNot={drill.may.write ? undefined : "You are not on its sheet."} onClick={() => setStopping(true)}>
        Stop at once
      </Button>
      {finishing.error !== null && <Failure error={failureFrom(finishing.error)} title="It was not signed" />}
      {drill.contentHash !== null && (
        <p className={styles.minor}>
          Your passkey signs everything on this sheet, and what it amounts to: <Hash value={drill.contentHash} />
        </p>
      )}
      {isStopping && (
        <ReasonDialog
          title="Stop the drill?"
          act="Stop it"
          sending={stopping}
          onClose={() => setStopping(false)}
          onSend={(reason) => stopping.mutate({ params: { id: drill.id }, body: { reason } })}
        >
          <p>What was done stays on the sheet. How it would have gone is unknown, and the control counts as failed until one passes.</p>
        </ReasonDialog>
      )}
    </div>
  );
}

const WHY_WORDS = { failed: "Failed", unknown: "Not known", notMet: "Not met", missed: "Too late" } as const;

function faultWords({ steps, criteria, probes }: DrillView, fault: FaultView): string {
  switch (fault.of) {
    case "step":
      return `Not done: ${steps[fault.step]?.text ?? ""}`;
    case "probe":
      return `${fault.outcome === "failed" ? WHY_WORDS.failed : WHY_WORDS.unknown}: ${probes.find(({ key }) => key === fault.probe)?.name ?? ""}`;
    case "criterion":
      return `${WHY_WORDS[fault.is]}: ${criteria[fault.criterion]?.text ?? ""}`;
    case "time":
      return `${WHY_WORDS[fault.is]}: the time ${TIME_WORDS[fault.time]}`;
  }
}

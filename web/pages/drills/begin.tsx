import { useState } from "react";

import { apart } from "../../parts/apart.ts";
import { skipDrill, startDrill } from "../../../src/drills/contract.ts";
import type { DrillView } from "../../../src/drills/contract-views.ts";
import { useAct } from "../../act.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { PersonName } from "../names.tsx";
import { PersonField } from "../request/pickers.tsx";
import styles from "./drills.module.css";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";

/** Names who takes part and who looks on, and begins it. */
export function Begin({ drill }: { drill: DrillView }) {
  const [participants, setParticipants] = useState<readonly string[]>([]);
  const [observers, setObservers] = useState<readonly string[]>([]);
  const [isSkipping, setSkipping] = useState(false);
  const starting = useAct(startDrill, () => say("The drill has begun."));
  const skipping = useAct(skipDrill, () => {
    say("The drill was left out.");
    setSkipping(false);
  });
  if (drill.state !== "scheduled" && drill.state !== "overdue") return null;
  const whyNot = whyNotBegin(drill, participants, observers);
  const body = { participants: [...participants], observers: [...observers] };
  return (
    <Section title="Begin it">
      <p>
        Due <Time at={drill.dueAt} />
      </p>
      <Picked label="Who takes part" chosen={participants} onChange={setParticipants} />
      <Picked
        label={drill.leastObservers === 0 ? "Who looks on, if anybody" : "Who looks on, and takes no part"}
        chosen={observers}
        onChange={setObservers}
      />
      <div className={styles.acts}>
        <Button
          look="primary"
          isBusy={starting.isPending}
          whyNot={whyNot}
          onClick={() => starting.mutate({ params: { id: drill.id }, body })}
        >
          Begin the drill
        </Button>
        <Button
          look="quiet"
          whyNot={drill.may.begin ? undefined : "Only who answers for it, IAM and governance leave it out."}
          onClick={() => setSkipping(true)}
        >
          Leave it out
        </Button>
      </div>
      {starting.error !== null && <Failure error={starting.error} title="It was not begun" />}
      {isSkipping && (
        <ReasonDialog
          title="Leave this drill out?"
          act="Leave it out"
          sending={skipping}
          onClose={() => setSkipping(false)}
          onSend={(reason) => skipping.mutate({ params: { id: drill.id }, body: { reason } })}
        >
          <p>The control counts as failed until the next one passes. That one is due within 30 days.</p>
        </ReasonDialog>
      )}
    </Section>
  );
}

function whyNotBegin(drill: DrillView, participants: readonly string[], observers: readonly string[]): string | undefined {
  if (!drill.may.begin) return `Only ${apart(drill.owner.name)}, IAM and governance begin it.`;
  if (drill.leastObservers > 0 && participants.length === 0) return "Name who takes part first.";
  return observers.length < drill.leastObservers ? "Name who looks on first." : undefined;
}

function Picked({ label, chosen, onChange }: { label: string; chosen: readonly string[]; onChange: (ids: readonly string[]) => void }) {
  return (
    <div>
      <PersonField
        // A choice moves below; the field begins anew.
        key={chosen.length}
        label={label}
        value=""
        onChange={(id) => id !== "" && !chosen.includes(id) && onChange([...chosen, id])}
      />
      <ul className={styles.chosen} aria-label={label}>
        {chosen.map((id) => (
          <li key={id}>
            <PersonName id={id} />
            <Button look="quiet" isSmall icon="cross" onClick={() => onChange(chosen.filter((each) => each !== id))}>
              Leave out
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

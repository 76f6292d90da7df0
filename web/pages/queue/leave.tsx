import { useState } from "react";

import { endOfDay, type PlainDate, startOfDay, type Zone } from "../../../src/kernel/time.ts";
import { type PersonDetailsView, setLeave } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import styles from "./queue.module.css";

type Away = NonNullable<PersonDetailsView["details"]>["leave"][number];

const AWAY_NOW = { word: "Away now", tone: "wait", shape: "paused" } as const;

/** When one is away. Who is on leave is not counted on; what waits for them waits for the other holders of the role. */
export function Leave({ person }: { person: PersonDetailsView }) {
  const { nowMs, zone } = useNow();
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const act = useAct(setLeave, () => {
    setFrom("");
    setUntil("");
    say("Your leave is noted.");
  });
  const leave = (person.details?.leave ?? []).filter((each) => Date.parse(each.until) > nowMs);
  const save = (next: readonly Away[]) =>
    act.mutate({ params: { id: person.id }, body: { leave: next.map((each) => ({ ...each })) }, ifMatch: person.version });
  const add = () => {
    const added = { from: startOfDay(from as PlainDate, zone as Zone), until: endOfDay(until as PlainDate, zone as Zone) };
    save([...leave, added].toSorted((a, b) => (a.from < b.from ? -1 : 1)));
  };
  const reasons = act.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/leave"]);
  return (
    <Section title="Your leave">
      {leave.length === 0 && <p className={styles.quiet}>You are here. Say when you will be away, and name below who decides meanwhile.</p>}
      {leave.length > 0 && (
        <ul className={styles.answer} aria-label="Your leave">
          {leave.map((each) => (
            <li key={each.from} className={styles.between}>
              <span className={styles.line}>
                {Date.parse(each.from) <= nowMs && <Badge sign={AWAY_NOW} />}
                <span>
                  From <Time at={each.from} only="instant" /> until <Time at={each.until} />
                </span>
              </span>
              <Button isSmall isBusy={act.isPending} onClick={() => save(leave.filter((other) => other !== each))}>
                Take it back
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.pair}>
        <DateField label="First day away" value={from} onChange={setFrom} />
        <DateField label="Last day away" value={until} onChange={setUntil} errors={errorsAt(reasons, "/leave")} />
      </div>
      <div>
        <Button isBusy={act.isPending} whyNot={from === "" || until === "" ? "Give both days first." : undefined} onClick={add}>
          Add it
        </Button>
      </div>
      {act.error !== null && others.length > 0 && <Failure error={act.error} reasons={others} title="Your leave was not changed" />}
    </Section>
  );
}

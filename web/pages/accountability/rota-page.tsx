import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";

import {
  changeRota,
  getRota,
  readShifts,
  type RotaView,
  type ShiftView,
  uncoverShift,
} from "../../../src/accountability/contract-rotas.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useNow } from "../../now.tsx";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./accountability.module.css";
import { CoverDialog } from "./cover-dialog.tsx";
import { RotaForm } from "./rota-form.tsx";
import { OnPoint, Seat } from "./seats.tsx";
import { BY_WORDS } from "./signs.ts";

const DAYS = 28;

/** One rota: who is on point now and in the weeks to come, and who covers for whom. */
export function RotaPage() {
  const { id } = useParams({ from: "/signed-in/rotas/$id" });
  const { roles } = useSession();
  const [isEditing, setEditing] = useState(false);
  const { data: rota, error } = useQuery(read(getRota, { params: { id } }));
  const above = <Link to="/rotas">Rotas</Link>;
  if (rota === undefined) {
    return (
      <Page title="Rota" above={above}>
        {error !== null && <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page
      title={rota.name}
      above={above}
      below={rota.status === "retired" ? "Retired: nobody is woken by it any more." : `Times are those of ${rota.zone}.`}
      actions={
        <Button icon="pencil" whyNot={whyNotCall(changeRota, roles)} onClick={() => setEditing(true)}>
          Edit
        </Button>
      }
    >
      <Columns
        main={
          <Section title="The next four weeks">
            <Shifts rota={rota} />
          </Section>
        }
        side={
          <>
            <Section title="On point now">
              <OnPoint shift={rota.onPoint} />
              {rota.onPoint.why !== null && <p className={styles.minor}>{rota.onPoint.why}</p>}
            </Section>
            <Section title="Kept">
              <Kept rota={rota} />
            </Section>
            <Section title="Covering">
              <Covering rota={rota} />
            </Section>
          </>
        }
      />
      {isEditing && <RotaForm rota={rota} onClose={() => setEditing(false)} />}
    </Page>
  );
}

function Shifts({ rota: { id } }: { rota: RotaView }) {
  const { data, error } = useQuery(read(readShifts, { params: { id }, query: { days: DAYS } }));
  if (error !== null) return <Failure error={failureFrom(error)} />;
  return (
    <ol className={styles.shifts} aria-label="Who is on point when">
      {(data?.shifts ?? []).map((shift) => (
        <Shift key={shift.from} shift={shift} />
      ))}
    </ol>
  );
}

function Shift({ shift }: { shift: ShiftView }) {
  const { nowMs } = useNow();
  const isNow = Date.parse(shift.from) <= nowMs && nowMs < Date.parse(shift.until);
  return (
    <li data-now={isNow || undefined}>
      <span>
        {isNow ? "Now" : <Time at={shift.from} only="instant" />} – <Time at={shift.until} only="instant" />
      </span>
      <span className={styles.seat}>
        <OnPoint shift={shift} />
        {shift.by === "override" && <span className={styles.minor}>{BY_WORDS.override}</span>}
        {shift.why !== null && <span className={styles.minor}>{shift.why}</span>}
      </span>
    </li>
  );
}

function Kept({ rota: { source, owner, key } }: { rota: RotaView }) {
  return (
    <Facts isTight>
      {source.kind === "rotation" ? (
        <>
          <Fact name="Takes turns">{source.people.map(({ name }) => apart(name)).join(", ")}</Fact>
          <Fact name="Hands over">
            at {source.handoverAt}, every {source.everyDays === 1 ? "day" : `${source.everyDays} days`} from {source.startsOn}
          </Fact>
        </>
      ) : (
        <>
          <Fact name="Calendar at">{apart(source.host)}</Fact>
          <Fact name="Read well">{source.readAt === null ? "never" : <Time at={source.readAt} isStacked />}</Fact>
          {!source.counts && (
            <Fact name="Standing">
              <Badge sign={{ word: "Does not count", tone: "unknown", shape: "question" }} />
            </Fact>
          )}
          {source.failed !== null && (
            <Fact name="Last reading">
              {source.failed.words} <Time at={source.failed.at} only="distance" />
            </Fact>
          )}
        </>
      )}
      <Fact name="Keeps it filled">
        <Seat seat={owner} />
      </Fact>
      <Fact name="Key">{key}</Fact>
    </Facts>
  );
}

function Covering({ rota }: { rota: RotaView }) {
  const [isAdding, setAdding] = useState(false);
  const ending = useAct(uncoverShift, () => say("It is taken back."));
  return (
    <div className={styles.acts}>
      {rota.overrides.length === 0 && <p className={styles.minor}>Nobody covers for anybody.</p>}
      <ul className={styles.gaps}>
        {rota.overrides.map(({ from, until, personName }) => (
          <li key={`${from} ${until}`}>
            <Button
              look="quiet"
              isSmall
              icon="cross"
              iconOnly={`Take back that ${personName} covers`}
              onClick={() => ending.mutate({ params: { id: rota.id }, body: { from } })}
            />
            <span>
              {apart(personName)}, <Time at={from} only="instant" /> – <Time at={until} only="instant" />
            </span>
          </li>
        ))}
      </ul>
      <Button icon="calendar" whyNot={rota.status === "retired" ? "The rota is retired." : undefined} onClick={() => setAdding(true)}>
        Somebody covers
      </Button>
      {ending.error !== null && <Failure error={ending.error} title="It was not taken back" />}
      {isAdding && <CoverDialog rota={rota} onClose={() => setAdding(false)} />}
    </div>
  );
}

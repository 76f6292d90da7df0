import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { getDrill, getDrillPlan } from "../../../src/drills/contract.ts";
import type { DrillView } from "../../../src/drills/contract-views.ts";
import { failureFrom } from "../../api.ts";
import { mayCall } from "../../can.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { Begin } from "./begin.tsx";
import styles from "./drills.module.css";
import { EndSheet } from "./end-sheet.tsx";
import { Clock } from "./clock.tsx";
import { Criteria, Probes, Steps } from "./sheet-lines.tsx";
import { Evidence, Notes, People } from "./sheet-people.tsx";
import { drillSign } from "./signs.ts";
import { FailsTogether, Tried } from "./tried.tsx";

/** While a probe runs or others write on it, the sheet is asked for again. */
const AGAIN_MS = 3000;

/** The sheet of one drill: what to do, by whom, how long it took, what was seen, and what it amounts to. */
export function SheetPage() {
  const { id } = useParams({ from: "/signed-in/drills/$id" });
  const { data: drill, error } = useQuery({
    ...read(getDrill, { params: { id } }),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? AGAIN_MS : false),
  });
  const above = <Link to="/drills">Drills</Link>;
  if (drill === undefined) {
    return (
      <Page title="Drill" above={above}>
        {error === null ? <p aria-busy /> : <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page title={drill.name} above={above} mark={<Badge sign={drillSign(drill)} isBoxed />} below={drill.hypothesis}>
      {drill.ended?.reason != null && (
        <Notice tone="bad" title={drill.state === "skipped" ? "It was left out" : "It was stopped"}>
          {drill.ended.reason}
        </Notice>
      )}
      <Columns
        main={
          <>
            <Steps drill={drill} />
            <Probes drill={drill} />
            <Criteria drill={drill} />
            <Notes drill={drill} />
            <Evidence drill={drill} />
          </>
        }
        side={
          <>
            <Begin drill={drill} />
            {drill.state !== "scheduled" && drill.state !== "overdue" && drill.state !== "skipped" && <Clock drill={drill} />}
            <EndSheet drill={drill} />
            <Rules drill={drill} />
            <People drill={drill} />
            <About drill={drill} />
          </>
        }
      />
    </Page>
  );
}

/** Who is on one sheet only does not read plans. */
function PlanLink({ plan: id }: { plan: string }) {
  const { roles } = useSession();
  if (!mayCall(getDrillPlan, roles)) return "not for your roles";
  return (
    <Link to="/drills/plans/$id" params={{ id }}>
      How often, and what was held
    </Link>
  );
}

function Rules({ drill: { abort, blastRadius } }: { drill: DrillView }) {
  return (
    <Section title="Stop at once when">
      <p className={styles.rule}>{abort}</p>
      <p className={styles.minor}>It may touch, at worst: {blastRadius}</p>
    </Section>
  );
}

function About({ drill }: { drill: DrillView }) {
  const { plan, subject, tier, owner, dueAt, fails, ended, wasOverdue, startedAt } = drill;
  return (
    <Section title="About it">
      <Facts isTight>
        <Fact name="Tries">
          <Tried subject={subject} />
        </Fact>
        <Fact name="Tier">{tier}</Fact>
        <Fact name="Answers for it">{owner.name}</Fact>
        <Fact name="Due">
          <Time at={dueAt} isStacked />
        </Fact>
        {startedAt !== null && (
          <Fact name="Begun">
            <Time at={startedAt} isStacked /> {wasOverdue && <Tag tone="bad">late</Tag>}
          </Fact>
        )}
        <Fact name="Fails together">
          <FailsTogether fails={fails} />
        </Fact>
        <Fact name="Plan">
          <PlanLink plan={plan} />
        </Fact>
        {ended !== null && (
          <Fact name="Ended">
            {ended.by?.name ?? (drill.state === "finished" ? "By Postern itself" : "By the clock")} <Time at={ended.at} isStacked />
          </Fact>
        )}
        {drill.unattended && <Fact name="Held by">Postern, by itself: nobody signs it</Fact>}
        {ended?.assertion != null && (
          <Fact name="Signature">
            <Hash value={ended.assertion} />
          </Fact>
        )}
      </Facts>
    </Section>
  );
}

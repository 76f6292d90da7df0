import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { changeDrillPlan, getDrillPlan, listDrills, retireDrillPlan } from "../../../src/drills/contract.ts";
import type { PlanView } from "../../../src/drills/contract-views.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./drills.module.css";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { type DrillRow, drillSign, FAILED_WORDS } from "./signs.ts";
import { FailsTogether, Tried, Targets } from "./tried.tsx";

const MOST = 50;

/** One plan: what is held how often, by whom, and every drill that was held of it. */
export function PlanPage() {
  const { id } = useParams({ from: "/signed-in/drills/plans/$id" });
  const { data: plan, error } = useQuery(read(getDrillPlan, { params: { id } }));
  const above = <Link to="/drills">Drills</Link>;
  if (plan === undefined) {
    return (
      <Page title="Plan of a drill" above={above}>
        {error === null ? <p aria-busy /> : <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page
      title={plan.name}
      above={above}
      mark={plan.status === "retired" && <Badge sign={{ word: "Retired", tone: "idle", shape: "barred" }} isBoxed />}
      below={plan.exerciseName}
      actions={plan.status === "active" && <Acts plan={plan} />}
    >
      {plan.failed !== null && (
        <Notice tone="bad" title="The control has failed">
          {FAILED_WORDS[plan.failed.why]}, <Time at={plan.failed.since} />. It counts as failed until a drill passes.
        </Notice>
      )}
      <Columns main={<Held plan={plan} />} side={<About plan={plan} />} />
    </Page>
  );
}

function Acts({ plan: { id, name } }: { plan: PlanView }) {
  const { roles } = useSession();
  const [isRetiring, setRetiring] = useState(false);
  const retiring = useAct(retireDrillPlan, () => {
    say(`${apart(name)} is held no more.`);
    setRetiring(false);
  });
  if (whyNotCall(changeDrillPlan, roles) !== undefined) return null;
  return (
    <>
      <Link to="/drills/plans/$id/change" params={{ id }} className={buttonClass()}>
        Change it
      </Link>
      <Button look="danger" onClick={() => setRetiring(true)}>
        Hold it no more
      </Button>
      {isRetiring && (
        <ReasonDialog
          title={`Hold ${apart(name)} no more?`}
          act="Hold it no more"
          sending={retiring}
          onClose={() => setRetiring(false)}
          onSend={(reason) => retiring.mutate({ params: { id }, body: { reason } })}
        >
          <p>
            No further drill is scheduled, and the one to come is left out. What was held and signed stays. Nothing brings the plan back but
            planning it anew.
          </p>
        </ReasonDialog>
      )}
    </>
  );
}

const COLUMNS: readonly Column<DrillRow>[] = [
  {
    key: "due",
    title: "Due",
    isName: true,
    cell: ({ id, dueAt }) => (
      <Link to="/drills/$id" params={{ id }}>
        <Time at={dueAt} isStacked />
      </Link>
    ),
  },
  { key: "state", title: "State", cell: (drill) => <Badge sign={drillSign(drill)} /> },
  { key: "begun", title: "Begun", cell: ({ startedAt }) => startedAt !== null && <Time at={startedAt} isStacked /> },
  { key: "ended", title: "Ended", cell: ({ endedAt }) => endedAt !== null && <Time at={endedAt} isStacked /> },
];

function Held({ plan: { id } }: { plan: PlanView }) {
  const { data, error } = useQuery(read(listDrills, { query: { plan: id, limit: MOST } }));
  return (
    <Section title="Its drills" note="The newest first." isFlush>
      {error !== null && <Failure error={failureFrom(error)} />}
      <Table
        caption="Drills of this plan"
        columns={COLUMNS}
        rows={data?.items ?? []}
        rowKey={(drill) => drill.id}
        isLoading={data === undefined && error === null}
        empty={null}
      />
      {data?.next !== undefined && <p className={styles.minor}>The {MOST} newest.</p>}
    </Section>
  );
}

function About({ plan: { subject, tier, owner, everyDays, fails, targets, probes, unattended } }: { plan: PlanView }) {
  return (
    <Section title="About it">
      <Facts isTight>
        <Fact name="Tries">
          <Tried subject={subject} />
        </Fact>
        <Fact name="Tier">{tier}</Fact>
        <Fact name="Answers for it">{owner.name}</Fact>
        <Fact name="Held">{everyDays === 1 ? "every day" : `every ${everyDays} days, or oftener`}</Fact>
        {unattended && <Fact name="Held by">Postern, by itself: nobody signs it</Fact>}
        <Fact name="Fails together">
          <FailsTogether fails={fails} />
        </Fact>
        <Fact name="At most">
          <Targets targets={targets} />
        </Fact>
        <Fact name="Postern tries">
          {probes.length === 0 ? <NotKnown>nothing itself</NotKnown> : probes.map(({ name }) => apart(name)).join(", ")}
        </Fact>
      </Facts>
    </Section>
  );
}

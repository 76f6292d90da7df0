import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { listCanaries } from "../../../src/canaries/contract.ts";
import { listDrillPlans, planDrill } from "../../../src/drills/contract.ts";
import type { PlanView } from "../../../src/drills/contract-views.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { countWords } from "../../words.ts";
import { drillSign, FAILED_WORDS } from "./signs.ts";
import styles from "./drills.module.css";

const MOST = 200;

const COLUMNS: readonly Column<PlanView>[] = [
  {
    key: "name",
    title: "Drill",
    isName: true,
    isFlexible: true,
    cell: ({ id, name, exerciseName }) => (
      <span className={styles.named}>
        <Link to="/drills/plans/$id" params={{ id }}>
          {name}
        </Link>
        <span className={styles.minor}>{exerciseName}</span>
      </span>
    ),
  },
  {
    key: "state",
    title: "Next",
    cell: ({ open }) =>
      open === null ? (
        <NotKnown>none</NotKnown>
      ) : (
        <Link to="/drills/$id" params={{ id: open.id }}>
          <Badge sign={drillSign(open)} />
        </Link>
      ),
  },
  { key: "due", title: "Due", cell: ({ open }) => (open === null ? "" : <Time at={open.dueAt} isStacked />) },
  {
    key: "last",
    title: "Last held",
    cell: ({ last }) =>
      last === null ? (
        <NotKnown>never</NotKnown>
      ) : (
        <Link to="/drills/$id" params={{ id: last.id }}>
          <Badge sign={drillSign(last)} detail={last.endedAt === null ? undefined : <Time at={last.endedAt} only="distance" />} />
        </Link>
      ),
  },
  { key: "tier", title: "Tier", isNumber: true, cell: ({ tier }) => tier },
  { key: "owner", title: "Answers for it", cell: ({ owner }) => owner.name },
];

/** What is to be tried, what was, and what nobody tried in time. */
export function DrillsPage() {
  const { roles } = useSession();
  const isAllowed = mayCall(listDrillPlans, roles);
  const list = useQuery({ ...read(listDrillPlans, { query: { limit: MOST } }), placeholderData: keepPreviousData, enabled: isAllowed });
  const plan = mayCall(planDrill, roles) ? (
    <Link to="/drills/plan" className={buttonClass("primary")}>
      <Icon name="plus" />
      Plan a drill
    </Link>
  ) : undefined;
  const acts = (
    <>
      {mayCall(listCanaries, roles) && (
        <Link to="/canaries" className={buttonClass()}>
          Canaries
        </Link>
      )}
      {plan}
    </>
  );
  const items = list.data?.items ?? [];
  const failed = items.filter((each) => each.failed !== null);
  return (
    <Page
      title={pageWords("/drills")}
      means={MEANS["drill"]}
      below="A way back in that nobody tried does not exist. Overdue, left out, stopped and unknown all count as failed, until one passes."
      actions={acts}
    >
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(listDrillPlans, roles)}</Empty>}
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {failed.length > 0 && (
        <Notice tone="bad" title={`${countWords(failed.length, "control has", "controls have")} failed`}>
          <ul>
            {failed.map(({ id, name, failed: why }) => (
              <li key={id}>
                <Link to="/drills/plans/$id" params={{ id }}>
                  {apart(name)}
                </Link>
                {why !== null && `: ${FAILED_WORDS[why.why].toLowerCase()}`}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {isAllowed && list.error === null && (
        <Section title="Soonest due first" isFlush>
          <Table
            caption="Drills"
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            isLoading={list.isPending}
            empty={
              <Empty title="No drill is planned" action={plan}>
                Plan one for each way in that has to work on a bad day: the fallback, the recovery and the break-glass path of every
                critical operation.
              </Empty>
            }
          />
        </Section>
      )}
      {list.data?.next !== undefined && <p className={styles.minor}>The {MOST} that are due soonest.</p>}
    </Page>
  );
}

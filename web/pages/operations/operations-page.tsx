import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { apart } from "../../parts/apart.ts";
import { listOperationAnswers, type LockOutView, type OperationRow, readLockOut } from "../../../src/lockout/contract.ts";
import { putOperation } from "../../../src/estate/contract-model.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Page, Section } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { signOf } from "../../signs.ts";
import { countWords } from "../../words.ts";
import { AddByKey } from "../components/add-by-key.tsx";
import { ModelList, pageOf } from "../components/model-list.tsx";
import styles from "./operations.module.css";
import { Said } from "./said.tsx";
import { TOLERANCE_SIGNS, toSurvive } from "./signs.ts";

const COLUMNS: readonly Column<OperationRow>[] = [
  {
    key: "name",
    title: "Operation",
    isName: true,
    cell: ({ key, name }) => (
      <Link to="/operations/$key" params={{ key }}>
        {name}
      </Link>
    ),
  },
  { key: "tolerance", title: "Standing", cell: ({ tolerance }) => <Badge sign={signOf(TOLERANCE_SIGNS, tolerance)} /> },
  { key: "tolerates", title: "Has to survive", cell: ({ tolerates }) => toSurvive(tolerates) },
  { key: "words", title: "In words", isFlexible: true, cell: ({ key, words }) => <Said sentence={words} here={key} /> },
  { key: "owner", title: "Answers for it", cell: ({ businessOwner }) => businessOwner?.name ?? <NotKnown>nobody</NotKnown> },
];

const VIEWS = [
  ["all", "All"],
  ["lockedOut", "No way in"],
  ["broken", "Fall short"],
  ["unknown", "Not known"],
  ["held", "Survive enough"],
] as const;
const MOST_WORST = 5;

/** What must be possible on a bad day, and which failures make it impossible. */
export function OperationsPage() {
  const { roles } = useSession();
  const overview = useQuery(read(readLockOut, {}));
  return (
    <Page
      title={pageWords("/operations")}
      means={MEANS["critical operation"]}
      below="What must be possible on a bad day, and which failures together leave no way in."
      actions={
        <>
          <Link to="/components" className={buttonClass()}>
            What they hang on
          </Link>
          <Link to="/what-if" className={buttonClass()}>
            Ask what if
          </Link>
        </>
      }
    >
      {overview.data !== undefined && overview.data.worst.length > 0 && <Worst overview={overview.data} />}
      <List />
      {mayCall(putOperation, roles) && <AddByKey title="Add a critical operation" to="/operations/$key/change" />}
    </Page>
  );
}

function List() {
  const shown = useSearch({ from: "/signed-in/operations" });
  const { view = "all", search } = shown;
  const query = { ...pageOf(shown), ...(view !== "all" && { tolerance: view }) };
  const list = useQuery({ ...read(listOperationAnswers, { query }), placeholderData: keepPreviousData });
  return (
    <ModelList
      caption="Critical operations"
      what="operations"
      hint="Name"
      views={VIEWS}
      shown={shown}
      list={list}
      columns={COLUMNS}
      at={(given) => ({ to: "/operations", search: given })}
      empty={<None isAll={view === "all" && search === undefined} />}
      below={list.data !== undefined && list.data.items.length > 0 && <p className={styles.foot}>{lookedWords(list.data.items)}</p>}
    />
  );
}

function lookedWords(rows: readonly OperationRow[]): string {
  const upTo = rows.flatMap(({ completeTo }) => completeTo ?? []);
  return upTo.length === 0
    ? "Every set there is was looked at."
    : `Complete up to ${countWords(Math.min(...upTo), "simultaneous failure")}.`;
}

function Worst({ overview: { worst, operations } }: { overview: LockOutView }) {
  return (
    <Section title="What locks the most out" means={MEANS["set of failures"]} note={`Of ${countWords(operations, "operation")}.`}>
      <ol className={styles.sentences}>
        {worst.slice(0, MOST_WORST).map(({ failure, words, owner }) => (
          <li key={failure}>
            <span>
              <Said sentence={words} />
            </span>
            <span className={styles.minor}>{owner === null ? "Nobody answers for it." : `${apart(owner.name)} answers for it.`}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function None({ isAll }: { isAll: boolean }) {
  if (!isAll) return <Empty title="No operation is like that">Choose another filter, or search for other words.</Empty>;
  return (
    <Empty title="No critical operation is described yet">
      Say here or in the estate file what must be possible on a bad day, by which ways somebody gets in, and what each way needs: then which
      failures lock whom out is worked out.
    </Empty>
  );
}

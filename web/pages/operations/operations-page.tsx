import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { apart } from "../../parts/apart.ts";
import { listOperationAnswers, type LockOutView, type OperationRow, readLockOut } from "../../../src/lockout/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSearch } from "../../parts/list-bar.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { OPERATION_VIEWS } from "../../searches.ts";
import { signOf } from "../../signs.ts";
import { countWords } from "../../words.ts";
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
  { key: "words", title: "In words", isFlexible: true, cell: ({ words }) => <Said sentence={words} /> },
  { key: "owner", title: "Answers for it", cell: ({ businessOwner }) => businessOwner?.name ?? <NotKnown>nobody</NotKnown> },
];

const VIEW_WORDS = { all: "All", lockedOut: "No way in", broken: "Fall short", unknown: "Not known", held: "Survive enough" } as const;
const rowKey = ({ key }: OperationRow) => key;
const MOST_WORST = 5;

/** What must be possible on a bad day, and which failures make it impossible. */
export function OperationsPage() {
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
      <Filters />
      <List />
    </Page>
  );
}

function useFilter() {
  const { view = "all", search } = useSearch({ from: "/signed-in/operations" });
  return { view, words: search === undefined ? {} : { search } };
}

function Filters() {
  const { view, words } = useFilter();
  const navigate = useNavigate({ from: "/operations" });
  return (
    <div className={bar.bar}>
      <nav className={bar.views} aria-label="Saved filters">
        {OPERATION_VIEWS.map((each) => (
          <Link key={each} to="/operations" search={{ view: each }} className={bar.view} aria-current={each === view ? "page" : undefined}>
            {VIEW_WORDS[each]}
          </Link>
        ))}
      </nav>
      <div className={bar.filters}>
        <FilterSearch
          label="Search operations"
          hint="Name"
          value={words.search ?? ""}
          onChange={(typed) => void navigate({ search: { view, ...(typed !== "" && { search: typed }) }, replace: true })}
        />
      </div>
    </div>
  );
}

function List() {
  const { view, words } = useFilter();
  const { cursor } = useSearch({ from: "/signed-in/operations" });
  const query = { limit: 50, ...words, ...(view !== "all" && { tolerance: view }), ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listOperationAnswers, { query }), placeholderData: keepPreviousData });
  if (list.error !== null) return <Failure error={failureFrom(list.error)} />;
  return (
    <>
      <Table
        caption={`Critical operations: ${VIEW_WORDS[view].toLowerCase()}`}
        columns={COLUMNS}
        rows={list.data?.items ?? []}
        rowKey={rowKey}
        isLoading={list.isPending}
        isStale={list.isPlaceholderData}
        empty={<None isAll={view === "all" && words.search === undefined} />}
      />
      {list.data !== undefined && list.data.items.length > 0 && <p className={styles.foot}>{lookedWords(list.data.items)}</p>}
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/operations" search={{ view, ...words, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </>
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
            <span className={styles.minor}>{owner === null ? "nobody answers for it" : `${apart(owner.name)} answers for it`}</span>
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
      Say in the estate file what must be possible on a bad day, by which ways somebody gets in, and what each way needs: then which
      failures lock whom out is worked out here.
    </Empty>
  );
}

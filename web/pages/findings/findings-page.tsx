import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { countFindings, type FindingView, listFindings } from "../../../src/findings/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSelect } from "../../parts/list-bar.tsx";
import { News } from "../../parts/news.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { FINDING_VIEWS, type findingsSearch } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { useSteadyRows } from "../../steady-rows.ts";
import { titleWords } from "../../words.ts";
import { findingSign, KIND_WORDS, SEVERITY_TONES } from "./finding-words.ts";
import styles from "./findings.module.css";

type View = (typeof FINDING_VIEWS)[number];
type Search = ReturnType<typeof findingsSearch>;

const COLUMNS: readonly Column<FindingView>[] = [
  {
    key: "statement",
    title: "What is wrong",
    isName: true,
    isFlexible: true,
    cell: ({ id, statement }) => (
      <Link to="/findings/$id" params={{ id }}>
        {statement}
      </Link>
    ),
  },
  { key: "kind", title: "Kind", cell: ({ kind }) => KIND_WORDS[kind] },
  { key: "severity", title: "Severity", cell: ({ severity }) => <Tag tone={SEVERITY_TONES[severity]}>{severity}</Tag> },
  { key: "owner", title: "Whose", cell: ({ owner, ownerName }) => (owner === null ? <Tag tone="bad">nobody</Tag> : (ownerName ?? owner)) },
  { key: "state", title: "State", cell: (row) => <Badge sign={findingSign(row)} /> },
  { key: "due", title: "Due", cell: ({ state, dueAt }) => (state === "mended" ? null : <Time at={dueAt} isStacked />) },
];

const rowKey = ({ id }: FindingView) => id;

function queryOf({ view = "open", kind, owner }: Search, me: string) {
  const whose = view === "mine" ? me : owner;
  return {
    ...(view === "overdue" ? { overdue: "true" as const } : view !== "all" && { state: view === "mine" ? ("open" as const) : view }),
    ...(kind !== undefined && { kind }),
    ...(whose !== undefined && { owner: whose }),
  };
}

/** Whatever is not as it must be, of whatever part found it. */
export function FindingsPage() {
  const search = useSearch({ from: "/signed-in/findings" });
  const { person } = useSession();
  const filter = queryOf(search, person.id);
  const query = { limit: 50, ...filter, ...(search.cursor !== undefined && { cursor: search.cursor }) };
  const list = useQuery({ ...read(listFindings, { query }), placeholderData: keepPreviousData });
  const steady = useSteadyRows(list.data?.items, rowKey, list.isPlaceholderData ? undefined : JSON.stringify(query), list.dataUpdatedAt);
  return (
    <Page
      title={pageWords("/findings")}
      means={MEANS.finding}
      below="What is not as it must be, whose it is and by when. It is mended when it is seen to be, or accepted by a risk somebody answers for."
    >
      <Bar search={search} />
      <Unread />
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      <News {...steady.news} onShow={steady.show} isAtEnd />
      {list.error === null && (
        <Table
          caption={`Findings: ${search.view ?? "open"}`}
          columns={COLUMNS}
          rows={steady.rows}
          rowKey={rowKey}
          isGone={steady.isGone}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={<Nothing search={search} />}
        />
      )}
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/findings" search={{ ...search, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </Page>
  );
}

function Bar({ search }: { search: Search }) {
  const view = search.view ?? "open";
  const navigate = useNavigate({ from: "/findings" });
  const counts = useQuery(read(countFindings, { query: {} }));
  const kinds = counts.data?.byKind ?? [];
  return (
    <div className={bar.bar}>
      <nav className={bar.views} aria-label="Saved filters">
        {FINDING_VIEWS.map((each) => (
          <Link
            key={each}
            to="/findings"
            search={{ ...search, view: each, cursor: undefined }}
            className={bar.view}
            aria-current={each === view ? "page" : undefined}
          >
            {titleWords(each)}
          </Link>
        ))}
      </nav>
      {(kinds.length > 1 || search.kind !== undefined) && (
        <FilterSelect
          label="Kind"
          all="Every kind"
          value={search.kind}
          options={Object.entries(KIND_WORDS)
            .filter(([kind]) => kind === search.kind || kinds.some((each) => each.kind === kind))
            .map(([value, words]) => {
              const open = kinds.find(({ kind }) => kind === value)?.open;
              return { value, label: open === undefined ? words : `${words} (${open})` };
            })}
          onChange={(kind) =>
            void navigate({ search: { ...search, kind: kinds.find((each) => each.kind === kind)?.kind, cursor: undefined } })
          }
        />
      )}
      {search.owner !== undefined && view !== "mine" && (
        <Link to="/findings" search={{ ...search, owner: undefined, cursor: undefined }} className={buttonClass("quiet")}>
          {search.owner === "nobody" ? "Only those nobody owns: show all" : "Only those of one owner: show all"}
        </Link>
      )}
    </div>
  );
}

/** Unknown is not mended: said as long as it lasts. */
function Unread() {
  const { data } = useQuery(read(countFindings, { query: {} }));
  const unread = data?.unread ?? [];
  if (unread.length === 0) return null;
  return (
    <p className={styles.unread} role="status">
      Not known now:{" "}
      {unread.map(({ source, since }, i) => (
        <span key={source}>
          {i > 0 && ", "}
          {source} (since <Time at={since} only="instant" />)
        </span>
      ))}
      . What was found there stands as it was.
    </p>
  );
}

const NONE: Readonly<Record<View, string>> = {
  open: "Nothing that is known is wrong",
  mine: "No finding is yours",
  overdue: "Nothing is overdue",
  accepted: "No finding is accepted",
  mended: "Nothing was mended yet",
  all: "Nothing was found yet",
};

function Nothing({ search: { view = "open", kind, owner } }: { search: Search }) {
  const isNarrowed = kind !== undefined || owner !== undefined;
  return (
    <Empty
      title={isNarrowed ? "No finding fits" : NONE[view]}
      action={
        <Link to={isNarrowed ? "/findings" : "/operations"} className={buttonClass("primary")}>
          {isNarrowed ? "Show all that are open" : "See what locks whom out"}
        </Link>
      }
    >
      Postern looks once a minute: at bypasses nobody answers for, exceptions that ended and are there, fallbacks that share the fate of
      what they replace, drills that were not held. What has no model and no connection cannot be looked at.
    </Empty>
  );
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { type BypassView, listBypasses, scanConnection } from "../../../src/bypasses/contract.ts";
import { listConnections } from "../../../src/connections/contract.ts";
import { getPerson } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { useConnectionNames } from "../../names.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { News } from "../../parts/news.tsx";
import { Page } from "../../parts/page.tsx";
import { StaleReadings } from "../../parts/stale.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Term } from "../../parts/term.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { BYPASS_VIEWS, type bypassesSearch } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { BYPASS_SIGNS, signOf } from "../../signs.ts";
import { useSteadyRows } from "../../steady-rows.ts";
import { listWords } from "../../words.ts";
import { FilterSelect } from "../../parts/list-bar.tsx";
import bar from "../../parts/list-bar.module.css";
import { BypassActs } from "./bypass-acts.tsx";
import { formWords } from "./form-words.ts";
import styles from "./bypasses.module.css";

type View = (typeof BYPASS_VIEWS)[number];

const STATUSES: Readonly<Record<View, string | undefined>> = {
  unregistered: "unregistered,escalated",
  claimed: "claimed",
  registered: "registered",
  removed: "removed,gone",
  all: undefined,
};

const VIEW_WORDS: Readonly<Record<View, string>> = {
  unregistered: "Unregistered",
  claimed: "Claimed",
  registered: "Registered",
  removed: "Removed or gone",
  all: "All",
};

const COLUMNS: readonly Column<BypassView>[] = [
  { key: "subject", title: "Who", isName: true, cell: (row) => <Who row={row} /> },
  {
    key: "form",
    title: "How",
    isFlexible: true,
    cell: (row) => (
      <span className={styles.subject}>
        <span>
          {formWords(row.form)} {row.critical && <Tag tone="bad">critical</Tag>}
        </span>
        <Evidence row={row} />
      </span>
    ),
  },
  { key: "status", title: "Status", explain: MEANS.unregistered, cell: (row) => <Status row={row} /> },
  { key: "seen", title: "First seen", cell: (row) => <FirstSeen row={row} /> },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <BypassActs bypass={row} /> },
];

const ROWS = 100;

type Search = ReturnType<typeof bypassesSearch>;

function queryOf({ view = "unregistered", connection, cursor }: Search) {
  const status = STATUSES[view];
  return {
    limit: ROWS,
    ...(status !== undefined && { status }),
    ...(connection !== undefined && { connection }),
    ...(cursor !== undefined && { cursor }),
  };
}

const rowKey = ({ id }: BypassView) => id;

/** What the providers really hold, whoever made it. Unregistered ones first: nobody answers for those. */
export function BypassesPage() {
  const search = useSearch({ from: "/signed-in/bypasses" });
  const view = search.view ?? "unregistered";
  const { roles } = useSession();
  const isAllowed = mayCall(listBypasses, roles);
  const list = useQuery({ ...read(listBypasses, { query: queryOf(search) }), placeholderData: keepPreviousData, enabled: isAllowed });
  const steady = useSteadyRows(list.data?.items, rowKey, list.isPlaceholderData ? undefined : JSON.stringify(search), list.dataUpdatedAt);
  return (
    <Page
      title={pageWords("/bypasses")}
      means={MEANS.bypass}
      below={
        <>
          Every way around the front gate that exists in a connected provider, whether somebody answers for it or not. The worst come first:{" "}
          <Term means={MEANS.claim}>claim</Term> what somebody answers for, remove what nobody does.
        </>
      }
      actions={<Scans />}
    >
      <div className={bar.bar}>
        <nav className={bar.views} aria-label="Saved filters">
          {BYPASS_VIEWS.map((each) => (
            <Link
              key={each}
              to="/bypasses"
              search={{ ...search, view: each, cursor: undefined }}
              className={bar.view}
              aria-current={each === view ? "page" : undefined}
            >
              {VIEW_WORDS[each]}
            </Link>
          ))}
        </nav>
        <ConnectionFilter />
      </div>
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(listBypasses, roles)}</Empty>}
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      <StaleReadings of={list.data?.stale ?? []} />
      <News {...steady.news} onShow={steady.show} isAtEnd />
      {isAllowed && list.error === null && (
        <Table
          caption={`Bypasses: ${VIEW_WORDS[view]}`}
          columns={COLUMNS}
          rows={steady.rows}
          rowKey={rowKey}
          isGone={steady.isGone}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={<NoBypasses view={view} />}
        />
      )}
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/bypasses" search={{ ...search, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </Page>
  );
}

function NoBypasses({ view }: { view: View }) {
  const { data } = useQuery(read(listConnections, {}));
  const connected = data?.items.filter((connection) => connection.status === "connected") ?? [];
  const unread = connected.filter(({ isStale }) => isStale);
  if (connected.length === 0) {
    return (
      <Empty
        title="Nothing is connected"
        action={
          <Link to="/welcome" className={buttonClass("primary")}>
            Connect a directory
          </Link>
        }
      >
        What exists in your providers is not known. Connect one to see it.
      </Empty>
    );
  }
  if (unread.length > 0) {
    return (
      <Empty title="Not known">
        {listWords(unread.map(({ name }) => name))}: not read in full for an hour, or never. Read it now to see what it holds.
      </Empty>
    );
  }
  if (view !== "unregistered") return <Empty title={`Nothing here: ${VIEW_WORDS[view].toLowerCase()}`} />;
  return (
    <Empty title="No unregistered bypass was seen">
      Somebody answers for every way around that the last full read of your providers found.
    </Empty>
  );
}

/** What the provider shows; nothing where it shows no more than that the bypass is there. */
function Evidence({ row }: { row: BypassView }) {
  const facts = Object.entries(row.evidence).map(([name, value]) => `${name} ${value}`);
  return facts.length === 0 ? null : <span className={styles.minor}>{facts.join(", ")}</span>;
}

function FirstSeen({ row }: { row: BypassView }) {
  return (
    <span className={styles.subject}>
      <Time at={row.firstSeenAt} isStacked />
      <span className={styles.minor}>added by {row.addedBy ?? "somebody the provider does not name"}</span>
    </span>
  );
}

function Status({ row }: { row: BypassView }) {
  return (
    <span className={styles.subject}>
      <Badge sign={signOf(BYPASS_SIGNS, row.status)} />
      {row.escalated !== undefined && <Asked asked={row.escalated} />}
      <ClaimBy row={row} />
    </span>
  );
}

/** Who did not let it wait, and why. */
function Asked({ asked }: { asked: NonNullable<BypassView["escalated"]> }) {
  const person = useQuery({ ...read(getPerson, { params: { id: asked.by } }), staleTime: Infinity });
  return (
    <span className={styles.minor}>
      {person.data?.displayName ?? asked.by}: {asked.reason}
    </span>
  );
}

function Who({ row }: { row: BypassView }) {
  const nameOf = useConnectionNames();
  return (
    <span className={styles.subject}>
      {row.subject.name}
      <span className={styles.minor} title={row.object}>
        {row.subject.kind} in {nameOf(row.connection)}
      </span>
    </span>
  );
}

function ClaimBy({ row }: { row: BypassView }) {
  if (row.exception !== undefined) {
    return (
      <Link to="/exceptions/$id" params={{ id: row.exception }}>
        Its exception
      </Link>
    );
  }
  if (row.claimUntil === undefined) return null;
  return (
    <span className={styles.minor}>
      claim <Time at={row.claimUntil} only="distance" />
    </span>
  );
}

function ConnectionFilter() {
  const search = useSearch({ from: "/signed-in/bypasses" });
  const navigate = useNavigate({ from: "/bypasses" });
  const { data } = useQuery(read(listConnections, {}));
  if ((data?.items.length ?? 0) < 2) return null;
  return (
    <FilterSelect
      label="Connection"
      all="Every connection"
      value={search.connection}
      options={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      onChange={(connection) => void navigate({ search: { ...search, connection, cursor: undefined } })}
    />
  );
}

function Scans() {
  const { roles } = useSession();
  const { data } = useQuery(read(listConnections, {}));
  const scanning = useAct(scanConnection, ({ seen, found, gone }) => say(`Read: ${seen} seen, ${found} new, ${gone} gone.`));
  const connected = data?.items.filter((connection) => connection.status === "connected") ?? [];
  return (
    <>
      {connected.map((connection) => (
        <Button
          key={connection.id}
          icon="refresh"
          isBusy={scanning.isPending && scanning.variables.params.id === connection.id}
          whyNot={whyNotCall(scanConnection, roles)}
          onClick={() => scanning.mutate({ params: { id: connection.id } })}
        >
          Read {connection.name} now
        </Button>
      ))}
      {scanning.error !== null && <Failure error={scanning.error} title="The provider was not read" />}
    </>
  );
}

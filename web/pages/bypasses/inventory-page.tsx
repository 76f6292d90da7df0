import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { listConnections } from "../../../src/connections/contract.ts";
import { type InventoryView, readInventory } from "../../../src/discovery/contract.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Tag } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSelect } from "../../parts/list-bar.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { StaleReadings } from "../../parts/stale.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { countWords, listWords } from "../../words.ts";
import { formWords } from "./form-words.ts";
import styles from "./bypasses.module.css";

type Door = InventoryView["doors"][number];

const COLUMNS: readonly Column<Door>[] = [
  { key: "door", title: "By which door", isName: true, isFlexible: true, cell: (row) => <DoorCell row={row} /> },
  { key: "who", title: "Who gets in", cell: whoWords },
  { key: "since", title: "Since", cell: (row) => <Since row={row} /> },
  { key: "owner", title: "Who answers", isFlexible: true, cell: (row) => <Owners row={row} /> },
  { key: "bypasses", title: "Bypasses", isNumber: true, cell: (row) => <ToBypasses row={row} /> },
];

const doorKey = ({ source, form, place }: Door) => JSON.stringify([source, form, place]);

/** How many get in without strong sign-in, by which door, the worst first, and what is not known. */
export function InventoryPage() {
  const { connection } = useSearch({ from: "/signed-in/inventory" });
  const { roles } = useSession();
  const isAllowed = mayCall(readInventory, roles);
  const query = connection === undefined ? {} : { connection };
  const { data, error, isPending, isPlaceholderData } = useQuery({
    ...read(readInventory, { query }),
    placeholderData: keepPreviousData,
    enabled: isAllowed,
  });
  return (
    <Page
      title={pageWords("/inventory")}
      below="Who can get in without a factor that cannot be phished, as the providers were last read. Each is counted once, however many doors let them in."
    >
      <ConnectionFilter />
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(readInventory, roles)}</Empty>}
      {error !== null && <Failure error={failureFrom(error)} />}
      {data !== undefined && error === null && <Sum inventory={data} />}
      {isAllowed && error === null && (
        <Table
          caption="Doors, the worst first"
          columns={COLUMNS}
          rows={data?.doors ?? []}
          rowKey={doorKey}
          isLoading={isPending}
          isStale={isPlaceholderData}
          empty={<NoDoors inventory={data} />}
        />
      )}
      {data !== undefined && data.unknown.length > 0 && <Unknown inventory={data} />}
    </Page>
  );
}

function staleOf({ name, title, readAt = null, isStale }: InventoryView["sources"][number]) {
  return isStale === true ? [{ id: name, name: title, readAt }] : [];
}

function Sum({ inventory }: { inventory: InventoryView }) {
  const { people, machines, atLeast, bypasses, critical, open, unowned, doors, doorsInAll, sources } = inventory;
  const least = atLeast ? "at least " : "";
  return (
    <>
      <StaleReadings of={sources.flatMap(staleOf)} />
      <dl className={styles.sum}>
        <Figure name="People get in" value={`${least}${people}`} />
        <Figure name="Machines get in" value={`${least}${machines}`} />
        <Figure name="Doors" value={doorsInAll} note={doors.length < doorsInAll && `the worst ${doors.length} shown`} />
        <Figure name="Bypasses" value={bypasses} note={critical > 0 && `${critical} critical`} isBad={critical > 0} />
        <Figure name="Covered by an exception" value={bypasses - open} />
        <Figure name="Nobody answers for" value={unowned} isBad={unowned > 0} />
      </dl>
    </>
  );
}

function Figure(of: { name: string; value: string | number; note?: string | false; isBad?: boolean }) {
  const { name, value, note = false, isBad = false } = of;
  return (
    <div className={styles.figure} data-tone={isBad ? "bad" : undefined}>
      <dt>{name}</dt>
      <dd>
        <span className={styles.value}>{value}</span>
        {note !== false && <span className={styles.minor}>{note}</span>}
      </dd>
    </div>
  );
}

function DoorCell({ row }: { row: Door }) {
  const { form, place, source, critical, opens, whom } = row;
  const details = [place, source, whom.length > 0 ? `for ${listWords(whom)}` : "", coverWords(row)].filter((text) => text !== "");
  return (
    <span className={styles.subject}>
      <span>
        {formWords(form)} {critical && <Tag tone="bad">critical</Tag>} {!opens && <Tag>weakens only</Tag>}
      </span>
      <span className={styles.minor}>{details.join(" · ")}</span>
    </span>
  );
}

const EXCEPTIONS_NAMED = 3;

function coverWords({ bypasses, covered, exceptions }: Door): string {
  if (covered === 0) return "no exception in force covers it";
  const by = exceptions.length <= EXCEPTIONS_NAMED ? listWords(exceptions) : countWords(exceptions.length, "exception");
  return covered === bypasses ? `covered by ${by}` : `${covered} of ${bypasses} covered by ${by}`;
}

function whoWords({ people, machines, uncounted, opens }: Door) {
  if (!opens) return "nobody by this alone";
  if (people + machines === 0) return uncounted > 0 ? <NotKnown>nobody can count them</NotKnown> : "nobody now";
  const words = [people > 0 && countWords(people, "person", "people"), machines > 0 && countWords(machines, "machine")];
  return `${uncounted > 0 ? "at least " : ""}${listWords(words.filter((each) => typeof each === "string"))}`;
}

function Since({ row: { since } }: { row: Door }) {
  return since === undefined ? <NotKnown /> : <Time at={since} isStacked />;
}

function Owners({ row: { owners, unowned } }: { row: Door }) {
  return (
    <span className={styles.subject}>
      {owners.length > 0 && <span>{listWords(owners)}</span>}
      {unowned > 0 && <NotKnown>{owners.length === 0 ? "nobody" : `nobody for ${unowned}`}</NotKnown>}
    </span>
  );
}

function ToBypasses({ row: { source, bypasses } }: { row: Door }) {
  const { data } = useQuery(read(listConnections, {}));
  const connection = data?.items.find(({ key }) => key === source)?.id;
  return (
    <Link to="/bypasses" search={{ view: "all", connection }}>
      {bypasses}
    </Link>
  );
}

function NoDoors({ inventory }: { inventory: InventoryView | undefined }) {
  if (inventory !== undefined && inventory.sources.length > 0) {
    const isCertain = inventory.unknown.length === 0;
    return (
      <Empty title={isCertain ? "No way around was found" : "Not known"}>
        {isCertain
          ? "The last full read of your providers showed no bypass."
          : "No bypass was seen, but not everything is known: see below."}
      </Empty>
    );
  }
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

function Unknown({ inventory }: { inventory: InventoryView }) {
  return (
    <Section title="Not known">
      <ul>
        {inventory.unknown.map(({ source, words }) => (
          <li key={`${source} ${words}`}>
            {source}: {words}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ConnectionFilter() {
  const { connection } = useSearch({ from: "/signed-in/inventory" });
  const navigate = useNavigate({ from: "/inventory" });
  const { data } = useQuery(read(listConnections, {}));
  const connected = data?.items.filter(({ status }) => status === "connected") ?? [];
  if (connected.length < 2) return null;
  return (
    <div className={bar.bar}>
      <FilterSelect
        label="Connection"
        all="Every connection"
        value={connection}
        options={connected.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(to) => void navigate({ search: { connection: to } })}
      />
    </div>
  );
}

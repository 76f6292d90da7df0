import { Link } from "@tanstack/react-router";

import type { OperationAnswerView } from "../../../src/lockout/contract.ts";
import { planDrill } from "../../../src/drills/contract.ts";
import { proposeRisk } from "../../../src/governance/contract.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useSession } from "../../session.tsx";
import { signOf } from "../../signs.ts";
import { countWords, titleWords } from "../../words.ts";
import { POPULATION_WORDS } from "../accountability/signs.ts";
import { KIND_WORDS } from "../components/kind-words.ts";
import styles from "./operations.module.css";
import { FATE_SIGNS, WAY_SIGNS } from "./signs.ts";

type Way = OperationAnswerView["paths"][number];
type Part = OperationAnswerView["components"][number];
type FateRow = OperationAnswerView["fates"][number];

/** The ways in as a table, with a button for each thing one of them hangs on: the picture's twin. */
export function WaysIn({
  operation,
  lost,
  failed,
  onFail,
}: {
  operation: OperationAnswerView;
  lost: ReadonlySet<string>;
  failed: readonly string[];
  onFail: (failure: string) => void;
}) {
  const columns = wayColumns({ names: namesIn(operation), lost, failed, onFail });
  return (
    <Section title="Ways in, as a table" isFlush>
      <Table caption="Ways in" columns={columns} rows={operation.paths} rowKey={({ key }) => key} empty={null} />
    </Section>
  );
}

interface Pressing {
  readonly names: (failure: string) => string;
  readonly lost: ReadonlySet<string>;
  readonly failed: readonly string[];
  readonly onFail: (failure: string) => void;
}

function wayColumns({ names, lost, failed, onFail }: Pressing): readonly Column<Way>[] {
  return [
    { key: "name", title: "Way in", isName: true, cell: ({ name }) => name },
    { key: "role", title: "Stands as", cell: ({ role }) => titleWords(role) },
    { key: "for", title: "For", cell: ({ population }) => POPULATION_WORDS[population] },
    { key: "minutes", title: "Takes", cell: ({ minutes }) => (minutes === null ? "at once" : countWords(minutes, "minute")) },
    { key: "state", title: "Now", cell: (way) => <Badge sign={WAY_SIGNS[wayState(way, lost)]} /> },
    {
      key: "singles",
      title: "Alone takes it away",
      isFlexible: true,
      cell: ({ singles }) =>
        singles === null ? (
          <NotKnown>it is not open even now</NotKnown>
        ) : (
          <span className={styles.chosen}>
            {singles.map((failure) => (
              <Button key={failure} isSmall aria-pressed={failed.includes(failure)} onClick={() => onFail(failure)}>
                {names(failure)}
              </Button>
            ))}
          </span>
        ),
    },
  ];
}

function wayState({ name, isWayIn, singles }: Way, lost: ReadonlySet<string>): keyof typeof WAY_SIGNS {
  if (!isWayIn) return "none";
  return singles === null || lost.has(name) ? "lost" : "open";
}

export function SharedFates({ operation }: { operation: OperationAnswerView }) {
  if (operation.fates.length === 0) return null;
  return (
    <Section title="Does the fallback share its fate?" means={MEANS["shared fate"]} isFlush>
      <Table
        caption="Shared fate"
        columns={fateColumns(operation)}
        rows={operation.fates}
        rowKey={({ primary, fallback }) => `${primary} ${fallback}`}
        empty={null}
      />
    </Section>
  );
}

function fateColumns(operation: OperationAnswerView): readonly Column<FateRow>[] {
  const names = namesIn(operation);
  const paths = new Map(operation.paths.map(({ key, name }) => [key, name]));
  return [
    { key: "fallback", title: "Stands in", isName: true, cell: ({ fallback }) => paths.get(fallback) ?? fallback },
    { key: "primary", title: "For", cell: ({ primary }) => paths.get(primary) ?? primary },
    { key: "grade", title: "Shared fate", cell: ({ grade }) => <Badge sign={signOf(FATE_SIGNS, grade ?? "none")} /> },
    { key: "how", title: "How", isFlexible: true, cell: (row) => <Shares row={row} names={names} /> },
  ];
}

const MOST_SHARES = 3;

/** Of each grade what is shared, and by which way each of the two hangs on it. */
function Shares({ row: { shares, counts }, names }: { row: FateRow; names: (failure: string) => string }) {
  const chain = (keys: readonly string[]) => keys.map((key) => apart(names(key))).join(" → ");
  const grades = (["A", "B", "C"] as const).filter((grade) => counts[grade] > 0);
  if (grades.length === 0) return null;
  return (
    <ul className={styles.sentences}>
      {grades.map((grade) => (
        <li key={grade}>
          {shares
            .filter((share) => share.grade === grade)
            .slice(0, MOST_SHARES)
            .map(({ by, chains }) => (
              <span key={by}>
                {grade}, {grade === "C" ? `each its own of the layer ${titleWords(by).toLowerCase()}` : apart(names(by))}:{" "}
                <span className={styles.minor}>
                  {chain(chains.primary)}; {chain(chains.fallback)}
                </span>
              </span>
            ))}
          {counts[grade] > MOST_SHARES && (
            <span className={styles.minor}>
              and {countWords(counts[grade] - MOST_SHARES, "more", "more")} of {grade}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

const MOST_SETS = 12;

export function Sets({ operation }: { operation: OperationAnswerView }) {
  const { roles } = useSession();
  const names = namesIn(operation);
  const { sets, completeTo } = operation;
  const untried = new Map(operation.undrilled.map(({ set, fails }) => [set.join(" "), fails]));
  const [mayPlan, mayAccept] = [mayCall(planDrill, roles), mayCall(proposeRisk, roles)];
  return (
    <Section
      title="Sets of failures that lock out"
      note={completeTo === null ? "Every set there is was looked at." : `Complete up to ${countWords(completeTo, "simultaneous failure")}.`}
    >
      {sets.length === 0 ? (
        <p>{completeTo === null ? "No set of failures locks everybody out." : "No set of that size locks everybody out."}</p>
      ) : (
        <ul className={styles.sets}>
          {sets.slice(0, MOST_SETS).map((set) => (
            <li key={set.join(" ")}>
              <Link to="/what-if" search={{ failed: set.join(",") }}>
                {set.length === 0 ? "even with nothing failed" : set.map(names).join(" and ")}
              </Link>
              <Untried operation={operation.key} fails={untried.get(set.join(" "))} mayPlan={mayPlan} />
              {mayAccept && set.length > 0 && (
                <Link
                  to="/risks/propose"
                  search={{ operation: operation.key, failures: set.join(",") }}
                  className={styles.minor}
                  aria-label={`Accept this risk: ${set.map((key) => apart(names(key))).join(" and ")}`}
                >
                  Accept this risk
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
      {sets.length > MOST_SETS && <p className={styles.minor}>The {MOST_SETS} smallest are shown.</p>}
    </Section>
  );
}

/** `fails`: what a drill of it lets fail; undefined where one did. */
function Untried({ operation, fails, mayPlan }: { operation: string; fails: readonly string[] | undefined; mayPlan: boolean }) {
  if (fails === undefined) return null;
  return (
    <span className={styles.minor}>
      No drill has tried it.{" "}
      {mayPlan && fails.length > 0 && (
        <Link to="/drills/plan" search={{ operation, fails: fails.join(",") }}>
          Plan one
        </Link>
      )}
    </span>
  );
}

type Weight = OperationAnswerView["importance"][number];
const MOST_WEIGHTS = 8;

const figure = (value: number | null) => (value === null ? <NotKnown>not known</NotKnown> : value.toPrecision(2));

/** What matters most. Without probabilities only structure says it: no nines from what nobody measured. */
export function Importance({ operation }: { operation: OperationAnswerView }) {
  if (operation.importance.length === 0) return null;
  const note =
    operation.probability === null
      ? "By the smallest set each is in: nobody said of all of them how often they are away."
      : "By the share of the risk that would be gone without it.";
  return (
    <Section title="What matters most" note={note} isFlush>
      <Table
        caption="Importance"
        columns={weightColumns(operation)}
        rows={operation.importance.slice(0, MOST_WEIGHTS)}
        rowKey={({ failure }) => failure}
        empty={null}
      />
    </Section>
  );
}

const BIRNBAUM = "How much more likely nobody gets in when it has failed than when it cannot.";
const FUSSELL_VESELY = "The share of that risk which would not be there if it never failed.";
const STRUCTURAL = "In which share of all combinations of what else may fail it alone decides whether anybody gets in.";

function weightColumns(operation: OperationAnswerView): readonly Column<Weight>[] {
  const names = namesIn(operation);
  const smallest: Column<Weight> = {
    key: "smallest",
    title: "Smallest set",
    isNumber: true,
    cell: (row) => row.smallest ?? <NotKnown>larger</NotKnown>,
  };
  const name: Column<Weight> = { key: "name", title: "Part", isName: true, cell: ({ failure }) => names(failure) };
  const structural: Column<Weight> = {
    key: "structural",
    title: "Structural",
    explain: STRUCTURAL,
    isNumber: true,
    cell: (row) => figure(row.structural),
  };
  if (operation.probability === null) return [name, smallest, structural];
  return [
    name,
    smallest,
    { key: "birnbaum", title: "Birnbaum", explain: BIRNBAUM, isNumber: true, cell: (row) => figure(row.birnbaum) },
    { key: "fussell", title: "Fussell–Vesely", explain: FUSSELL_VESELY, isNumber: true, cell: (row) => figure(row.fussellVesely) },
  ];
}

const PARTS: readonly Column<Part>[] = [
  {
    key: "name",
    title: "Part",
    isName: true,
    cell: ({ failure, name }) => (
      <Link to="/what-if" search={{ failed: failure }}>
        {name}
      </Link>
    ),
  },
  { key: "kind", title: "Kind", cell: ({ kind }) => (KIND_WORDS as Readonly<Record<string, string>>)[kind] ?? titleWords(kind) },
  { key: "owner", title: "Answers for it", cell: ({ owner }) => owner?.name ?? <NotKnown>nobody</NotKnown> },
  {
    key: "operations",
    title: "Locks out alone",
    isNumber: true,
    cell: ({ operations }) => (operations === 0 ? "none" : countWords(operations, "operation")),
  },
];

export function HangsOn({ operation: { components } }: { operation: OperationAnswerView }) {
  return (
    <Section title="Everything it hangs on" isFlush>
      <Table
        caption="What it hangs on"
        columns={PARTS}
        rows={components}
        rowKey={({ failure }) => failure}
        empty={<p className={styles.minor}>Nothing.</p>}
      />
    </Section>
  );
}

function namesIn({ components }: OperationAnswerView): (failure: string) => string {
  const names = new Map(components.map(({ failure, name }) => [failure, name]));
  return (failure) => names.get(failure) ?? failure;
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { apart } from "../../parts/apart.ts";
import { planDrill, readDrillResults } from "../../../src/drills/contract.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import type { OperationAnswerView } from "../../../src/lockout/contract.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { NotKnown } from "../../parts/facts.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { titleWords } from "../../words.ts";
import styles from "./operations.module.css";

type Way = OperationAnswerView["paths"][number];

const MOST_SETS = 5;

type Results = ReplyOf<typeof readDrillResults>;
type Tried = Results["paths"][number];

function triedColumns(operation: string, held: ReadonlyMap<string, Tried>, mayPlan: boolean): readonly Column<Way>[] {
  return [
    { key: "name", title: "Way in", isName: true, cell: ({ name }) => name },
    { key: "role", title: "Stands as", cell: ({ role }) => titleWords(role) },
    {
      key: "tried",
      title: "Last passed a drill",
      cell: ({ key }) => {
        const last = held.get(`${operation}/${key}`);
        if (last === undefined) return <NotKnown>never tried</NotKnown>;
        return (
          <Link to="/drills/$id" params={{ id: last.drill }}>
            <Time at={last.at} only="distance" />
          </Link>
        );
      },
    },
    {
      key: "plan",
      title: "Plan",
      isTitleUnseen: true,
      cell: ({ key, name }) =>
        mayPlan && (
          <Link to="/drills/plan" search={{ operation: operation, path: key }} aria-label={`Plan a drill of ${apart(name)}`}>
            Plan a drill
          </Link>
        ),
    },
  ];
}

/** Asked for beside the operation, not after it. */
export function useTried(operation: string): Results | undefined {
  const { roles } = useSession();
  return useQuery({ ...read(readDrillResults, { query: { operation } }), enabled: mayCall(readDrillResults, roles) }).data;
}

/** When each way in last passed a drill, and which sets of failures nobody tried: each a step from planning that. */
export function WasItTried({ operation, tried: data }: { operation: OperationAnswerView; tried: Results | undefined }) {
  const { roles } = useSession();
  if (data === undefined) return null;
  const mayPlan = mayCall(planDrill, roles);
  const held = new Map(data.paths.map((each) => [each.path, each]));
  const columns = triedColumns(operation.key, held, mayPlan);
  return (
    <>
      <Section title="Was it tried?" means={MEANS["drill"]} isFlush>
        <Table caption="Drills of the ways in" columns={columns} rows={operation.paths} rowKey={({ key }) => key} empty={null} />
      </Section>
      <UntriedSets operation={operation} tried={data.sets.map(({ fails }) => fails)} mayPlan={mayPlan} />
    </>
  );
}

function UntriedSets({
  operation,
  tried,
  mayPlan,
}: {
  operation: OperationAnswerView;
  tried: readonly (readonly string[])[];
  mayPlan: boolean;
}) {
  const names = new Map(operation.components.map(({ failure, name }) => [failure, name]));
  const untried = operation.sets.filter((set) => set.length > 0 && !tried.some((fails) => set.every((key) => fails.includes(key))));
  if (untried.length === 0) return null;
  return (
    <Section title="Failures that nobody tried" note="No drill that passed within a year let these fail together.">
      <ul className={styles.sentences}>
        {untried.slice(0, MOST_SETS).map((set) => (
          <li key={set.join(" ")}>
            <span>
              {set.map((key) => names.get(key) ?? key).join(" and ")}{" "}
              {mayPlan && set.every((key) => !key.startsWith("cause_")) && (
                <Link to="/drills/plan" search={{ operation: operation.key, fails: set.join(",") }}>
                  Plan a drill of it
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
      {untried.length > MOST_SETS && <p className={styles.minor}>The {MOST_SETS} smallest are shown.</p>}
    </Section>
  );
}

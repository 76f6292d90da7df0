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

type Way = OperationAnswerView["paths"][number];

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

/** When each way in last passed a drill, a step from planning one. */
export function WasItTried({ operation, tried: data }: { operation: OperationAnswerView; tried: Results | undefined }) {
  const { roles } = useSession();
  if (data === undefined) return null;
  const mayPlan = mayCall(planDrill, roles);
  const held = new Map(data.paths.map((each) => [each.path, each]));
  const columns = triedColumns(operation.key, held, mayPlan);
  return (
    <Section title="Was it tried?" means={MEANS["drill"]} isFlush>
      <Table caption="Drills of the ways in" columns={columns} rows={operation.paths} rowKey={({ key }) => key} empty={null} />
    </Section>
  );
}

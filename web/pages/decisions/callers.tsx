import type { StandingView } from "../../../src/decisions/contract-log.ts";
import { Empty } from "../../parts/empty.tsx";
import { type Column, Table } from "../../parts/table.tsx";

type Row = StandingView["callers"][number];

const COLUMNS: readonly Column<Row>[] = [
  { key: "caller", title: "Caller", isName: true, isFlexible: true, cell: (row) => row.caller },
  { key: "permits", title: "Permitted", isNumber: true, cell: (row) => row.permits },
  { key: "exceptions", title: "By exception", isNumber: true, cell: (row) => row.byException },
  { key: "denials", title: "Denied", isNumber: true, cell: (row) => row.denials },
];

export function Callers({ standing }: { standing: StandingView | undefined }) {
  return (
    <Table
      caption="Callers of the last seven days"
      columns={COLUMNS}
      rows={standing?.callers ?? []}
      rowKey={(row) => row.caller}
      isLoading={standing === undefined}
      empty={<Empty title="Nobody asked yet">Gateways and identity providers that ask the decision point are listed here.</Empty>}
    />
  );
}

import { Link } from "@tanstack/react-router";

import type { ExportKey } from "../../../src/exceptions/contract-export.ts";
import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { MEANS } from "../../glossary.ts";
import { useNow } from "../../now.tsx";
import { Badge } from "../../parts/badge.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import type { Column } from "../../parts/table.tsx";
import { signOf, STATE_SIGNS } from "../../signs.ts";
import { titleWords } from "../../words.ts";
import { Ends } from "./ends.tsx";
import { reallyOff } from "./really-off.ts";
import styles from "./register.module.css";

const DAY_MS = 86_400_000;

/** Each has its own in the file that is handed out of what is shown. */
type RegisterColumn = Column<ExceptionRowView> & { readonly key: ExportKey };

export const REGISTER_COLUMNS: readonly RegisterColumn[] = [
  {
    key: "ref",
    title: "Reference",
    sort: "ref",
    isName: true,
    cell: (row) => (
      <Link to="/exceptions/$id" params={{ id: row.ref }}>
        {row.ref}
      </Link>
    ),
  },
  {
    key: "title",
    title: "Title",
    sort: "title",
    isFlexible: true,
    cell: (row) => (
      <span className={styles.title}>
        {row.title === "" ? <NotKnown>without a title</NotKnown> : row.title}
        <span className={styles.kind}>
          {titleWords(row.category)} · {row.unit}
        </span>
      </span>
    ),
  },
  { key: "state", title: "State", sort: "state", cell: (row) => <Badge sign={signOf(STATE_SIGNS, row.state)} /> },
  {
    key: "off",
    title: "Really off?",
    sort: "observed",
    explain: MEANS["really off"],
    cell: (row) => <ReallyOffCell row={row} />,
  },
  {
    key: "owner",
    title: "Owner",
    sort: "owner",
    explain: "Sorted, what one person answers for stands together",
    isFlexible: true,
    cell: (row) => <OwnerCell row={row} />,
  },
  {
    key: "ends",
    title: "Ends",
    sort: "ends",
    cell: (row) => <Ends of={row} />,
  },
  {
    key: "left",
    title: "Days left",
    sort: "ends",
    explain: "Whole days until the grant ends",
    isNumber: true,
    cell: (row) => <DaysLeft row={row} />,
  },
  {
    key: "age",
    title: "True age",
    sort: "age",
    explain: MEANS["true age"],
    isNumber: true,
    cell: (row) => (row.firstGrantedAt === null ? <NotKnown>–</NotKnown> : `${row.trueAgeDays} d`),
  },
  {
    key: "used",
    title: "Last used",
    explain: "Days since the decision point last let through by it; – where nobody can tell",
    isNumber: true,
    cell: (row) => <LastUsed row={row} />,
  },
  {
    key: "repeats",
    title: "Repeats",
    sort: "repeats",
    explain: MEANS.repeat,
    isNumber: true,
    cell: (row) => row.repeats,
  },
  {
    key: "headcount",
    title: "People",
    sort: "headcount",
    explain: MEANS.headcount,
    isNumber: true,
    cell: (row) => row.headcount ?? <NotKnown>–</NotKnown>,
  },
];

function ReallyOffCell({ row }: { row: ExceptionRowView }) {
  const { nowMs } = useNow();
  const { sign, detail } = reallyOff(row, nowMs);
  return (
    <span className={styles.seen}>
      <Badge sign={sign} />
      {detail !== undefined && <span className={styles.kind}>{detail}</span>}
    </span>
  );
}

function OwnerCell({ row }: { row: ExceptionRowView }) {
  if (row.owner === null) return <NotKnown>nobody yet</NotKnown>;
  return <>{row.ownerName ?? <NotKnown>{row.owner}</NotKnown>}</>;
}

function DaysLeft({ row }: { row: ExceptionRowView }) {
  const { nowMs } = useNow();
  if (!row.inForce || row.endsAt === null) return <NotKnown>–</NotKnown>;
  return <>{Math.max(0, Math.floor((Date.parse(row.endsAt) - nowMs) / DAY_MS))}</>;
}

function LastUsed({ row: { use } }: { row: ExceptionRowView }) {
  const { nowMs } = useNow();
  if (use === null) return <NotKnown>–</NotKnown>;
  // Nobody is told to have used it only where all that it covers is asked about here.
  if (use.lastAt === null) return <>never</>;
  const days = Math.floor((nowMs - Date.parse(use.lastAt)) / DAY_MS);
  return <>{days < 1 ? "today" : `${days} d`}</>;
}

import { memo, type ReactNode } from "react";

import { classes } from "./classes.ts";
import { Hint } from "./hint.tsx";
import { Icon } from "./icon.tsx";
import styles from "./table.module.css";
import { Term } from "./term.tsx";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** Only read out: what stands in the cells says it to the eye. */
  readonly isTitleUnseen?: boolean;
  /** What the title means, or more than it says, where it is short. */
  readonly explain?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Word the server sorts by; without it the column cannot be sorted. */
  readonly sort?: string;
  readonly isNumber?: boolean;
  /** The cell that names the row: it is the row's header, and the card's title when narrow. */
  readonly isName?: boolean;
  /** May shrink and wrap; the others keep to one line. */
  readonly isFlexible?: boolean;
}

/** `-ends` is descending by `ends`. */
export type Sort = string;

interface TableProps<Row> {
  caption: string;
  /** The same ones each time, or every row is drawn anew each time. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** Shown in place of the rows when there are none. */
  empty: ReactNode;
  isLoading?: boolean;
  /** The rows are those of the last question while the answer to this one is under way. */
  isStale?: boolean;
  /** True for a row that is not in the list any more and is shown only because nothing moves under the hand. */
  isGone?: (row: Row) => boolean;
}

const SKELETON_ROWS = 8;
/** With more columns, they stand closer. */
const MOST_AT_EASE = 8;

/** A dense table that becomes a list of cards when narrow. Sorting is asked of the caller, who asks the server. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, sort, onSort, empty, isLoading = false, isStale = false, isGone } = props;
  if (!isLoading && rows.length === 0) return empty;
  return (
    <div className={classes(styles.frame, isStale && styles.stale)}>
      <table className={styles.table} data-dense={columns.length > MOST_AT_EASE || undefined} aria-busy={isLoading || isStale}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {isLoading
            ? Array.from({ length: SKELETON_ROWS }, (_, i) => <SkeletonRow key={i} columns={columns.length} />)
            : rows.map((row) => <SteadyRow key={rowKey(row)} row={row} columns={columns} isGone={isGone?.(row) === true} />)}
        </tbody>
      </table>
    </div>
  );
}

function Heading<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}) {
  const isUp = column.sort !== undefined && sort === column.sort;
  const isDown = column.sort !== undefined && sort === `-${column.sort}`;
  const order: Order = isUp ? "ascending" : isDown ? "descending" : undefined;
  return (
    <th scope="col" aria-sort={order} data-number={column.isNumber || undefined}>
      {column.sort === undefined || onSort === undefined ? (
        <Title column={column} />
      ) : (
        <SortButton column={column} order={order} onSort={() => onSort(isUp ? `-${column.sort}` : column.sort!)} />
      )}
    </th>
  );
}

function Title<Row>({ column: { title, isTitleUnseen, explain } }: { column: Column<Row> }) {
  if (explain !== undefined) return <Term means={explain}>{title}</Term>;
  return <span className={isTitleUnseen === true ? "unseen" : undefined}>{title}</span>;
}

type Order = "ascending" | "descending" | undefined;

function SortButton<Row>({ column, order, onSort }: { column: Column<Row>; order: Order; onSort: () => void }) {
  const face = (id?: string) => (
    <button type="button" className={styles.sort} aria-describedby={id} onClick={onSort}>
      <span data-explained={id !== undefined || undefined}>{column.title}</span>
      <span className={classes(styles.arrow, order !== undefined && styles.sorted)}>
        <Icon name={order === "descending" ? "chevronDown" : "chevronUp"} size={12} />
      </span>
    </button>
  );
  return column.explain === undefined ? face() : <Hint words={column.explain}>{face}</Hint>;
}

function Row<Row>({ row, columns, isGone }: { row: Row; columns: readonly Column<Row>[]; isGone: boolean }) {
  return (
    <tr data-gone={isGone || undefined}>
      {columns.map((column) =>
        column.isName === true ? (
          <th key={column.key} scope="row" className={styles.name} data-flexible={column.isFlexible || undefined}>
            {column.cell(row)}
          </th>
        ) : (
          <td
            key={column.key}
            data-label={column.isTitleUnseen === true ? "" : column.title}
            data-number={column.isNumber || undefined}
            data-flexible={column.isFlexible || undefined}
          >
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

/** Drawn anew only when what it shows is: fifty rows are most of the work of a page. */
const SteadyRow = memo(Row) as typeof Row;

function SkeletonRow({ columns }: { columns: number }) {
  return (
    <tr className={styles.skeleton} aria-hidden="true">
      {Array.from({ length: columns }, (_, i) => (
        <td key={i}>
          <span />
        </td>
      ))}
    </tr>
  );
}

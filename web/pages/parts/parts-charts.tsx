import { MonthChart } from "../../charts/month-chart.tsx";
import type { MonthValue } from "../../charts/months.ts";
import { StackBar, StackKey } from "../../charts/stack-bar.tsx";
import { Term } from "../../parts/term.tsx";
import styles from "./parts-page.module.css";

const VALUES: readonly MonthValue[] = [null, null, 4, 7, 7, null, 12, 3, 2].map((value, i, all) => ({
  month: `2026-0${i + 1}`,
  isWhole: i < all.length - 1,
  value,
}));
const PARTS = [
  ["young", 3],
  ["older", 5],
  ["old", 2],
  ["oldest", 4],
] as const;

/** Charts with what is known, what is not, and the month that is running. */
export function PartsCharts() {
  return (
    <>
      <div className={styles.row}>
        <Term means="What the word means, on hover and focus.">A term</Term>
        {PARTS.map(([key], i) => (
          <span key={key}>
            <StackKey part={i} />
            {key}
          </span>
        ))}
      </div>
      <StackBar parts={PARTS} most={20} />
      <MonthChart title="A line" name="A line" values={VALUES} kind="line" />
      <MonthChart title="Columns" name="Columns" values={VALUES} kind="columns" tone="bad" words={(value) => `${value} h`} />
    </>
  );
}

import { type ReactNode, useId } from "react";

import type { Tone } from "../parts/tone.ts";
import styles from "./charts.module.css";
import { drawMonths, type Frame, type MonthDrawing, type MonthValue, monthWords } from "./months.ts";

const FRAME: Frame = { width: 300, height: 112, left: 26, right: 4, top: 10, bottom: 18 };

interface MonthChartProps {
  title: ReactNode;
  /** What the drawing shows, for who cannot see it. */
  name: string;
  values: readonly MonthValue[];
  /** A line for what stands at the end of a month, columns for what happened in it. */
  kind: "line" | "columns";
  tone?: Tone;
  words?: (value: number) => string;
}

/** Months as a small drawing, and the same months as a table. What is not known is hatched and says so. */
export function MonthChart({ title, name, values, kind, tone = "open", words = String }: MonthChartProps) {
  const drawing = drawMonths(values, FRAME);
  const last = values.at(-1);
  return (
    <figure className={styles.chart} data-tone={tone}>
      <figcaption className={styles.caption}>
        {title}
        <span className={styles.latest}>{last === undefined || last.value === null ? "not known" : words(last.value)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
        role="img"
        aria-label={`${name}: ${summary(values, words)}`}
        className={styles.drawing}
      >
        <Ground drawing={drawing} />
        {kind === "columns" ? <Columns drawing={drawing} /> : <Line drawing={drawing} />}
      </svg>
      <details className={styles.twin}>
        <summary>As a table</summary>
        <TableTwin name={name} values={values} words={words} />
      </details>
    </figure>
  );
}

function summary(values: readonly MonthValue[], words: (value: number) => string): string {
  const first = values.find(({ value }) => value !== null);
  const last = values.findLast(({ value }) => value !== null);
  if (first === undefined || last === undefined) return "no month is known yet";
  const begin = first === values[0] ? "" : `; not known before ${monthWords(first.month)}`;
  return `${words(first.value ?? 0)} in ${monthWords(first.month)}, ${words(last.value ?? 0)} in ${monthWords(last.month)}${begin}`;
}

function Ground({ drawing: { levels, places, floor } }: { drawing: MonthDrawing }) {
  const hatch = useId();
  return (
    <>
      <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse">
        <path d="M0 5 5 0" className={styles.hatch} />
      </pattern>
      {levels.map(({ value, y }) => (
        <g key={value}>
          <path d={`M${FRAME.left} ${y}H${FRAME.width - FRAME.right}`} className={value === 0 ? styles.floor : styles.level} />
          <text x={FRAME.left - 5} y={y + 3} textAnchor="end" className={styles.mark}>
            {value}
          </text>
        </g>
      ))}
      {places.map(({ month, x, middle, width, y }, i) => (
        <g key={month}>
          {y === undefined && <rect x={x} y={FRAME.top} width={width} height={floor - FRAME.top} fill={`url(#${hatch})`} />}
          {(places.length - 1 - i) % 3 === 0 && (
            <text x={middle} y={FRAME.height - 5} textAnchor="middle" className={styles.mark}>
              {monthWords(month, "short")}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

function Columns({ drawing: { places, floor } }: { drawing: MonthDrawing }) {
  return places.map(({ month, isWhole, x, y, width }) =>
    y === undefined ? null : (
      <rect key={month} x={x} y={y} width={width} height={floor - y} className={isWhole ? styles.column : styles.running} />
    ),
  );
}

function Line({ drawing: { places, path } }: { drawing: MonthDrawing }) {
  return (
    <>
      <path d={path} className={styles.line} />
      {places.map(({ month, isWhole, middle, y }) =>
        y === undefined ? null : <circle key={month} cx={middle} cy={y} r="2.75" className={isWhole ? styles.dot : styles.running} />,
      )}
    </>
  );
}

function TableTwin({ name, values, words }: Required<Pick<MonthChartProps, "name" | "values" | "words">>) {
  return (
    <table className={styles.table}>
      <caption className="unseen">{name}</caption>
      <thead>
        <tr>
          <th scope="col">Month</th>
          <th scope="col">Figure</th>
        </tr>
      </thead>
      <tbody>
        {values.map(({ month, isWhole, value }) => (
          <tr key={month}>
            <th scope="row">
              {monthWords(month)}
              {!isWhole && " so far"}
            </th>
            <td>{value === null ? "not known" : words(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { type RefObject, useEffect, useId, useRef, useState } from "react";

import { useNow } from "../now.tsx";
import styles from "./lanes.module.css";
import { cluster, type Placed, ticksOf, type TimeScale, timeScale } from "./time-scale.ts";
import { instantWords } from "./time-words.ts";
import type { Tone } from "./tone.ts";

/**
 * `asked`: under decision. `granted`: bought by a decision. `lost`: granted, then cut. `held`: seen in the provider. `overstay`: seen
 * there without the right. `unseen`: nobody has looked. `gone`: seen to be absent.
 */
export type SpanKind = "asked" | "granted" | "lost" | "held" | "overstay" | "unseen" | "gone";

export interface Span {
  readonly key: string;
  readonly kind: SpanKind;
  readonly fromMs: number;
  /** Undefined: it lasts. */
  readonly untilMs: number | undefined;
  readonly words: string;
}

export interface Happening {
  readonly key: string;
  readonly atMs: number;
  readonly words: string;
  readonly tone: Tone;
}

export interface LaneRow {
  readonly key: string;
  readonly name?: string;
  readonly spans: readonly Span[];
  readonly happenings: readonly Happening[];
}

export interface Lane {
  readonly key: string;
  readonly title: string;
  readonly explain: string;
  readonly rows: readonly LaneRow[];
}

const HATCHED: readonly SpanKind[] = ["overstay", "unseen", "lost"];

const ROW_HEIGHT = 30;
const LANE_PAD = 7;
const AXIS_HEIGHT = 26;

/** Lanes over one time line: what was decided, what that bought, what the provider really holds. The list beside it says the same in words. */
export function Lanes({ lanes, name }: { lanes: readonly Lane[]; name: string }) {
  const { nowMs } = useNow();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const moments = lanes.flatMap((lane) => lane.rows.flatMap(momentsOf));
  const scale = timeScale([...moments, nowMs], width);
  return (
    <div className={styles.lanes} role="img" aria-label={name}>
      <div className={styles.names}>
        {lanes.map((lane) => (
          <div key={lane.key} className={styles.name} ref={(node) => node?.style.setProperty("height", `${heightOf(lane)}px`)}>
            <strong>{lane.title}</strong>
            <span>{lane.explain}</span>
          </div>
        ))}
      </div>
      <div ref={box} className={styles.line}>
        {width > 0 && <Drawing lanes={lanes} scale={scale} nowMs={nowMs} />}
      </div>
    </div>
  );
}

function momentsOf(row: LaneRow): number[] {
  const ends = row.spans.flatMap((span) => (span.untilMs === undefined ? [span.fromMs] : [span.fromMs, span.untilMs]));
  return [...ends, ...row.happenings.map((each) => each.atMs)];
}

function heightOf(lane: Lane): number {
  return Math.max(1, lane.rows.length) * ROW_HEIGHT + 2 * LANE_PAD;
}

function useWidth(box: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

function Drawing({ lanes, scale, nowMs }: { lanes: readonly Lane[]; scale: TimeScale; nowMs: number }) {
  const { zone } = useNow();
  const hatch = useId();
  const tops = lanes.map((_, i) => lanes.slice(0, i).reduce((sum, lane) => sum + heightOf(lane), 0));
  const height = lanes.reduce((sum, lane) => sum + heightOf(lane), 0);
  const nowX = scale.x(nowMs);
  return (
    <svg width={scale.width} height={height + AXIS_HEIGHT} className={styles.drawing} aria-hidden="true">
      <defs>
        {HATCHED.map((kind) => (
          <pattern key={kind} id={`${hatch}${kind}`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="5" className={styles.hatch} data-kind={kind} />
          </pattern>
        ))}
      </defs>
      <rect x={nowX} width={scale.width - nowX} height={height} className={styles.future} />
      {ticksOf(scale).map((tick) => (
        <g key={tick.atMs}>
          <line x1={scale.x(tick.atMs)} x2={scale.x(tick.atMs)} y2={height} className={styles.grid} />
          <text x={scale.x(tick.atMs)} y={height + 17} className={styles.tick} textAnchor={anchorOf(scale.x(tick.atMs), scale.width)}>
            {Math.abs(scale.x(tick.atMs) - nowX) < 58 ? "" : tick.words}
          </text>
        </g>
      ))}
      {lanes.map((lane, i) => (
        <g key={lane.key} transform={`translate(0 ${tops[i]})`}>
          <line x2={scale.width} className={styles.edge} />
          {lane.rows.map((row, at) => (
            <g key={row.key} transform={`translate(0 ${LANE_PAD + at * ROW_HEIGHT})`}>
              <Row row={row} scale={scale} hatch={hatch} nowMs={nowMs} />
            </g>
          ))}
        </g>
      ))}
      <line y1={height} y2={height} x2={scale.width} className={styles.edge} />
      <line x1={nowX} x2={nowX} y2={height + 5} className={styles.now} />
      <text x={nowX} y={height + 17} className={styles.nowWords} textAnchor={anchorOf(nowX, scale.width)}>
        now
        <title>{instantWords(nowMs, nowMs, zone)}</title>
      </text>
    </svg>
  );
}

function anchorOf(x: number, width: number): "start" | "middle" | "end" {
  if (x < 36) return "start";
  return x > width - 36 ? "end" : "middle";
}

function Row({ row, scale, hatch, nowMs }: { row: LaneRow; scale: TimeScale; hatch: string; nowMs: number }) {
  return (
    <>
      {row.spans.map((span) => (
        <SpanShape key={span.key} span={span} scale={scale} hatch={hatch} nowMs={nowMs} />
      ))}
      {cluster(row.happenings, scale).map((placed) => (
        <Mark key={placed.members[0]?.key} placed={placed} />
      ))}
      {row.name !== undefined && (
        <text x={scale.x(startOf(row)) + 4} y={9} className={styles.rowName}>
          {row.name}
        </text>
      )}
    </>
  );
}

function startOf(row: LaneRow): number {
  return Math.min(...momentsOf(row));
}

/** Intervals are half-open: the closed start has an edge, the open end has none. */
function SpanShape({ span, scale, hatch, nowMs }: { span: Span; scale: TimeScale; hatch: string; nowMs: number }) {
  const x = scale.x(span.fromMs);
  const until = span.untilMs ?? Math.max(nowMs, span.fromMs);
  const width = Math.max(3, scale.x(until) - x);
  return (
    <g className={styles.span} data-kind={span.kind}>
      <title>{span.words}</title>
      <rect x={x} y={12} width={width} height={12} rx={2} className={styles.body} />
      {HATCHED.includes(span.kind) && <rect x={x} y={12} width={width} height={12} rx={2} fill={`url(#${hatch}${span.kind})`} />}
      <rect x={x} y={10} width={2} height={16} rx={1} className={styles.start} />
    </g>
  );
}

function Mark({ placed }: { placed: Placed<Happening> }) {
  const worst = placed.members.find((each) => each.tone === "bad") ?? placed.members[0]!;
  return (
    <g className={styles.mark} data-tone={worst.tone} transform={`translate(${placed.x} 18)`}>
      <title>{placed.members.map((each) => each.words).join("\n")}</title>
      <path d="M0-6 6 0 0 6-6 0Z" />
      {placed.members.length > 1 && (
        <text y={3} textAnchor="middle">
          {placed.members.length}
        </text>
      )}
    </g>
  );
}

const KEYS: readonly { kind: SpanKind; words: string }[] = [
  { kind: "asked", words: "under decision" },
  { kind: "granted", words: "granted" },
  { kind: "lost", words: "granted, then cut" },
  { kind: "held", words: "seen on" },
  { kind: "overstay", words: "seen on without the right" },
  { kind: "unseen", words: "not looked" },
  { kind: "gone", words: "seen to be off" },
];

/** What the bars mean, for those that occur. */
export function LanesKey({ lanes }: { lanes: readonly Lane[] }) {
  const used = new Set(lanes.flatMap((lane) => lane.rows.flatMap((row) => row.spans.map((span) => span.kind))));
  return (
    <ul className={styles.key}>
      {KEYS.filter((each) => used.has(each.kind)).map((each) => (
        <li key={each.kind}>
          <span className={styles.swatch} data-kind={each.kind} />
          {each.words}
        </li>
      ))}
      <li>
        <svg width="12" height="12" viewBox="-6 -6 12 12" className={styles.mark} data-tone="idle" aria-hidden="true">
          <path d="M0-6 6 0 0 6-6 0Z" />
        </svg>
        something happened; a number counts several close together
      </li>
    </ul>
  );
}

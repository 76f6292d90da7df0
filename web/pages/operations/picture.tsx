import type { KeyboardEvent } from "react";

import { apart } from "../../parts/apart.ts";
import type { OperationAnswerView, PictureNode } from "../../../src/lockout/contract.ts";
import { layered, type Spot } from "../../charts/layers.ts";
import styles from "./operations.module.css";

const BOX = { width: 146, height: 48, gapX: 32, gapY: 8, pad: 6 } as const;
const LINE = 14;
/** Letters of a line, and lines of a box; what is longer is whole in its title and in the table. */
const LETTERS = 20;
const LINES = 3;

/** Words of 12 pixels become 10. */
const SMALLEST = 0.8;

type Drawn = NonNullable<OperationAnswerView["picture"]>;

/** The ways in and what each hangs on, from left to right. What can fail is a button: pressed, it has failed. */
export function Picture({
  name,
  picture,
  failed,
  down,
  onFail,
}: {
  name: string;
  picture: Drawn;
  failed: readonly string[];
  /** What does not work after that. */
  down: ReadonlySet<string>;
  onFail: (failure: string) => void;
}) {
  const { spots, ways } = layered(picture.nodes, picture.edges);
  const places = [...spots.values(), ...ways.flatMap(({ by }) => by)];
  const right = Math.max(...places.map(({ column }) => column)) + 1;
  const bottom = Math.max(...places.map(({ row }) => row)) + 1;
  const width = right * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.pad;
  const height = bottom * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.pad;
  return (
    <div className={styles.frame}>
      <svg
        // As wide as there is room for; made smaller only so far as its words can be read, and scrolled beyond that.
        style={{ width: `clamp(${Math.round(width * SMALLEST)}px, 100%, ${width}px)` }}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={`What ${apart(name)} hangs on`}
        className={styles.picture}
      >
        {ways.map(({ edge: { from, to }, by }) => (
          <path
            key={`${from} ${to}`}
            d={curve(placeOf(spots.get(from)!), by.map(placeOf), placeOf(spots.get(to)!))}
            className={styles.edge}
            data-down={down.has(to) || undefined}
          />
        ))}
        {picture.nodes.map((node) => (
          <Node
            key={node.id}
            node={node}
            place={placeOf(spots.get(node.id)!)}
            isFailed={failed.includes(node.id)}
            isDown={down.has(node.id)}
            onFail={onFail}
          />
        ))}
      </svg>
    </div>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function placeOf({ column, row }: Spot): Place {
  return { x: BOX.pad + column * (BOX.width + BOX.gapX), y: BOX.pad + row * (BOX.height + BOX.gapY) };
}

/** From box to box, straight through the places kept free for it. */
function curve(from: Place, by: readonly Place[], to: Place): string {
  const middle = ({ y }: Place) => y + BOX.height / 2;
  const stops = [
    ...by.flatMap((place) => [place.x, place.x + BOX.width].map((x) => [x, middle(place)] as const)),
    [to.x, middle(to)] as const,
  ];
  let [x, y] = [from.x + BOX.width, middle(from)];
  let path = `M${x} ${y}`;
  for (const [nextX, nextY] of stops) {
    const half = (nextX - x) / 2;
    path += nextY === y ? `H${nextX}` : `C${x + half} ${y} ${nextX - half} ${nextY} ${nextX} ${nextY}`;
    [x, y] = [nextX, nextY];
  }
  return path;
}

interface Look {
  readonly node: PictureNode;
  readonly place: Place;
  readonly isFailed: boolean;
  readonly isDown: boolean;
  readonly onFail: (failure: string) => void;
}

function Node(look: Look) {
  const { node, place, isFailed, isDown } = look;
  const isOut = isFailed || isDown;
  const isMarked = isOut || node.isSingle;
  const lines = linesOf(node.label, isMarked ? LETTERS - 2 : LETTERS);
  return (
    <g
      transform={`translate(${place.x} ${place.y})`}
      className={styles.node}
      data-kind={node.kind}
      data-single={node.isSingle || undefined}
      data-down={isOut || undefined}
      {...(FAILS.has(node.kind) && asButton(look))}
    >
      <title>{node.label}</title>
      <rect width={BOX.width} height={BOX.height} rx={node.kind === "cause" ? 22 : 4} />
      {isMarked && <path d={isOut ? CROSS : ALARM} className={isOut ? styles.cross : styles.mark} />}
      <text y={BOX.height / 2 + 4 - ((lines.length - 1) * LINE) / 2}>
        {lines.map((line, i) => (
          <tspan key={line} x={isMarked ? 21 : 9} dy={i === 0 ? 0 : LINE}>
            {line}{" "}
          </tspan>
        ))}
      </text>
    </g>
  );
}

function linesOf(label: string, letters: number): readonly string[] {
  const lines: string[] = [];
  for (const word of label.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.slice(0, LINES);
}

/** What can fail by itself. */
const FAILS: ReadonlySet<string> = new Set(["component", "cause"]);

// The shapes of the badges, so that no state is told by colour alone.
const CROSS = "m6 20 8 8m0-8-8 8";
const ALARM = "M10 18 16 29H4Z";

function asButton({ node: { id, label, kind, isSingle }, isFailed, isDown, onFail }: Look) {
  const state = isFailed ? "failed" : isDown ? "does not work" : "";
  const words = [label, kind === "cause" ? "common cause" : "", isSingle ? "single point of failure" : "", state];
  return {
    role: "button",
    tabIndex: 0,
    "aria-pressed": isFailed,
    "aria-label": words.filter((word) => word !== "").join(", "),
    onClick: () => onFail(id),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      onFail(id);
    },
  };
}

import { Link } from "@tanstack/react-router";
import { Fragment } from "react";

import type { PlanView } from "../../../src/drills/contract-views.ts";
import { NotKnown } from "../../parts/facts.tsx";
import { exactWords } from "../../parts/time-words.ts";
import { ComponentName, OperationName } from "../operations/keyed-names.tsx";
import { TIME_WORDS } from "./signs.ts";

/** What a drill is about, by name. */
export function Tried({ subject: { kind, key } }: Pick<PlanView, "subject">) {
  if (kind !== "component") return <OperationName of={key} />;
  return (
    <Link to="/components/$key" params={{ key }}>
      <ComponentName of={key} />
    </Link>
  );
}

export function FailsTogether({ fails }: Pick<PlanView, "fails">) {
  if (fails.length === 0) return <NotKnown>nothing named</NotKnown>;
  return fails.map((key, i) => (
    <Fragment key={key}>
      {i > 0 && ", "}
      <ComponentName of={key} />
    </Fragment>
  ));
}

const MINUTE_MS = 60_000;
const TIMES = ["detect", "decide", "access", "restore"] as const;

/** `15 min to detect, 1 h to access`. */
export function Targets({ targets }: Pick<PlanView, "targets">) {
  const set = TIMES.flatMap((time) => {
    const minutes = targets[time];
    return minutes === null ? [] : [`${exactWords(minutes * MINUTE_MS)} ${TIME_WORDS[time]}`];
  });
  return set.length === 0 ? <NotKnown>measured and not judged</NotKnown> : set.join(", ");
}

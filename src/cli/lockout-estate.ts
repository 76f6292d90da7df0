/** What `postern lockout estate.yaml` says of all operations at once: what locks each of them out, and what each failure takes along. */
import { refusal, Refused } from "../kernel/problem.ts";
import { createLiveEstate } from "../lockout/estate-engine/live-estate.ts";
import { type EstateAnswers, estateAnswers, type OperationStanding } from "../lockout/estate-answers.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { namesIn } from "../lockout/names.ts";
import { type Loss, lossesAfter } from "../lockout/what-if.ts";
import { blastWords, counted, type NamesOf, plain, setsWords, whatIfWords } from "../lockout/words.ts";

export interface EstateQuestion {
  /** Sets of up to so many failures at once. */
  readonly order: 1 | 2 | 3;
  /** Leaves that have failed. */
  readonly failed: readonly string[];
  /** So many failures are told one by one. */
  readonly most: number;
}

/** Refuses a model whose components need each other in a circle. */
export function estateStanding(model: LockoutModel, { order }: Pick<EstateQuestion, "order">): EstateAnswers {
  const live = createLiveEstate(model, { order });
  if ("kind" in live) {
    throw new Refused(live.loops.map((loop) => refusal("lockout.circle", `These need each other in a circle: ${loop.join(" → ")}.`)));
  }
  const counts = new Map(
    live.operations().map((key) => [
      key,
      live
        .counts(key)!
        .slice(0, order + 1)
        .map(String),
    ]),
  );
  return estateAnswers(model, { counts, completeTo: order });
}

const keysOf = ({ operation, lost, left }: Loss) => ({
  operation: operation.key,
  lost: lost.map(({ key }) => key),
  left: left.map(({ key }) => key),
});

export function estateAnswer(model: LockoutModel, question: EstateQuestion) {
  const { operations, blast, completeTo } = estateStanding(model, question);
  const { lockedOut, weakened } = lossesAfter(model, question.failed);
  return {
    completeTo,
    operations: operations.map(({ operation: { key, tolerates }, singles, counts, smallest, tolerance }) => ({
      operation: key,
      alone: singles === "down" ? null : singles,
      counts,
      smallest,
      tolerates,
      tolerance,
    })),
    failures: [...blast].map(([failure, keys]) => ({ failure, lockedOut: keys })),
    failed: question.failed,
    lockedOut: lockedOut.map(keysOf),
    weakened: weakened.map(keysOf),
  };
}

export function estateInWords(model: LockoutModel, question: EstateQuestion): string {
  if (question.failed.length > 0) return afterwards(model, question.failed);
  const names = namesIn(model);
  const { operations, blast, tolerance, completeTo } = estateStanding(model, question);
  const missed = tolerance.broken + tolerance.lockedOut;
  return [
    `${counted(operations.length, "operation")}, complete up to ${counted(completeTo, "simultaneous failure")}; ${missed} of them survive less than they have to`,
    "",
    ...operations.map((standing) => operationLine(standing, names)),
    ...(blast.size === 0
      ? []
      : ["", ...[...blast].slice(0, question.most).map(([failure, keys]) => plain(blastWords(failure, keys, names)))]),
    ...(blast.size > question.most ? [`… and ${blast.size - question.most} more failures (--sets)`] : []),
    "",
    "--operation KEY tells every set of one operation.",
  ].join("\n");
}

const BADGES: Readonly<Record<OperationStanding["tolerance"], string>> = {
  lockedOut: "locked out",
  broken: "too weak",
  unknown: "not known",
  held: "holds",
};

const WIDEST = Math.max(...Object.values(BADGES).map(({ length }) => length));

function operationLine({ operation: { key }, singles, counts, tolerance }: OperationStanding, names: NamesOf): string {
  // How far was looked is said once, for all of them.
  return `${BADGES[tolerance].padEnd(WIDEST)}  ${key}: ${plain(setsWords(key, { singles, counts, completeTo: null }, names))}`;
}

function afterwards(model: LockoutModel, failed: readonly string[]): string {
  const { lockedOut, weakened } = lossesAfter(model, failed);
  const keys = lockedOut.map(({ operation }) => operation.key);
  return [
    plain(whatIfWords(failed, keys, namesIn(model))),
    ...(lockedOut.length === 0 ? [] : ["", "Locked out", ...lockedOut.map(lossLine)]),
    ...(weakened.length === 0 ? [] : ["", "Fewer ways in", ...weakened.map(lossLine)]),
  ].join("\n");
}

const named = (paths: Loss["left"]): string => paths.map(({ name }) => name).join(", ");

function lossLine({ operation, lost, left }: Loss): string {
  return `  ${operation.key}: without ${named(lost)}${left.length === 0 ? "" : `; left: ${named(left)}`}`;
}

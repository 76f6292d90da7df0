/** What is wrong with an exception, as findings: the right is over and the way in is not, or what it rests on is not there any more. Pure. */
import type { FindingSeen } from "../findings/finding.ts";
import type { Instant } from "../kernel/time.ts";
import { staleControls } from "./controls.ts";
import { isHeld } from "./decide-end.ts";
import type { ExceptionState } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";
import { overstayFrom, shownContent } from "./projection.ts";
import { END_STATES } from "./transitions.ts";

/** Ended, and still there. */
export function findingsOfEnd(state: ExceptionState): readonly FindingSeen[] {
  const { bindings } = state.dossier;
  const found: FindingSeen[] = [];
  const { named, common } = about(state);
  if (overstayFrom(bindings) !== undefined)
    found.push({
      ...common("overstay"),
      kind: "exceptionOverstay",
      statement: `${named} has ended, and the provider still lets it through.`,
    });
  if (state.state === "revoke_failed")
    found.push({ ...common("revoke"), kind: "revokeFailed", statement: `${named} could not be taken out of the provider.` });
  return found;
}

/** Held, and what it was approved with holds no more. */
export function findingsOfCare(state: ExceptionState, policy: CategoryPolicy | undefined, now: Instant): readonly FindingSeen[] {
  const { dossier } = state;
  if (END_STATES.some((end) => end === state.state) || dossier.grants.length === 0) return [];
  const { named, common } = about(state);
  const found: FindingSeen[] = [];
  if (dossier.ownerInvalidSince !== null)
    found.push({
      ...common("owner"),
      kind: "ownerInvalid",
      statement: `Whoever answered for ${named} cannot any more, and nobody took it over.`,
      owner: null,
      dueInDays: 7,
    });
  const stale = policy !== undefined && isHeld(state) ? staleControls(dossier, policy, now) : [];
  const [first] = stale;
  if (first !== undefined)
    found.push({
      ...common("controls"),
      kind: "controlStale",
      statement: `What guards ${named} meanwhile was not tested in time: ${stale.map(({ statement }) => statement).join("; ")}`.slice(
        0,
        1000,
      ),
      dueInDays: 14,
      severity: "medium",
    });
  return found;
}

function about(state: ExceptionState) {
  const { id, ref, owner } = state.dossier;
  const title = shownContent(state)?.title ?? "";
  const common = (what: string) =>
    ({ key: `${id} ${what}`, subject: { kind: "exception", id }, owner, dueInDays: 1, severity: "high" }) as const;
  return { named: title === "" ? ref : `${ref} (${title})`, common };
}

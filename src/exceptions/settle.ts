/** What follows from the bindings alone, once they are as they are: the steps nobody commands. */
import { type ByState, byState } from "./by-state.ts";
import { revocationFailed } from "./decide-end.ts";
import type { Deciding } from "./deciding.ts";
import { seenSinceOrder } from "./evolve-binding.ts";
import { evolve } from "./evolve.ts";
import type { ExceptionEvent } from "./events.ts";
import type { Binding, ExceptionState, Observed } from "./exception.ts";
import { ordersToRemove } from "./orders.ts";

/** All steps that follow, one on the other. Ends because each step moves to a state from which fewer follow. */
export function settle(state: ExceptionState, deciding: Deciding): readonly ExceptionEvent[] {
  const step = nextStep(state, deciding);
  return step === undefined ? [] : [step, ...settle(evolve(state, step), deciding)];
}

function nextStep(state: ExceptionState, deciding: Deciding): ExceptionEvent | undefined {
  return byState(STEPS, state, deciding);
}

const none = (): undefined => undefined;

const STEPS: ByState<ExceptionEvent | undefined, [Deciding]> = {
  draft: none,
  in_approval: none,
  approved: none,
  rejected: none,
  withdrawn: none,
  activating: ({ dossier }, { stamp }) => (every(governed(dossier.bindings), "present") ? stamp("Activated", {}) : undefined),
  active: none,
  suspending: ({ dossier }, { stamp }) => (every(dossier.bindings, "absent") ? stamp("SuspensionConfirmed", {}) : undefined),
  suspended: ({ dossier, why }, { stamp, now }) =>
    some(dossier.bindings, "present") ? stamp("SuspensionBroken", { why, orders: ordersToRemove(dossier), overstayFrom: now }) : undefined,
  revoking: ({ dossier }, { stamp }) => (dossier.bindings.every(isReportedGone) ? stamp("RemovalReported", {}) : undefined),
  verifying: (state, deciding) => {
    const { bindings } = state.dossier;
    if (some(bindings, "present")) return revocationFailed(state, "Read back: still there.", deciding);
    return every(bindings, "absent") ? deciding.stamp("Closed", {}) : undefined;
  },
  revoke_failed: ({ dossier }, { stamp }) => (every(dossier.bindings, "absent") ? stamp("RemovalReported", {}) : undefined),
  closed: none,
};

/** Those we ordered to be there. Found ones are only ever taken away and hold no activation up. */
function governed(bindings: readonly Binding[]): readonly Binding[] {
  return bindings.filter((binding) => binding.origin.kind === "governed" && binding.desired === "present");
}

function every(bindings: readonly Binding[], observed: Observed): boolean {
  return bindings.length > 0 && bindings.every((binding) => seenSinceOrder(binding) === observed);
}

function some(bindings: readonly Binding[], observed: Observed): boolean {
  return bindings.some((binding) => seenSinceOrder(binding) === observed);
}

/** The provider says it is removed, or it was read as absent since it was ordered away. */
function isReportedGone(binding: Binding): boolean {
  return binding.outcome.kind === "removed" || seenSinceOrder(binding) === "absent";
}

/** The figures of the register, counted over every exception there is: read in batches, of which only the samples are kept. */
import type { Instant } from "../kernel/time.ts";
import type { CategoryRegister } from "./category-register.ts";
import type { FiguresView } from "./contract-figures.ts";
import { type ExceptionState, versionInEffect } from "./exception.ts";
import { figuresView } from "./figures-view.ts";
import { measure } from "./metrics.ts";
import type { RepeatStore } from "./repeat-store.ts";
import { REPEAT_WINDOW, subjectRoot } from "./repeats.ts";
import { type Sample, type SampleFacts, sampleOf } from "./sample.ts";
import type { ExceptionStore } from "./store.ts";

export interface FiguresDependencies {
  readonly store: ExceptionStore;
  readonly register: Pick<CategoryRegister, "list">;
  readonly repeatStore: RepeatStore;
  readonly countBypasses: () => Promise<Record<string, number>>;
}

/** Costs what is stored: seconds in a register of a hundred thousand. */
export async function registerFigures(deps: FiguresDependencies, now: Instant, batchSize = 500): Promise<FiguresView> {
  return (await countRegister(deps, now, () => undefined, batchSize)).figures;
}

/** The figures, and what else is wanted of each exception: everything is read once. */
export async function countRegister<Part>(
  deps: FiguresDependencies,
  now: Instant,
  partOf: (state: ExceptionState) => Part,
  batchSize = 500,
): Promise<{ figures: FiguresView; parts: readonly Part[] }> {
  const policies = Object.fromEntries((await deps.register.list()).map((policy) => [policy.key, policy]));
  const repeats = await deps.repeatStore.repeated(REPEAT_WINDOW);
  const samples: Sample[] = [];
  const parts: Part[] = [];
  for (let after = ""; ;) {
    const batch = await deps.store.inIdOrder(after, batchSize);
    const states = batch.map(({ exception }) => exception);
    const facts: SampleFacts = { policies, repeats, identities: identitiesOf(states), lastUsedAt: {} };
    samples.push(...states.map((state) => sampleOf(state, facts, now)));
    parts.push(...states.map(partOf));
    const last = states.at(-1);
    if (last === undefined || batch.length < batchSize) break;
    after = last.dossier.id;
  }
  const bypasses = await deps.countBypasses();
  const unregisteredBypasses = (bypasses["unregistered"] ?? 0) + (bypasses["escalated"] ?? 0);
  return { figures: figuresView(measure(samples, { identitiesInAll: 0, unregisteredBypasses })), parts };
}

/** Known where every subject is one account; who is in a group now only the provider can tell. */
function identitiesOf(states: readonly ExceptionState[]): Record<string, readonly string[]> {
  const known = states.flatMap((state) => {
    const subjects = (versionInEffect(state.dossier)?.content.scope ?? []).map(({ subject }) => subject);
    return subjects.every(({ kind }) => kind === "user") ? [[state.dossier.id, subjects.map(subjectRoot)] as const] : [];
  });
  return Object.fromEntries(known);
}

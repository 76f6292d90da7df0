/** A full register: one exception that was brought to life by the real commands, and its copies under other names and ends. */
import type { ExceptionState } from "../src/exceptions/exception.ts";
import type { ExceptionDependencies } from "../src/exceptions/index.ts";
import { fold } from "../src/exceptions/service.ts";
import type { FoldedChange } from "../src/exceptions/store.ts";
import { commit, type SubjectChange } from "../src/journal/append.ts";
import type { Instant } from "../src/kernel/time.ts";

const BATCH = 1000;
const UNITS = 40;

export interface Copies {
  readonly at: Instant;
  /** Words of the model and what the i-th copy has in their place. */
  readonly names: (i: number) => Readonly<Record<string, string>>;
  readonly endOf: (i: number) => Instant;
}

/** Stores `count` copies with everything a list reads, through the journal as every change goes. */
export async function storeCopies(deps: ExceptionDependencies, model: ExceptionState, count: number, how: Copies): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const changes: SubjectChange[] = [];
    const afters: FoldedChange[] = [];
    for (let i = from; i < Math.min(from + BATCH, count); i++) {
      const made = await fold(deps, { version: 0, exception: copyOf(model, i, how) }, []);
      changes.push({ ...made.change, entries: [{ type: "Copied", data: { of: model.dossier.ref } }] });
      afters.push(made);
    }
    await commit(deps, {
      at: how.at,
      actor: { kind: "system", id: "bench" },
      changes,
      alongside: async (tx) => {
        for (const made of afters) await made.alongside(tx);
      },
    });
  }
}

function copyOf(model: ExceptionState, i: number, { names, endOf }: Copies): ExceptionState {
  const others = { [model.dossier.id]: `exc_${String(i).padStart(26, "0")}`, [model.dossier.ref]: `EXC-2026-C${i}`, ...names(i) };
  const text = Object.entries(others).reduce((before, [from, to]) => before.replaceAll(from, to), JSON.stringify(model));
  const copy = JSON.parse(text) as ExceptionState & { dossier: { grants: { validUntil: Instant }[]; unit: string } };
  for (const grant of copy.dossier.grants) grant.validUntil = endOf(i);
  copy.dossier.unit = `unit ${i % UNITS}`;
  return copy;
}

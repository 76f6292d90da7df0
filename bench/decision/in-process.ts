/** Our own decisions for the bench of engines: the rules of questions.ts and as many exceptions, in a snapshot as a server holds one. */
import { decide } from "../../src/decisions/decide.ts";
import { NEVER } from "../../src/decisions/grant-row.ts";
import { createRegister } from "../../src/decisions/layered-register.ts";
import { createMapLayer } from "../../src/decisions/map-layer.ts";
import type { RuleSet, RuleVerdict } from "../../src/decisions/rule-set.ts";
import type { Snapshot } from "../../src/decisions/snapshot.ts";
import type { Engine } from "./engines.ts";
import { ACTION, EXCEPTIONS, held, RESISTANT } from "./questions.ts";

export function ours(from: Date): Engine {
  const layer = createMapLayer();
  for (let i = 0; i < EXCEPTIONS; i++) {
    const { subject, application, method, until } = held(i, from);
    const id = `exc_${i}`;
    layer.putException(id, [
      {
        exception: id,
        ref: `EXC-2026-${i}`,
        owner: null,
        subject: { connection: "con_1", kind: "user", key: subject },
        person: null,
        resource: { kind: "application", id: application },
        method,
        conditions: { networks: null, deviceClasses: null, hours: null },
        from: from.getTime(),
        until: until.getTime(),
        stand: "open",
        ends: until.getTime(),
      },
    ]);
  }
  const register = createRegister({ sequence: 1, size: EXCEPTIONS, layers: [layer], connections: new Map() });
  const snapshot: Snapshot = { register, ruleSets: new Map([[RULES.name, RULES]]), freshAtMs: from.getTime(), maxAgeMs: NEVER };
  return { name: "ours", asks: 20_000, permits: (question, nowMs) => decide(question, RULES, snapshot, nowMs).permit };
}

const RULES: RuleSet = {
  name: "sign-in",
  digest: "",
  asksRegister: (action) => action === ACTION,
  decide({ action }): RuleVerdict {
    const effect = RESISTANT.includes(action.properties["method"] as string) ? "permit" : "needs_exception";
    return { effect, obligations: [] };
  },
  subjects: [],
  resources: [],
  actions: [ACTION],
};

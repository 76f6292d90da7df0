/** Our own decisions for the bench of engines: the rules of questions.ts and as many exceptions, in a snapshot as a server holds one. */
import { decide } from "../../src/decisions/decide.ts";
import { NEVER } from "../../src/decisions/grant-row.ts";
import { createRegister } from "../../src/decisions/layered-register.ts";
import { createMapLayer } from "../../src/decisions/map-layer.ts";
import { createPackedLayer } from "../../src/decisions/packed-layer.ts";
import { repack } from "../../src/decisions/repack.ts";
import { loadShipped } from "../../src/decisions/rules/load-shipped.ts";
import type { Snapshot } from "../../src/decisions/snapshot.ts";
import type { Engine } from "./engines.ts";
import { EXCEPTIONS, held } from "./questions.ts";

export function ours(from: Date): Engine {
  const snapshot = snapshotOf(from);
  return { name: "ours", asks: 20_000, permits: (question, nowMs) => decide(question, RULES, snapshot, nowMs).permit };
}

export function snapshotOf(from: Date): Snapshot {
  const changed = createMapLayer();
  for (let i = 0; i < EXCEPTIONS; i++) {
    const { subject, application, method, until } = held(i, from);
    const id = `exc_${i}`;
    changed.putException(id, [
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
  const packed = createPackedLayer(repack(undefined, changed, SEED, null));
  const register = createRegister({ sequence: 1, size: EXCEPTIONS, layers: [createMapLayer(), packed], connections: new Map() });
  return { register, ruleSets: RULE_SETS, freshAtMs: from.getTime(), maxAgeMs: NEVER };
}

const SEED = { key0: 1, key1: 2 };
const RULE_SETS = new Map([...loadShipped()].map(([name, { rules }]) => [name, rules]));
const RULES = RULE_SETS.get("default")!;

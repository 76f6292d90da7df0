/** Exceptions by number, for a register that is kept while it is killed. */
import type { GrantRow } from "../../src/decisions/grant-row.ts";

export function openRow(n: number): GrantRow {
  return {
    exception: `exc_${n}`,
    ref: `EXC-${n}`,
    owner: null,
    subject: { connection: "con_1", kind: "user", key: `k${n}` },
    person: null,
    resource: { kind: "application", id: "a" },
    method: "sms",
    conditions: { networks: null, deviceClasses: null, hours: null },
    from: 0,
    until: 100,
    stand: "open",
    ends: 100,
  };
}

export function closedRow(n: number): GrantRow {
  return { ...openRow(n), stand: "ended" };
}

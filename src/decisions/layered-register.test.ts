import { describe, expect, test } from "vitest";

import { after, CON, scopeItem, START, story } from "../../test/support/exception-story.ts";
import { reviewed } from "../../test/support/exception-scenes.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import { epochMs, type Zone } from "../kernel/time.ts";
import { type GrantRow, rowsOf } from "./grant-row.ts";
import { createRegister } from "./layered-register.ts";
import { createMapLayer } from "./map-layer.ts";
import type { PersonRow } from "./person-row.ts";
import type { Attempt, Register } from "./register.ts";

const ATTEMPT: Omit<Attempt, "keys"> = {
  resource: { kind: "application", id: "app_1" },
  method: "password",
  address: null,
  networks: [],
  deviceClasses: [],
};

function registerOf(states: readonly ExceptionState[], persons: readonly PersonRow[] = []): Register {
  const layer = createMapLayer();
  for (const state of states) layer.putException(state.dossier.id, rowsOf(state));
  for (const person of persons) layer.putPerson(person);
  return createRegister({ sequence: 1, size: 1, layers: [layer], connections: new Map([["ad", CON]]) });
}

const ask = (register: Register, at = START, more: Partial<Attempt> = {}, name = "guid-1") => {
  const found = register.look({ ...ATTEMPT, keys: register.findSubject("user", name)?.keys ?? [], ...more }, epochMs(at));
  return found.kind === "grant" ? "grant" : found.code;
};

const anna: PersonRow = {
  id: "per_anna",
  active: true,
  slug: "anna",
  mail: "Anna.Muster@example.org",
  accounts: [
    { connection: CON, key: "guid-1", enabled: true, secondary: false, login: "AMuster" },
    { connection: CON, key: "guid-9", enabled: true, secondary: true, login: "adm-anna" },
  ],
};

describe("the register lets through", () => {
  const active = story().active().state;

  test("in the half-open stretch of a grant, and says until when", () => {
    const register = registerOf([active]);
    const moments = [after("PT0.001S", START), after("P59D"), after("P60D")];
    expect(moments.map((at) => ask(register, at))).toEqual(["grant", "grant", "exception_ended"]);
    const found = register.look({ ...ATTEMPT, keys: register.findSubject("user", "guid-1")!.keys }, epochMs(START));
    expect(found).toMatchObject({
      grant: { ref: "EXC-2026-0001", validUntil: after("P60D") },
      obligations: [{ type: "session_length", seconds: 60 * 86_400 }],
    });
  });

  test("no other method, resource or subject, and no moment that is none", () => {
    const register = registerOf([active]);
    expect(ask(register, START, { method: "sms" })).toBe("outside_exception_scope");
    expect(ask(register, START, { method: null })).toBe("outside_exception_scope");
    expect(ask(register, START, { resource: { kind: "application", id: "app_2" } })).toBe("exception_needed");
    expect(register.findSubject("user", "guid-2")).toBeUndefined();
    expect(register.look({ ...ATTEMPT, keys: register.findSubject("user", "guid-1")!.keys }, Number.NaN).kind).toBe("none");
  });

  test("by an address in a network that was approved, or by its name", () => {
    const conditions = { networks: ["10.1.0.0/16", "site-1"], deviceClasses: null, hours: null };
    const register = registerOf([story().active({ scope: [scopeItem("guid-1", { conditions })] }).state]);
    expect(ask(register)).toBe("outside_exception_scope");
    expect(ask(register, START, { address: "10.1.2.3" })).toBe("grant");
    expect(ask(register, START, { address: "10.2.2.3" })).toBe("outside_exception_scope");
    expect(ask(register, START, { networks: ["site-1"] })).toBe("grant");
  });

  test("no longer than the hours, also where the clock is set forward within them", () => {
    const hours = { days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 60, untilMinute: 240, zone: "Europe/Zurich" as Zone };
    const register = registerOf([
      story().active({ scope: [scopeItem("guid-1", { conditions: { networks: null, deviceClasses: null, hours } })] }).state,
    ]);
    const keys = register.findSubject("user", "guid-1")!.keys;
    const seconds = (at: string) => register.look({ ...ATTEMPT, keys }, Date.parse(at));
    expect(seconds("2026-03-28T00:30:00Z")).toMatchObject({ obligations: [{ seconds: 9000 }] });
    expect(seconds("2026-03-29T00:30:00Z")).toMatchObject({ obligations: [{ seconds: 5400 }] });
  });

  test("nobody whom the provider was not seen to hold, or was seen to hold no longer, though the exception is in force", () => {
    const unseen = (observed: "absent" | "unknown"): ExceptionState => ({
      ...active,
      dossier: { ...active.dossier, bindings: active.dossier.bindings.map((binding) => ({ ...binding, observed })) },
    });
    expect([ask(registerOf([active])), ask(registerOf([unseen("absent")])), ask(registerOf([unseen("unknown")]))]).toEqual([
      "grant",
      "exception_not_started",
      "exception_not_started",
    ]);
  });

  test("nobody from the day on that a review was due, nor while suspended, nor before the provider holds it", () => {
    const { state } = reviewed();
    const { dueAt } = state.dossier.reviews[0]!;
    expect(ask(registerOf([state]), dueAt)).toBe("exception_suspended");
    expect(ask(registerOf([{ ...active, state: "suspended", why: "x" }]))).toBe("exception_suspended");
    const approved = story().approved();
    approved.tick();
    expect(ask(registerOf([approved.state]))).toBe("exception_not_started");
    expect(registerOf([story().open().state]).findSubject("user", "guid-1")).toBeUndefined();
  });
});

describe("a subject is known", () => {
  const active = story().active().state;

  test.each(["guid-1", "amuster", "AMUSTER", "anna.muster@EXAMPLE.org", "anna", "per_anna"])(
    "as %s, and what they hold is found",
    (name) => {
      expect(ask(registerOf([active], [anna]), START, {}, name)).toBe("grant");
    },
  );

  test("by the name of another account of theirs only for what that one holds", () => {
    expect(ask(registerOf([active], [anna]), START, {}, "adm-anna")).toBe("exception_needed");
  });

  test.each(["", "ANNA", "GUID-1", "guid-1\u0000", "\ud800", "__proto__"])("not as %j", (name) => {
    expect(registerOf([active], [anna]).findSubject("user", name)).toBeUndefined();
  });

  test("as nobody where a name means two, unless the connection says which", () => {
    const other: PersonRow = {
      ...anna,
      id: "per_other",
      slug: "other",
      mail: "",
      accounts: [{ ...anna.accounts[0]!, connection: "con_2", key: "guid-7" }],
    };
    const register = registerOf([active], [anna, other]);
    expect(register.findSubject("user", "amuster")).toBeUndefined();
    expect(register.findSubject("user", "amuster", "ad")?.keys).toEqual([{ connection: CON, kind: "user", key: "guid-1" }]);
    expect(register.findSubject("user", "amuster", "con_2")?.keys).toEqual([{ connection: "con_2", kind: "user", key: "guid-7" }]);
    expect(register.findSubject("user", "amuster", "con_3")).toBeUndefined();
  });

  test("and inactive once they left, or the account that is named is off, or whom the exception takes it for left", () => {
    expect(registerOf([active], [{ ...anna, active: false }]).findSubject("user", "guid-1")?.active).toBe(false);
    const off = { ...anna, accounts: anna.accounts.map((account) => ({ ...account, enabled: !account.secondary })) };
    expect(registerOf([active], [off]).findSubject("user", "adm-anna")?.active).toBe(false);
    const gone = { ...anna, id: "per_subject", active: false, accounts: [] };
    expect(registerOf([active], [gone]).findSubject("user", "guid-1")?.active).toBe(false);
  });

  test("by a type that has names of its own", () => {
    const workload = scopeItem("guid-2");
    const { state } = story().active({ scope: [{ ...workload, subject: { ...workload.subject, kind: "workload", person: null } }] });
    const register = registerOf([state]);
    expect(register.findSubject("workload", "guid-2")?.keys).toHaveLength(1);
    expect(register.findSubject("user", "guid-2")).toBeUndefined();
    expect(register.findSubject("constructor", "guid-2")).toBeUndefined();
  });
});

const first = (names: Iterable<string>) => Iterator.from(names).take(3).toArray();

test("names that come into question are told as they are found, each once: whoever asks for a few looks at no more", () => {
  let looked = 0;
  function* endless(): Iterable<GrantRow> {
    for (;;)
      yield {
        subject: { connection: CON, kind: "user", key: `guid-${looked >> 1}` },
        resource: { kind: "application", id: `app_${looked++ >> 1}` },
      } as GrantRow;
  }
  const layer = { ...createMapLayer(), rowsOn: endless, rowsOf: endless };
  const register = createRegister({ sequence: 1, size: 1, layers: [layer], connections: new Map() });
  expect(first(register.subjectsOn("user", ATTEMPT.resource))).toEqual(["guid-0", "guid-1", "guid-2"]);
  looked = 0;
  expect(first(register.resourcesOf([{ connection: CON, kind: "user", key: "guid-1" }], "application"))).toEqual([
    "app_0",
    "app_1",
    "app_2",
  ]);
  expect(looked).toBeLessThan(10);
});

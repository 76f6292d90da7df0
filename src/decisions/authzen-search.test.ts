/** Searches: who comes into question, in pages that hold together. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { EMPTY_REGISTER, rulesThat, type ServedDecisionPoint, serveDecisionPoint, snapshotOf } from "../../test/support/decision-point.ts";
import { type Caller, UNBOUNDED } from "./caller.ts";
import { NONE } from "./question.ts";
import type { Register } from "./register.ts";

const named = (type: string, ids: readonly string[]) => ids.map((id) => ({ type, id, properties: NONE }));
const USERS = Array.from({ length: 25 }, (_, i) => `user-${String(i).padStart(2, "0")}`);
const rules = rulesThat(
  ({ subject, action, resource, context }) =>
    !subject.id.endsWith("3") && action.name !== "destroy" && resource.id !== "locked" && context["closed"] !== true,
  {
    subjects: [...named("user", USERS.toReversed()), ...named("robot", ["r2"])],
    resources: named("record", ["b", "a", "locked"]),
    actions: ["write", "destroy", "read", "sign_in"],
    asksRegister: (action) => action === "sign_in",
  },
);
/** Somebody whom only the register knows. */
const register: Register = {
  ...EMPTY_REGISTER,
  findSubject: (_, id) => ({ keys: [{ connection: "x", kind: "person", key: id }], active: id !== "gone" }) as never,
  subjectsOn: (type) => (type === "user" ? ["zoe", "user-01", "gone"] : []),
  resourcesOf: () => ["vpn", "a"],
};

let point: ServedDecisionPoint;
let caller: Caller = { name: "test", scope: UNBOUNDED };
beforeAll(async () => {
  point = await serveDecisionPoint({
    snapshot: () => snapshotOf([rules, { ...rules, name: "other" }], register),
    authenticate: () => ({ kind: "caller", caller }),
  });
});
afterAll(() => point.stop());

const subject = { type: "user", id: "user-01" };
const action = { name: "read" };
const resource = { type: "record", id: "a" };

interface Found {
  readonly status: number;
  readonly names: readonly string[];
  readonly next: string;
  readonly body: Record<string, unknown>;
}

async function search(kind: string, body: unknown, base = ""): Promise<Found> {
  const answered = await point.ask(`${base}/access/v1/search/${kind}`, body);
  const results = (answered.body["results"] ?? []) as { id?: string; name?: string }[];
  const page = answered.body["page"] as { next_token: string } | undefined;
  return { status: answered.status, names: results.map(({ id, name }) => id ?? name!), next: page?.next_token ?? "", body: answered.body };
}

describe("a search", () => {
  test("finds whom an evaluation would let through, of the type that was asked for, and says what it rests on", async () => {
    const { names, body } = await search("subject", { subject: { type: "user" }, action, resource });
    expect(names).toEqual(USERS.filter((id) => !id.endsWith("3")));
    expect(body).toMatchObject({
      results: [{ type: "user", id: "user-00" }, { type: "user", id: "user-01" }, {}, ...USERS.slice(3, 22).map(() => ({}))],
      page: { next_token: "", count: 22 },
      context: { snapshot: { sequence: 7 } },
    });
    expect((await search("resource", { subject, action, resource: { type: "record" } })).names).toEqual(["a", "b"]);
    expect((await search("action", { subject, resource })).names).toEqual(["read", "sign_in", "write"]);
  });

  test("finds those whom only the register knows, and not who left", async () => {
    const signIn = { subject: { type: "user" }, action: { name: "sign_in" }, resource };
    expect((await search("subject", signIn)).names).toContain("zoe");
    expect((await search("subject", signIn)).names).not.toContain("gone");
    expect((await search("subject", { ...signIn, action })).names).not.toContain("zoe");
    const where = { subject, action: { name: "sign_in" }, resource: { type: "record" } };
    expect((await search("resource", where)).names).toEqual(["a", "b", "vpn"]);
  });

  test("takes no notice of the id of what it looks for, whatever it is", async () => {
    for (const id of ["nobody", 17, null]) {
      expect((await search("subject", { subject: { type: "robot", id }, action, resource })).names).toEqual(["r2"]);
      expect((await search("resource", { subject, action, resource: { type: "record", id } })).names).toEqual(["a", "b"]);
    }
    expect((await search("action", { subject, resource, action: 5 })).names).toHaveLength(3);
  });

  test("finds nobody where nobody comes into question, and that is no fault", async () => {
    for (const [kind, body] of [
      ["subject", { subject: { type: "spaceship" }, action, resource }],
      ["resource", { subject, action, resource: { type: "spaceship" } }],
      ["subject", { subject: { type: "user" }, action, resource, context: { closed: true } }],
      ["action", { subject: { type: "user", id: "user-03" }, resource }],
    ] as const) {
      expect(await search(kind, body)).toMatchObject({ status: 200, names: [], next: "" });
    }
  });

  test.each([
    ["subject", { action, resource }, ["/subject"]],
    ["subject", { subject: {}, resource: { type: "x" } }, ["/subject/type", "/action", "/resource/id"]],
    ["resource", { action, resource: {} }, ["/subject", "/resource/type"]],
    ["resource", { subject: { type: "user" }, action: {}, resource: { type: 1 } }, ["/subject/id", "/action/name", "/resource/type"]],
    ["action", { subject }, ["/resource"]],
    ["action", { subject, resource, context: 1, page: [] }, ["/context", "/page"]],
    ["action", { subject, resource, page: { token: 1, limit: -1 } }, ["/page/token", "/page/limit"]],
    ["action", { subject, resource, page: { limit: 1.5 } }, ["/page/limit"]],
    ["action", { subject, resource, page: { limit: "1" } }, ["/page/limit"]],
  ])("for %ss that is %j is told all that is wrong", async (kind, body, places) => {
    const answered = await search(kind, body);
    expect(answered.status).toBe(400);
    expect((answered.body["reasons"] as { at: string }[]).map(({ at }) => at)).toEqual(places);
  });
});

describe("pages", () => {
  const asked = { subject: { type: "user", properties: { b: 1, a: [{ d: 1, c: 2 }] } }, action, resource };

  test("come one after the other until the token is empty, and hold everybody once", async () => {
    for (const limit of [1, 7, 22, 1000]) {
      const found: string[] = [];
      let token = "";
      do {
        const page = await search("subject", { ...asked, page: { token, limit } });
        expect(page.names.length).toBeLessThanOrEqual(limit);
        found.push(...page.names);
        token = page.next;
      } while (token !== "");
      expect(found).toEqual(USERS.filter((id) => !id.endsWith("3")));
    }
  });

  test("hold nothing where nothing is asked for, and go on from there", async () => {
    const { names, next } = await search("subject", { ...asked, page: { limit: 0 } });
    expect([names, next === ""]).toEqual([[], false]);
    expect((await search("subject", { ...asked, page: { token: next, limit: 1 } })).names).toEqual(["user-00"]);
  });

  test("go on with the same search in whatever order it is written, and with no other", async () => {
    const { next: token } = await search("subject", { ...asked, page: { limit: 3 } });
    const same = { page: { token }, resource, action, subject: { properties: { a: [{ c: 2, d: 1 }], b: 1 }, id: "x", type: "user" } };
    expect((await search("subject", same)).names[0]).toBe("user-04");
    for (const other of [
      { ...asked, action: { name: "write" } },
      { ...asked, context: {}, resource: { ...resource, id: "b" } },
      { ...asked, subject: { type: "user" } },
      { ...asked, subject: { type: "robot" } },
      { ...asked, context: { x: 1 } },
    ]) {
      const { status, body } = await search("subject", { ...other, page: { token } });
      expect([status, body["title"]]).toEqual([400, "decisions.pageTokenInvalid"]);
    }
    expect((await search("resource", { ...asked, subject, page: { token } })).status).toBe(400);
    expect((await search("subject", { ...asked, page: { token } }, "/rules/other")).status).toBe(400);
    for (const wrong of ["x", `${token}!`, token.slice(1)])
      expect((await search("subject", { ...asked, page: { token: wrong } })).status).toBe(400);
  });
});

describe("whoever may not know", () => {
  test("what is outside of its scope finds nothing of it", async () => {
    caller = {
      name: "narrow",
      scope: { ...UNBOUNDED, resources: [{ type: "record", ids: new Set(["b"]), prefixes: [] }], actions: new Set(["read"]) },
    };
    expect((await search("resource", { subject, action, resource: { type: "record" } })).names).toEqual(["b"]);
    expect((await search("action", { subject, resource: { type: "record", id: "b" } })).names).toEqual(["read"]);
    expect((await search("subject", { subject: { type: "user" }, action, resource })).names).toEqual([]);
  });

  test("anything by searching is refused", async () => {
    caller = { name: "no searches", scope: { ...UNBOUNDED, maySearch: false } };
    expect((await search("action", { subject, resource })).status).toBe(403);
    expect((await point.ask("/access/v1/evaluation", { subject, action, resource })).status).toBe(200);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { evolve as evolveCompanyAccount, TRANSITIONS as COMPANY_ACCOUNT } from "./access/company-account.ts";
import { evolve as evolveInvitation, TRANSITIONS as INVITATION } from "./access/invitation.ts";
import { evolve as evolvePasskey, TRANSITIONS as PASSKEY } from "./access/passkey.ts";
import { evolve as evolveBypass, TRANSITIONS as BYPASS } from "./bypasses/bypass.ts";
import { evolve as evolveCanary, TRANSITIONS as CANARY } from "./canaries/canary.ts";
import { evolve as evolveConnection, TRANSITIONS as CONNECTION } from "./connections/connection.ts";
import { OPERATORS } from "./decisions/rules/operators.ts";
import { TRANSITIONS as EXCEPTION } from "./exceptions/transitions.ts";
import { TRANSITIONS as FINDING } from "./findings/transitions.ts";
import { DRILL_TRANSITIONS, PLAN_TRANSITIONS } from "./drills/transitions.ts";
import { ISSUE_TRANSITIONS, RISK_TRANSITIONS } from "./governance/transitions.ts";
import { drawTransitions, type Transition } from "./kernel/transitions.ts";

type Table = readonly Transition<string, string>[];
type Fold = (state: never, event: never) => object;

const ROOT = join(import.meta.dirname, "..");
const migrations = readdirSync(join(ROOT, "migrations"))
  .map((name) => readFileSync(join(ROOT, "migrations", name), "utf8"))
  .join("\n");

/** What the database lets the status column of a table hold. */
function statusesOf(table: string): string[] {
  const [, columns = ""] = new RegExp(`create table ${table} \\(([\\s\\S]*?)\\n\\);`).exec(migrations) ?? [];
  const [, made = ""] = /check \(status in \(([^)]*)\)\)/.exec(columns) ?? [];
  // A later migration may let it hold more.
  const altered = [
    ...migrations.matchAll(new RegExp(`alter table ${table} add constraint \\w+\\s+check \\(status in \\(([^)]*)\\)\\)`, "g")),
  ];
  const list = altered.at(-1)?.[1] ?? made;
  return [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name!).sort();
}

const FOLDED: readonly [string, string, Table, Fold][] = [
  ["a bypass", "bypasses", BYPASS, evolveBypass],
  ["a canary", "canaries", CANARY, evolveCanary],
  ["a company account", "access", COMPANY_ACCOUNT, evolveCompanyAccount],
  ["a connection", "bypasses", CONNECTION, evolveConnection],
  ["an invitation", "access", INVITATION, evolveInvitation],
  ["a passkey", "access", PASSKEY, evolvePasskey],
];

describe.each(FOLDED)("the life of %s", (_, page, table, evolve) => {
  test("is on its page as the code draws it", () => {
    const text = readFileSync(join(ROOT, "docs", "model", `${page}.md`), "utf8");
    expect(text).toContain(`\`\`\`mermaid\n${drawTransitions(table)}\n\`\`\``);
  });

  test("is what its fold makes of each event", () => {
    for (const { from, event, to } of table) {
      const before = from === "nothing" ? undefined : { state: from, status: from, seen: {} };
      const at = "2026-01-01T00:00:00.000Z";
      const after = evolve(before as never, { type: event, data: { at, seen: {} } } as never) as { state?: string; status?: string };
      expect([after.state, after.status], `${from} ${event}`).toContain(to);
    }
  });
});

test.each([
  ["exception", EXCEPTION],
  ["drill", DRILL_TRANSITIONS],
  ["drill_plan", PLAN_TRANSITIONS],
  ["bypass", BYPASS],
  ["company_account", COMPANY_ACCOUNT],
  ["canary", CANARY],
  ["connection", CONNECTION],
  ["invitation", INVITATION],
  ["passkey", PASSKEY],
  ["finding", FINDING],
  ["design_issue", ISSUE_TRANSITIONS],
  ["risk_acceptance", RISK_TRANSITIONS],
] as readonly [string, Table][])("the database knows the states of %s, no more and no fewer", (name, table) => {
  expect(statusesOf(name)).toEqual([...new Set(table.map(({ to }) => to))].sort());
});

test("the operators of rules are on their page as the code has them, in the same order", () => {
  const text = readFileSync(join(ROOT, "docs", "model", "rules.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` \| (.+) \| (yes|no) \|$/gm)].map(([, name, words, from]) => [name, words, from]);
  expect(rows).toEqual(Object.entries(OPERATORS).map(([name, { words, from }]) => [name, words, from ? "yes" : "no"]));
});

/** A drill over HTTP: planned, held, judged and signed by who looks on, and found again by the command line and by the findings. */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Client } from "../../src/cli/client.ts";
import { drillCommand } from "../../src/cli/drill-commands.ts";
import { runCli } from "../../src/cli/run.ts";
import { pathOf } from "../../src/kernel/contract.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Answer, type Browser, succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
  const component = { name: "Provider", kind: "idp", layer: "provider" };
  succeeded(await story.admin.ask("PUT", "/api/v1/components/idp", component, { "If-Match": '"0"' }));
});
afterAll(async () => {
  await story.close();
});

const codesOf = (answer: Answer) => (answer.body["reasons"] as { code: string }[] | undefined)?.map(({ code }) => code) ?? [];
const planOf = (name: string, more: object = {}) => ({
  name,
  exercise: "provider-outage-table-top",
  subject: { kind: "component", key: "idp" },
  owner: story.idOf.ada,
  everyDays: 30,
  targets: { detect: 15, decide: 30, access: null, restore: null },
  fails: ["idp"],
  probes: [],
  firstDueAt: addDuration(story.clock.now(), duration("PT15M")),
  ...more,
});
const plan = async (name: string, more: object = {}) => {
  const { body } = succeeded(await story.as.gerda.ask("POST", "/api/v1/drill-plans", planOf(name, more)));
  return { id: body["id"] as string, drill: (body["open"] as { id: string }).id };
};
/** Until no probe of a drill runs any more. */
const settled = (drill: string) =>
  story.until(
    async () => succeeded(await story.as.gerda.ask("GET", `/api/v1/drills/${drill}`)).body["probes"] as { isRunning: boolean }[],
    (probes) => probes.every(({ isRunning }) => !isRunning),
    "the probes of the drill to end",
  );
const write = (by: Browser, drill: string, what: string, body: object) => by.ask("POST", `/api/v1/drills/${drill}/${what}`, body);

test("it is held by those who take part and signed by who looks on; nobody else sees it, and nobody else signs it", async () => {
  const { ada, rolf, audrey, hedi } = story.as;
  const { drill } = await plan("Wages without the provider");
  expect((await rolf.ask("GET", `/api/v1/drills/${drill}`)).status).toBe(404);
  const people = { participants: [story.idOf.rolf], observers: [story.idOf.audrey] };
  expect((await write(rolf, drill, "start", people)).status).toBe(404);
  succeeded(await write(ada, drill, "start", people));
  for (const step of [0, 1, 2, 3, 4, 5]) {
    story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
    succeeded(await write(rolf, drill, "steps", { step }));
  }
  expect((await hedi.ask("GET", `/api/v1/drills/${drill}`)).status).toBe(404);
  expect(codesOf(await write(rolf, drill, "criteria", { criterion: 0, met: true }))).toEqual(["drills.onlyObserversJudge"]);
  for (const criterion of [0, 1, 2]) succeeded(await write(audrey, drill, "criteria", { criterion, met: true }));
  const content = Buffer.from("what the wall clock showed");
  succeeded(await write(rolf, drill, "evidence", { name: "wall.txt", content: content.toString("base64") }));
  const seen = succeeded(await audrey.ask("GET", `/api/v1/drills/${drill}`)).body as { contentHash: string; amounts: object };
  expect(seen.amounts).toMatchObject({ outcome: "passed", faults: [], times: { detect: 60_000, decide: 120_000 } });
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const file = await story.app.http.request(`/api/v1/drills/${drill}/evidence/${digest}`, { headers: { Cookie: rolf.cookie() } });
  expect(await file.text()).toBe("what the wall clock showed");

  const byRolf = await rolf.sign("drills.finish", drill, seen.contentHash);
  expect(codesOf(await write(rolf, drill, "finish", { assertion: byRolf }))).toEqual(["drills.onlyObserversJudge"]);
  const before = await audrey.sign("drills.finish", drill, seen.contentHash);
  succeeded(await write(rolf, drill, "notes", { text: "Written after it was read." }));
  expect((await write(audrey, drill, "finish", { assertion: before })).status, "what was signed is not what is there").not.toBe(200);
  const { contentHash } = succeeded(await audrey.ask("GET", `/api/v1/drills/${drill}`)).body as { contentHash: string };
  const finished = await write(audrey, drill, "finish", { assertion: await audrey.sign("drills.finish", drill, contentHash) });
  expect(succeeded(finished).body).toMatchObject({ state: "finished", outcome: "passed", contentHash: null });
});

test("a probe that nothing can run is unknown, and the command line says that it would not pass", async () => {
  const probe = { key: "canary", name: "The canary", spec: { kind: "provider", connection: "nowhere", canary: null } };
  const { drill } = await plan("Provider canary", { exercise: "provider-outage-canary", probes: [probe] });
  const client: Client = {
    async call(endpoint, input = {}) {
      const { params, query, body } = input as { params?: Record<string, string>; query?: Record<string, string>; body?: object };
      const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
      const answer = await story.as.gerda.ask(endpoint.method, `${pathOf(endpoint.path, params ?? {})}${search}`, body);
      return endpoint.reply.parse(succeeded(answer).body) as never;
    },
    download: () => Promise.reject(new Error("nothing is downloaded")),
  };
  const run = async (...argv: string[]) => {
    let text = "";
    const terminal = { out: (more: string) => void (text += more), err: (more: string) => void (text += more) };
    const code = await runCli(
      [
        drillCommand(
          () => Promise.resolve(client),
          () => settled(drill),
        ),
      ],
      ["drill", ...argv],
      {},
      terminal,
    );
    return `${code} ${text}`;
  };
  expect(await run("list")).toMatch(/^0 PLAN[^]*Provider canary/);
  const held = await run("run", "Provider canary", "--participants", "rolf", "--observers", "audrey");
  expect(held).toMatch(/^1 /);
  expect(held).toMatch(/unknown {2}The canary/);
  expect(held).toContain(`/drills/${drill}`);
  expect(await run("run", "nothing of the kind")).toContain("drills.notFound");
  succeeded(await write(story.as.gerda, drill, "abort", { reason: "No provider is connected." }));
  expect(await run("list")).toMatch(/^1 [^]*aborted/);
});

test("what nobody holds in time is overdue by the clock alone, and a finding of its owner once the tick looked", async () => {
  const { id, drill } = await plan("Custodians", {
    exercise: "approver-loss",
    targets: { detect: null, decide: null, access: null, restore: null },
  });
  story.clock.set(addDuration(story.clock.now(), duration("PT15M")));
  expect(succeeded(await story.as.gerda.ask("GET", `/api/v1/drills/${drill}`)).body).toMatchObject({ isOverdue: true });
  await story.moveTo(addDuration(story.clock.now(), duration("PT10M")));
  expect(succeeded(await story.as.gerda.ask("GET", `/api/v1/drills/${drill}`)).body).toMatchObject({ state: "overdue" });
  const plans = succeeded(await story.as.gerda.ask("GET", "/api/v1/drill-plans")).body["items"] as { id: string; failed: unknown }[];
  expect(plans.find((each) => each.id === id)?.failed).toMatchObject({ why: "overdue" });
  const findings = succeeded(await story.as.gerda.ask("GET", "/api/v1/findings")).body["items"] as { kind: string; statement: string }[];
  expect(findings.map(({ kind, statement }) => `${kind}: ${statement}`)).toContain(
    'drillOverdue: The drill "Custodians" is overdue: nobody held it in time.',
  );
});

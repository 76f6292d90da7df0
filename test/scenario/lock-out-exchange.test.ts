/** Operations out to other tools and in from them, over HTTP and from the command line; and a risk that names one, when its sets change. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Client } from "../../src/cli/client.ts";
import { modelCommands } from "../../src/cli/model-commands.ts";
import { runCli } from "../../src/cli/run.ts";
import { pathOf } from "../../src/kernel/contract.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Answer, type Browser, createBrowser, succeeded } from "../support/browser.ts";
import { ESTATE, openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

const PEOPLE = `${ESTATE}\n  - { key: erika, name: erika, roles: [executive] }`;
/** Three ways in of their own: three failures together lock everybody out, and only one set of them. */
const model = (third: string) => `
components:
  - { key: idp, name: Office sign-in, kind: idp, layer: identity, unavailability: { p: 0.01, source: slo, asOf: 2026-01-01 } }
  - { key: codes, name: Codes, kind: authenticator, layer: identity }
  - { key: cards, name: Cards, kind: break-glass, layer: facility }
  - { key: keys, name: Keys, kind: break-glass, layer: facility }
commonCauses:
  - { key: flood, name: The cellar is under water, kind: region, members: [cards, keys] }
operations:
  - key: wages
    name: Pay wages
    criticality: 1
    tolerates: 1
    paths:
      - { key: passkey, name: Passkey, population: human, role: primary, needs: idp }
      - { key: code, name: One-time code, population: human, role: fallback, needs: codes }
      - { key: safe, name: The safe, population: human, role: break-glass, needs: ${third} }
`;

const TREE = `<?xml version="1.0"?>
<opsa-mef>
  <define-fault-tree name="Restore the cluster">
    <define-gate name="top"><and><gate name="sso"/><basic-event name="console"/></and></define-gate>
    <define-gate name="sso"><or><basic-event name="idp"/><basic-event name="radius"/></or></define-gate>
  </define-fault-tree>
  <model-data><define-basic-event name="radius"><float value="0.02"/></define-basic-event>
  <define-basic-event name="idp"/><define-basic-event name="console"/></model-data>
</opsa-mef>`;

let story: WholeApp;
const folder = mkdtempSync(join(tmpdir(), "postern-exchange-"));
beforeAll(async () => {
  story = await openWholeApp();
  await apply("cards");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await story.close();
});

const apply = async (third: string) =>
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: `${PEOPLE}\n${model(third)}`, dryRun: false }));
const reasonsOf = ({ status, body }: Answer) => [
  status,
  ...((body["reasons"] as { code: string; at?: string }[] | undefined)?.map(({ code, at }) => `${code} ${at ?? ""}`.trim()) ?? []),
];
const bring = (xml: string, more: object = {}) =>
  story.as.ivo.ask("POST", "/api/v1/lock-out/import", { xml, operation: "cluster", dryRun: false, ...more });
const answerOf = async (key: string) => succeeded(await story.as.gerda.ask("GET", `/api/v1/lock-out/operations/${key}`)).body;

describe("an operation as an Open-PSA fault tree", () => {
  test("goes out and comes back as it was: nothing would change", async () => {
    const { xml } = succeeded(await story.as.gerda.ask("GET", "/api/v1/lock-out/operations/wages/open-psa")).body as { xml: string };
    expect(xml).toContain('<define-gate name="operation_wages">');
    const plan = succeeded(await bring(xml, { operation: "wages", dryRun: true })).body;
    expect([plan["created"], plan["changed"]]).toEqual([[], []]);
    expect(reasonsOf(await story.as.gerda.ask("GET", "/api/v1/lock-out/operations/none/open-psa"))).toEqual([404, "lockout.notFound"]);
  });

  test("comes in: said first, kept only then, and what is there already stays what it is", async () => {
    const said = succeeded(await bring(TREE, { dryRun: true })).body as { created: { key: string }[]; changed: unknown[] };
    expect(said.created.map(({ key }) => key).toSorted()).toEqual(["cluster", "console", "radius"]);
    expect(said.changed).toEqual([]);
    expect((await story.as.gerda.ask("GET", "/api/v1/lock-out/operations/cluster")).status).toBe(404);
    succeeded(await bring(TREE));
    expect(await answerOf("cluster")).toMatchObject({
      name: "Restore the cluster",
      counts: ["0", "0", "2"],
      sets: [
        ["idp", "console"],
        ["radius", "console"],
      ],
    });
    const { items } = succeeded(await story.as.gerda.ask("GET", "/api/v1/lock-out/failures?search=office")).body;
    expect(items).toMatchObject([{ failure: "idp", name: "Office sign-in" }]);
  });

  test("is refused with everything that is wrong with it, each by its line, and by what the model cannot say", async () => {
    const broken = TREE.replace('"0.02"', '"2"').replace('<basic-event name="console"/></and>', '<basic-event name="nobody"/></and>');
    expect(reasonsOf(await bring(broken))).toEqual([422, "lockout.nameUndefined model.xml:4", "lockout.probabilityOutOfRange model.xml:7"]);
    expect(reasonsOf(await bring("<html/>"))).toEqual([422, "lockout.fileUnreadable model.xml:1"]);
    expect(
      reasonsOf(await bring(TREE.replace('<basic-event name="radius"/></or>', '<not><basic-event name="radius"/></not></or>'))),
    ).toEqual([422, "lockout.treeNotAModel not"]);
    expect(reasonsOf(await bring(TREE, { top: "none" }))).toEqual([422, "lockout.topUnclear model.xml"]);
  });

  test("goes out and comes in from the command line", async () => {
    const client: Client = {
      async call(endpoint, input = {}) {
        const answer = await story.as.ivo.ask(endpoint.method, pathOf(endpoint.path, input.params ?? {}), input.body);
        return endpoint.reply.parse(succeeded(answer).body) as never;
      },
      download: () => Promise.reject(new Error("none of these commands downloads anything")),
    };
    const run = async (...argv: string[]) => {
      let out = "";
      const terminal = { out: (text: string) => void (out += text), err: (text: string) => void (out += text) };
      const code = await runCli(
        modelCommands(() => Promise.resolve(client)),
        argv,
        {},
        terminal,
      );
      return { code, out };
    };
    const exported = await run("model-export", "wages");
    expect(exported).toMatchObject({ code: 0 });
    const file = join(folder, "wages.xml");
    writeFileSync(file, exported.out);
    const dry = await run("model-import", file, "--operation", "wages-again", "--dry-run");
    expect(dry.code).toBe(0);
    expect(dry.out).toContain("wages-again");
    expect((await story.as.gerda.ask("GET", "/api/v1/lock-out/operations/wages-again")).status).toBe(404);
    expect(await run("model-import", file, "--operation", "wages-again")).toMatchObject({
      code: 0,
      out: expect.stringContaining("Taken over.") as string,
    });
    expect((await answerOf("wages-again"))["counts"]).toEqual((await answerOf("wages"))["counts"]);
    expect(await run("model-import", file)).toMatchObject({ code: 2 });
  });
});

test("a set that no drill has tried says what a drill of it lets fail: of a common cause all that it takes", async () => {
  const { undrilled } = (await answerOf("wages")) as unknown as { undrilled: { set: string[]; fails: string[] }[] };
  expect(undrilled.map(({ set, fails }) => `${set.toSorted().join()}: ${fails.join()}`).toSorted()).toEqual([
    "cards,codes,idp: cards,codes,idp",
    "cause_flood,codes,idp: cards,codes,idp,keys",
  ]);
});

describe("a risk that names an operation", () => {
  async function executive(): Promise<Browser> {
    const people = succeeded(await story.admin.ask("GET", "/api/v1/people?limit=200")).body["items"] as {
      id: string;
      displayName: string;
    }[];
    const person = people.find(({ displayName }) => displayName === "erika")!.id;
    story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
    const invited = await story.admin.ask("POST", "/api/v1/invitations", {
      person,
      assertion: await story.admin.sign("access.invite", person),
    });
    const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
    await browser.enrol(succeeded(invited).body["link"] as string);
    const { id } = succeeded(
      await story.as.gerda.ask("POST", "/api/v1/risk-acceptances", {
        executive: person,
        statement: "Until the second broker is there, wages hang on three things.",
        exceptions: [],
        operations: ["wages"],
        until: addDuration(story.clock.now(), duration("P90D")),
      }),
    ).body as { id: string };
    const { contentHash } = succeeded(await browser.ask("GET", `/api/v1/risk-acceptances/${id}`)).body as { contentHash: string };
    const assertion = await browser.sign("governance.acceptRisk", id, contentHash);
    succeeded(await browser.ask("POST", `/api/v1/risk-acceptances/${id}/accept`, { assertion }));
    risk = id;
    return browser;
  }
  let risk = "";
  const stateAfterAMinute = async () => {
    await story.moveTo(addDuration(story.clock.now(), duration("PT2M")));
    return succeeded(await story.as.gerda.ask("GET", `/api/v1/risk-acceptances/${risk}`)).body["state"];
  };

  test("stays accepted while its sets do, and is reopened when three other failures lock everybody out", async () => {
    await executive();
    expect(await stateAfterAMinute()).toBe("accepted");
    await apply("keys");
    expect((await answerOf("wages"))["counts"]).toEqual(["0", "0", "0", "2"]);
    expect(await stateAfterAMinute()).toBe("reopened");
  });
});

/** The inventory of what the connections hold, over HTTP and on the command line. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";

import { discoverCommand } from "../../src/cli/discover-command.ts";
import { exportCommand } from "../../src/cli/export-command.ts";
import { atServer, loginCommands, signedInClient } from "../../src/cli/login-commands.ts";
import { runCli } from "../../src/cli/run.ts";
import { discovery } from "../../src/compose-discovery.ts";
import { governable } from "../../src/connectors/port.ts";
import type { InventoryView } from "../../src/discovery/contract.ts";
import { FORMS } from "../../src/discovery/forms.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { codeOf, succeeded } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { openWholeApp, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let server: ServerType;
/** What stands between: it hands everything on, unless a test wants otherwise. */
let gateway: (request: Request) => Response | Promise<Response>;
/** What happens while the command line waits. */
let meanwhile: () => Promise<unknown> = () => Promise.reject(new Error("nothing is waited for"));
let env: Record<string, string>;
let connection: string;
const CLAIM = { category: "legacy_application", unit: "plant" };

beforeAll(async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  story = await openWholeApp({ origin });
  gateway = (request) => story.app.http.fetch(request);
  server = serve({ fetch: (request) => gateway(request), port, hostname: "localhost" });
  env = { POSTERN_ORIGIN: origin, XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), "postern-config-")) };
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  connection = succeeded(made).body["id"] as string;
});
afterAll(async () => {
  server.close();
  rmSync(env["XDG_CONFIG_HOME"]!, { recursive: true, force: true });
  await story.close();
});

const inventory = async (query = "") =>
  succeeded(await story.admin.ask("GET", `/api/v1/inventory${query}`)).body as unknown as InventoryView;
const scan = async () => succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));

/** As the provider itself tells it: everybody behind what lets in, each once. */
async function peopleLetIn(): Promise<number> {
  const provider = await story.app.connections.connector(connection);
  const people = new Set<string>();
  for await (const { form, subject } of provider.discover()) {
    const who = governable(subject);
    if (who === undefined || who.kind === "service" || who.kind === "device" || !FORMS[form].opens) continue;
    for (const key of await provider.accountsBehind(who)) people.add(key);
  }
  return people.size;
}

async function postern(words: readonly string[], onNote: (text: string) => void = () => undefined) {
  let [out, err] = ["", ""];
  const surroundings = { ...discovery, now: () => story.clock.now(), pause: () => meanwhile() };
  const asking = [discoverCommand(surroundings, signedInClient), exportCommand(signedInClient)];
  const commands = [...loginCommands, ...asking.map(atServer)];
  const code = await runCli(commands, words, env, {
    out: (text) => (out += text),
    err: (text) => {
      err += text;
      onNote(text);
    },
  });
  return { code, out, err };
}

/** What the page at /cli does once its person said yes. */
async function consent(address: string): Promise<void> {
  const { searchParams } = new URL(address);
  const [port, challenge, state] = ["port", "challenge", "state"].map((name) => searchParams.get(name));
  const granted = await story.admin.ask("POST", "/api/v1/cli-grants", { port: Number(port), challenge, state });
  await fetch(succeeded(granted).body["redirect"] as string);
}

test("a connection that was never read is unknown, not empty", async () => {
  expect((await inventory()).unknown).toEqual([{ source: "example", words: "All of it: it was never read." }]);
});

test("200: counts everybody once, shows the worst door first, and names nobody as owner where nobody is", async () => {
  await scan();
  const found = await inventory(`?connection=${connection}`);
  const { body } = await story.admin.ask("GET", "/api/v1/bypasses?limit=200");
  const rows = body["items"] as unknown[];
  expect(found.bypasses).toBe(rows.length);
  expect(found.open).toBe(rows.length);
  expect(found.unowned).toBe(rows.length);
  expect(found.doors[0]!.critical).toBe(true);
  expect(found.doors.reduce((sum, door) => sum + door.bypasses, 0)).toBe(rows.length);
  expect(found.people).toBe(await peopleLetIn());
  expect(found.atLeast).toBe(false);
  expect(found.unknown.map(({ words }) => words).join()).not.toContain("read");
});

test("200: gives as many doors as were asked for, and says how many there are", async () => {
  const all = await inventory();
  const one = await inventory("?doors=1");
  expect(one.doors).toEqual(all.doors.slice(0, 1));
  expect(one.doorsInAll).toBe(all.doors.length);
  expect(all.doors.length).toBeGreaterThan(1);
});

test("404 for a connection there is none of", async () => {
  const answer = await story.admin.ask("GET", "/api/v1/inventory?connection=con_nothing");
  expect([answer.status, codeOf(answer)]).toEqual([404, "connections.notFound"]);
});

test("whoever claimed a bypass answers for it, in the list and in the inventory, and it is not covered by that", async () => {
  const { body } = await story.admin.ask("GET", "/api/v1/bypasses?status=unregistered");
  const [{ id }] = body["items"] as [{ id: string }];
  const before = await inventory();
  succeeded(await story.as.ada.ask("POST", `/api/v1/bypasses/${id}/claim`, CLAIM));
  const after = await inventory();
  expect([after.unowned, after.open]).toEqual([before.unowned - 1, before.open]);
  expect(after.doors.flatMap(({ owners }) => owners)).toEqual(["ada"]);
  const listed = (await story.admin.ask("GET", "/api/v1/bypasses?status=claimed")).body["items"] as { owner?: string }[];
  expect(listed).toMatchObject([{ owner: "ada" }]);
});

test("on the command line a connection is read now, told like a file, and what is open is claimed on demand", async () => {
  const pages: Promise<void>[] = [];
  const login = await postern(["login", "--no-browser"], (text) => {
    const address = /http\S+/.exec(text)?.[0];
    if (address !== undefined) pages.push(consent(address));
  });
  await Promise.all(pages);
  expect(login.code).toBe(0);

  const sarif = join(env["XDG_CONFIG_HOME"]!, "out.sarif");
  const told = await postern(["discover", "example", "--all", "--fail-on", "any", "--sarif", sarif]);
  expect(told.code).toBe(3);
  expect(told.out).toMatch(/^(At least )?\d+ people/);
  expect(told.out).toContain("read: example (Example)");
  expect(told.out).toContain("ada answers for it, example");
  const { bypasses } = await inventory();
  expect((JSON.parse(readFileSync(sarif, "utf8")) as { runs: [{ results: unknown[] }] }).runs[0].results).toHaveLength(bypasses);

  expect((await postern(["discover", "example", "--claim"])).err).toContain("--category");
  const unknown = await postern(["discover", "exampel"]);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("connected are: example")]);

  const claimed = await postern(["discover", "example", "--claim", "--category", CLAIM.category, "--unit", CLAIM.unit]);
  expect(claimed).toMatchObject({ code: 0, err: expect.stringMatching(/^\d+ drafts opened/) as string });
  expect((await inventory()).unowned).toBe(0);
});

test.each([
  ["whose answer a proxy does not wait for", 504, "proxy.gaveUp"],
  ["that somebody else asked for", 409, "bypasses.beingRead"],
])("a reading %s is waited for, and told when it is done, or why it broke off", async (_, status, code) => {
  await story.moveTo(addDuration(story.clock.now(), duration("PT1M")));
  const through = gateway;
  gateway = (request) =>
    request.method === "POST" && request.url.endsWith("/scan")
      ? Response.json({ reasons: [{ code, detail: "not now" }] }, { status })
      : through(request);
  const waits = [() => Promise.resolve(), scan];
  meanwhile = () => waits.shift()!();
  const told = await postern(["discover", "example"]);
  expect([told.code, told.err, waits.length]).toEqual([0, "", 0]);
  expect(told.out).toContain("read: example (Example)");

  meanwhile = () => story.app.connections.noteBrokeOff(connection, story.clock.now(), "after 3 bypasses: it went away");
  const sarif = join(env["XDG_CONFIG_HOME"]!, `${status}.sarif`);
  const broken = await postern(["discover", "example", "--sarif", sarif]);
  expect(broken).toEqual({
    code: 1,
    out: "",
    err: "connections.unreachable: The reading of example broke off: after 3 bypasses: it went away\n",
  });
  expect(existsSync(sarif)).toBe(false);
  gateway = through;
});

test("what an exception in force covers is told with its reference, and is undocumented from its last instant on, before any tick", async () => {
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=viktor.petrov&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const until = addDuration(story.clock.now(), duration("PT20M"));
  const asked = await submitRequest(story, { connection, policy: "vpn", subject, until });
  succeeded(await vote(story.as.nils, asked));
  succeeded(await vote(story.as.ivo, await show(story.admin, asked.id)));
  await story.moveTo(story.clock.now());
  await story.until(
    () => show(story.admin, asked.id),
    ({ state }) => state === "active",
    "active",
  );
  await scan();

  const [register, open] = [await inventory(), async () => (await inventory()).open];
  expect(register).toMatchObject({ checked: true, open: register.bypasses - 1 });
  expect(register.doors.flatMap(({ covered, exceptions }) => (covered > 0 ? [covered, ...exceptions] : []))).toEqual([1, asked.ref]);
  const told = await postern(["discover", "example", "--all"]);
  expect(told).toMatchObject({ code: 0, err: "" });
  expect(told.out.replaceAll("\n", " ")).toContain(`1 covered by an exception in force, ${register.open} by none`);
  expect(told.out).toContain(`covered by ${asked.ref} until ${until.slice(0, 16)}Z`);
  const { bypasses } = JSON.parse((await postern(["discover", "example", "--json"])).out) as { bypasses: Record<string, unknown>[] };
  expect(bypasses.filter(({ covered }) => covered === true)).toMatchObject([
    { exception: asked.ref, coveredUntil: until, form: "governed_group_member" },
  ]);
  expect(bypasses.filter(({ covered, exception }) => covered === false && exception === null)).toHaveLength(register.open);

  expect((await postern(["export", "register.pdf"])).code).toBe(2);
  // Told by an export of the register, of whatever kind, it is the same.
  const [list, profile] = ["list.csv", "profile.yaml"].map((name) => join(env["XDG_CONFIG_HOME"]!, name)) as [string, string];
  writeFileSync(list, `User;Since\n${subject.key};\nsomebody-else;\n`);
  writeFileSync(profile, 'name: vpn\ncolumns: { subject: User, policy: "=vpn", since: Since }\n');
  for (const format of ["csv", "xlsx", "json"]) {
    const file = join(env["XDG_CONFIG_HOME"]!, `register.${format}`);
    expect(await postern(["export", file])).toMatchObject({ code: 0 });
    const held = await postern(["discover", list, "--profile", profile, "--register", file, "--json"]);
    const listed = (JSON.parse(held.out) as { bypasses: unknown }).bypasses;
    expect(listed, format).toMatchObject([{ exception: asked.ref, coveredUntil: until }, { exception: null }]);
  }

  story.clock.set(until);
  expect(await open()).toBe(register.bypasses);
});

test("what was read long ago is told as old", async () => {
  const readAt = story.clock.now();
  story.clock.set(addDuration(readAt, duration("PT61M")));
  succeeded(await story.admin.signIn());
  const { unknown } = await inventory();
  expect(unknown.map(({ words }) => words).join()).toMatch(/What changed since .*, when it was last read in full\./);
});

/** An organisation in which a hostile hand typed everything: every free text of every contract, and whatever a provider tells. */
import { createHash } from "node:crypto";

import * as access from "../../../src/access/contract.ts";
import * as bypasses from "../../../src/bypasses/contract.ts";
import * as connections from "../../../src/connections/contract.ts";
import type { ConnectorFactory } from "../../../src/connectors/port.ts";
import * as estate from "../../../src/estate/contract.ts";
import * as exceptions from "../../../src/exceptions/contract.ts";
import { bulkAction, bulkText, performBulk, previewBulk } from "../../../src/exceptions/contract-bulk.ts";
import { editCategory, previewCategory } from "../../../src/exceptions/contract-policy.ts";
import * as governance from "../../../src/governance/contract.ts";
import { canonicalText } from "../../../src/kernel/canonical.ts";
import { type Endpoint, pathOf } from "../../../src/kernel/contract.ts";
import { addDuration, duration, type Instant } from "../../../src/kernel/time.ts";
import * as people from "../../../src/people/contract.ts";
import { ROLES } from "../../../src/people/role.ts";
import { type Browser, createBrowser, questionOf, succeeded } from "../../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../../support/memory-provider.ts";
import { filled, overlaid, plantedFields, plantOf } from "../../support/planted.ts";
import { plantAccessRequests } from "./planted-access-requests.ts";
import { plantAccountability } from "./planted-accountability.ts";
import { plantCanaries, plantDrills } from "./planted-drills.ts";
import { plantDecisions } from "./planted-decisions.ts";
import { plantFindings, plantModel } from "./planted-model.ts";
import { plantRules } from "./planted-rules.ts";
import { openWholeApp, requestBody, show, type Shown, vote, type WholeApp } from "../../support/whole-app.ts";

type Body = Readonly<Record<string, unknown>>;

export interface PlantedScene {
  readonly story: WholeApp;
  /** Somebody with every role, whose own name is planted too. */
  readonly everett: Browser;
  /** `endpoint.field` of every field that took a plant. */
  readonly taken: ReadonlySet<string>;
  /** Addresses of what was made, by the route that shows it. */
  readonly made: readonly { readonly route: string; readonly path: string }[];
}

/** Calls an endpoint with everything planted, but for what must be as it is; remembers what took. */
type Plant = (as: Browser, endpoint: Endpoint, given?: Given) => Promise<Body>;
interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly over?: unknown;
  readonly version?: unknown;
}

const SUBJECTS = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11"];
const hashOf = (value: unknown) => `sha256:${createHash("sha256").update(canonicalText(value)).digest("hex")}`;
const nameOf = (subject: string) => `${subject} ${plantOf(190)}`;

export async function plantEverything(origin: string): Promise<PlantedScene> {
  const provider = hostileProvider(() => story.clock.now());
  const factory: ConnectorFactory = {
    kind: "memory",
    title: "Memory",
    parse: (config) => ({ ok: true, config }),
    create: () => provider,
  };
  const story = await openWholeApp({ origin, connectorFactories: [factory] });
  const taken = new Set<string>();
  const plant: Plant = async (as, endpoint, { params = {}, over = {}, version } = {}) => {
    const body = overlaid(filled(endpoint.body), over);
    const headers = version === undefined ? {} : { "If-Match": `"${Number(version)}"` };
    const answer = await as.ask(endpoint.method, pathOf(endpoint.path, params), body, headers);
    if (answer.status >= 300) throw new Error(`${endpoint.id}: ${answer.status} ${JSON.stringify(answer.body)}`);
    for (const field of plantedFields(body)) taken.add(`${endpoint.id}.${field}`);
    return answer.body;
  };
  const scene: Scene = { story, plant, made: [], ids: {} };
  const everett = await plantPeople(scene);
  await plantEstate(scene);
  await plantConnections(scene);
  await plantPolicy(scene);
  await plantRules(scene);
  await plantExceptions(scene);
  await plantCanaries(scene, nameOf("s8"));
  await plantModel(scene);
  await plantDrills(scene);
  await plantGovernance(scene, everett, await plantFindings(scene));
  await plantAccountability(scene);
  await plantAccessRequests(scene, everett);
  return { story, everett, taken, made: scene.made };
}

interface Scene {
  readonly story: WholeApp;
  readonly plant: Plant;
  readonly made: { route: string; path: string }[];
  readonly ids: Record<string, string>;
}

/** Every word a provider has is planted: names, titles, objects, evidence, who added it, how it is. */
function hostileProvider(now: () => Instant): MemoryProvider {
  const memory = createMemoryProvider(now);
  for (const key of SUBJECTS) memory.add({ kind: "user", key, name: nameOf(key) });
  for (const key of ["s6", "s7", "s8"]) memory.held.add(`hand ${key}`);
  const text = plantOf(300);
  return {
    ...memory,
    policies: [{ key: "vpn", title: text, shape: "group" as const, demands: text, leaves: text }],
    capabilities: async () => ({
      resumesDiscovery: false,
      nativeExpiry: false,
      simulate: true,
      endSessions: true,
      signIns: false,
      changes: true,
      maxPropagationSeconds: 0,
      residualSessionSeconds: 36_000,
      permissions: [{ name: text, why: text, without: text }],
    }),
    health: async () => ({ reachable: true, words: text, permissions: [{ name: text, why: text, without: text, held: false }] }),
    async *discover() {
      for await (const bypass of memory.discover()) yield { ...bypass, object: text, evidence: { [text]: text }, addedBy: text };
    },
  };
}

async function plantPeople({ story, plant, made, ids }: Scene): Promise<Browser> {
  const { admin } = story;
  const organisation = succeeded(await admin.ask("GET", "/api/v1/organisation")).body;
  await plant(admin, estate.setOrganisation, { version: organisation["version"], over: { zone: "Europe/Zurich" } });
  const roles = ROLES.filter((role) => role !== "help_desk");
  const somebody = { email: null, manager: null, deputy: null };
  const { id } = await plant(admin, people.addPerson, { over: { ...somebody, roles } });
  ids["everett"] = String(id);
  const everett = await enrolPlanted(story, plant, String(id));
  const { id: gone } = await plant(admin, people.addPerson, { over: { ...somebody, roles: [] } });
  const { version } = await plant(admin, people.linkAccount, { params: { id: String(gone) }, over: { connection: "con_1" } });
  await plant(admin, people.changePerson, { params: { id: String(gone) }, version, over: { ...somebody, roles: [] } });
  await plant(admin, people.deactivatePerson, { params: { id: String(gone) } });
  const team = await plant(admin, people.addTeam, { over: { key: "planted", members: [id], lead: id } });
  const members = { members: [id], lead: id, status: "active" };
  await plant(admin, people.changeTeam, { params: { id: String(team["id"]) }, version: team["version"], over: members });
  const now = story.clock.now();
  const window = { validFrom: now, validUntil: addDuration(now, duration("P5D")) };
  await plant(everett, people.delegate, { over: { to: story.idOf.ivo, role: "iam", ...window } });
  made.push({ route: "/people/$id", path: `/people/${String(id)}` }, { route: "/people/$id", path: `/people/${String(gone)}` });
  return everett;
}

/** With a passkey and a session that are named by the plant. */
async function enrolPlanted({ admin, app }: WholeApp, plant: Plant, person: string): Promise<Browser> {
  const assertion = await admin.sign("access.invite", person);
  const { link } = succeeded(await admin.ask("POST", "/api/v1/invitations", { person, assertion })).body;
  const secret = String(link).slice(String(link).indexOf("#") + 1);
  const browser = createBrowser(app.http, admin.origin);
  const begun = (await plant(browser, access.beginEnrolment, { over: { secret } })) as unknown as Question;
  const created = { challengeId: begun.challengeId, response: browser.authenticator.create(begun.options) };
  await plant(browser, access.finishEnrolment, { over: { secret, ...created } });
  const asked = questionOf(await browser.ask("POST", "/api/v1/sign-in/begin", {}));
  const answer = { challengeId: asked.challengeId, response: browser.authenticator.get(asked.options) };
  await plant(browser, access.finishSignIn, { over: answer });
  const adding = await browser.ask("POST", "/api/v1/passkeys/begin", { assertion: await browser.sign("access.addPasskey", person) });
  const another = createBrowser(app.http, admin.origin).authenticator;
  const more = questionOf(adding);
  await plant(browser, access.addPasskey, { over: { challengeId: more.challengeId, response: another.create(more.options) } });
  await plant(browser, access.grantCli, { over: { port: 40_000, challenge: "A".repeat(43), state: "a".repeat(20) } });
  return browser;
}
type Question = ReturnType<typeof questionOf>;

async function plantEstate({ story, plant, ids }: Scene): Promise<void> {
  const { admin, idOf } = story;
  const application = await plant(admin, estate.addApplication, {
    over: { key: "planted", owner: idOf.ada, provider: null, status: "active" },
  });
  const changed = { owner: idOf.ada, provider: { connection: "memory", policy: plantOf(60) }, status: "active" };
  const params = { id: String(application["id"]) };
  await plant(admin, estate.changeApplication, { params, version: application["version"], over: changed });
  ids["application"] = params.id;
  const device = await plant(admin, estate.addDeviceClass, { over: { key: "planted", lead: idOf.ada, status: "active" } });
  const deviceParams = { id: String(device["id"]) };
  await plant(admin, estate.changeDeviceClass, {
    params: deviceParams,
    version: device["version"],
    over: { lead: idOf.ada, status: "active" },
  });
  const vendor = await plant(admin, estate.addVendor, { over: { key: "planted", manager: idOf.ada } });
  const vendorParams = { id: String(vendor["id"]) };
  await plant(admin, estate.changeVendor, { params: vendorParams, version: vendor["version"], over: { manager: idOf.ada } });
  const name = JSON.stringify(plantOf(200));
  const yaml = [
    `# ${plantOf(100)}`,
    `people: [{ key: typed, name: ${name}, unit: ${JSON.stringify(plantOf(80))} }]`,
    `applications: [{ key: typed, name: ${name}, owner: typed, tier: 1 }]`,
    `deviceClasses: [{ key: typed, name: ${name}, lead: typed }]`,
    `teams: [{ key: typed, name: ${name}, lead: typed, members: [typed] }]`,
  ].join("\n");
  await plant(admin, estate.applyEstate, { over: { yaml, dryRun: false } });
}

async function plantConnections({ story, plant, ids }: Scene): Promise<void> {
  const { admin, as } = story;
  const { id } = await plant(admin, connections.connectProvider, { over: { key: "memory", kind: "memory" } });
  ids["connection"] = String(id);
  await plant(admin, connections.rotateConnectionSecret, { params: { id: String(id) } });
  const second = await plant(admin, connections.connectProvider, { over: { key: "second", kind: "memory" } });
  await plant(admin, connections.removeConnection, { params: { id: String(second["id"]) } });
  succeeded(await admin.ask("POST", `/api/v1/connections/${String(id)}/scan`, {}));
  const { items } = succeeded(await as.ivo.ask("GET", "/api/v1/bypasses")).body as { items: { id: string }[] };
  const [claimed, escalated] = items;
  await plant(as.ivo, bypasses.claimBypass, { params: { id: claimed!.id }, over: { category: "remote_access" } });
  await plant(as.ivo, bypasses.escalateBypass, { params: { id: escalated!.id } });
  await plant(as.ivo, bypasses.removeBypass, { params: { id: items[2]!.id } });
}

const levels = (steps: readonly object[]) => steps.map((step, i) => ({ ...step, level: `${plantOf(36)}${i}` }));

async function plantPolicy({ story, plant, made }: Scene): Promise<void> {
  const { gerda } = story.as;
  for (const key of ["remote_access", "break_glass"]) {
    const answer = await gerda.ask("GET", `/api/v1/categories/${key}`);
    if (answer.status !== 200) continue;
    const { key: _key, ...policy } = answer.body as { key: string; version: number; escalateOverstay: object[]; escalateReview: object[] };
    const over = {
      ...policy,
      title: plantOf(80),
      version: policy.version + 1,
      escalateOverstay: levels(policy.escalateOverstay),
      escalateReview: levels(policy.escalateReview),
      repeatLimits: { same: 100, resource: 100, subject: 100, split: 100 },
    };
    await plant(gerda, previewCategory, { params: { key }, over });
    const assertion = await gerda.sign("exceptions.editCategory", key, hashOf({ ...over, key }));
    await plant(gerda, editCategory, { params: { key }, over: { ...over, assertion } });
    made.push({ route: "/policies/$key", path: `/policies/${key}` });
  }
}

/** What of a request must be as it is for the request to be sound; all else is planted. */
function soundRequest({ story, ids }: Scene, key: string): { category: string; content: Body } {
  const subject = { kind: "user", key, name: nameOf(key) };
  const until = addDuration(story.clock.now(), duration("P20D"));
  const asked = requestBody(story, { connection: ids["connection"]!, policy: "vpn", subject, until }) as SoundRequest;
  const { title: _title, justification: _why, fallbackMethodAllowed: _method, ...content } = asked.content;
  const { lostMethod: _lost, ...weakenedControl } = content.weakenedControl;
  const { what: _what, ...exitPlan } = content.exitPlan;
  return {
    category: asked.category,
    content: {
      ...content,
      weakenedControl,
      exitPlan,
      vendorContract: null,
      designIssue: null,
      riskAcceptance: null,
      compensatingControls: content.compensatingControls.map((each) => ({ ...each, statement: plantOf(800) })),
      accountability: { ...content.accountability, deputy: null },
    },
  };
}

interface SoundRequest {
  readonly category: string;
  readonly content: Body &
    Readonly<Record<"weakenedControl" | "exitPlan" | "accountability", Body>> & {
      readonly compensatingControls: readonly Body[];
    };
}

async function plantExceptions(scene: Scene): Promise<void> {
  const { story, plant, made } = scene;
  const { rolf, ivo, nils, ada } = story.as;
  const keep = (shown: Body): Shown => {
    made.push({ route: "/exceptions/$id", path: `/exceptions/${String(shown["id"])}` });
    return shown as unknown as Shown;
  };
  const asked = async (subject: string): Promise<Shown> => {
    const opened = keep(await plant(rolf, exceptions.openDraft, { over: soundRequest(scene, subject) }));
    return (await plant(rolf, exceptions.submitException, { params: { id: opened.id } })) as unknown as Shown;
  };
  const approved = async (subject: string): Promise<Shown> => {
    const shown = await asked(subject);
    for (const voter of [ivo, nils]) {
      const { version, contentHash } = shown.approval!;
      const assertion = await voter.sign("exceptions.approve", shown.id, contentHash);
      const over = { decision: "approve", version, contentHash, seat: null, onBehalfOf: null, assertion };
      await plant(voter, exceptions.voteOnException, { params: { id: shown.id }, over });
    }
    await story.app.tick.tickOnce(story.clock.now());
    return settled(story, shown, "active");
  };

  // A draft takes what nobody will ever approve.
  const wild = keep(await plant(rolf, exceptions.openDraft, { over: { category: "remote_access" } }));
  await plant(rolf, exceptions.reviseDraft, { params: { id: wild.id }, version: (wild as unknown as { version: number }).version });

  const withdrawn = await asked("s1");
  await plant(rolf, exceptions.withdrawException, { params: { id: withdrawn.id } });
  const waiting = await asked("s2");
  made.push({ route: "/exceptions/$id/decide", path: `/exceptions/${waiting.id}/decide` });
  succeeded(await vote(ivo, waiting));
  await plant(ivo, previewBulk, { over: { act: "end", ids: [waiting.id] } });

  const first = await approved("s3");
  await plant(ada, exceptions.recordControlTest, {
    params: { id: first.id },
    over: { control: 0, result: "passed", testedAt: story.clock.now() },
  });
  const change = { kind: "change", content: soundRequest(scene, "s3").content };
  await plant(rolf, exceptions.proposeVersion, { params: { id: first.id }, over: change });
  await plant(ivo, exceptions.suspendException, { params: { id: first.id } });
  const review = await openReview(story, first);
  await plant(ada, exceptions.handOnReview, { params: { id: first.id, review }, over: { to: null } });
  made.push({ route: "/approvals/reviews/$review", path: `/approvals/reviews/${review}` });

  const second = await approved("s4");
  await plant(ivo, exceptions.suspendException, { params: { id: second.id } });
  await settled(story, second, "suspended");
  await answerReview(scene, second, ada);
  await plant(ivo, exceptions.revokeException, { params: { id: second.id } });
  const third = await approved("s5");
  await actOnMany(scene, third, ivo);
  await plantDecisions(scene, await approved("s9"));
  await importList(scene);
}

async function settled(story: WholeApp, { id }: Shown, wanted: string): Promise<Shown> {
  return story.until(
    () => show(story.as.rolf, id),
    ({ state }) => state === wanted,
    `it is ${wanted}`,
  );
}

async function openReview({ as }: WholeApp, { id }: Shown): Promise<string> {
  const { body } = succeeded(await as.gerda.ask("GET", `/api/v1/exceptions/${id}`));
  return (body["reviews"] as { id: string; decision: unknown }[]).find(({ decision }) => decision === null)!.id;
}

async function answerReview({ story, plant }: Scene, shown: Shown, by: Browser): Promise<void> {
  const review = await openReview(story, shown);
  const decided = { verdict: "retain", sentence: plantOf(900), content: null } as const;
  const assertion = await by.sign(exceptions.reviewAction("retain"), shown.id, hashOf({ review, ...decided }));
  await plant(by, exceptions.decideReview, { params: { id: shown.id, review }, over: { ...decided, assertion } });
}

async function actOnMany({ plant, story }: Scene, { id }: Shown, by: Browser): Promise<void> {
  const { version } = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${id}`)).body as { version: number };
  const act = { act: "end" as const, reason: plantOf(900), rows: [{ id, version }] };
  const text = bulkText(act);
  const assertion = await by.sign(bulkAction(act.act), "register", `sha256:${createHash("sha256").update(text).digest("hex")}`);
  await plant(by, performBulk, { over: { ...act, assertion } });
}

const quoted = (cells: readonly string[]) => cells.map((cell) => JSON.stringify(cell)).join(",");

async function importList({ plant, story }: Scene): Promise<void> {
  const columns = ["externalId", "title", "unit", "justification"].map((field) => [field, `${plantOf(120)} ${field}`] as const);
  const fixed = { category: "=legacy_application", connection: "=memory", policy: "=vpn", subject: `=${nameOf("s1")}` };
  const text = [quoted(columns.map(([, column]) => column)), quoted([plantOf(60), plantOf(190), plantOf(80), plantOf(900)])].join("\n");
  const mapping = { ...Object.fromEntries(columns), ...fixed, application: undefined, until: undefined, owner: undefined };
  // Columns of names that no list has: every fault is told, with their names.
  await plant(story.as.ivo, exceptions.importList, { over: { format: "csv", text, dryRun: true } });
  const over = { source: plantOf(80), format: "csv", text, mapping, dryRun: false };
  await plant(story.as.ivo, exceptions.importList, { over });
}

async function plantGovernance({ story, plant, made, ids }: Scene, everett: Browser, finding: string): Promise<void> {
  const about = { kind: "application", id: ids["application"]! };
  const issue = await plant(everett, governance.openDesignIssue, { over: { about, owner: story.idOf.ada } });
  const until = addDuration(story.clock.now(), duration("P90D"));
  const lockOutSets = [{ operation: "planted", failures: ["planted"] }];
  const bases = { exceptions: [], designIssue: issue["id"], operations: ["planted"], lockOutSets, findings: [finding] };
  const risk = { executive: ids["everett"], ...bases, until };
  const proposed = await plant(story.as.gerda, governance.proposeRisk, { over: risk });
  const dropped = await plant(story.as.gerda, governance.proposeRisk, { over: risk });
  await plant(story.as.gerda, governance.withdrawRisk, { params: { id: String(dropped["id"]) } });
  await plant(story.as.ada, governance.endDesignIssue, { params: { id: String(issue["id"]) } });
  made.push({ route: "/issues/$id", path: `/issues/${String(issue["id"])}` });
  for (const { id } of [proposed, dropped]) made.push({ route: "/risks/$id", path: `/risks/${String(id)}` });
}

/** What happens beside the exceptions: each by the person who does it, or by the directory itself. */
import { EDIT_CATEGORY_ACTION } from "../exceptions/signing.ts";
import { dayOf, endOfStoryDay } from "./calendar.ts";
import { openByHand, setTrouble } from "./directories.ts";
import { playDrill } from "./drills.ts";
import { hashOf } from "./habits.ts";
import { findBypass } from "./lives.ts";
import { PUMPWORKS } from "./company.ts";
import { found, type Stage } from "./stage.ts";
import type { Happening } from "./story.ts";
import { describeWaysIn, rewordWayIn } from "./ways-in.ts";

type Of<Key extends string> = Extract<Happening, Readonly<Record<Key, unknown>>>;
type Happen<Key extends string> = (stage: Stage, event: Of<Key>) => Promise<void>;

/** By the word that tells one kind from the others. */
const HAPPEN: { readonly [Key in Word]: Happen<Key> } = {
  async removeBypass(stage, { removeBypass, form, reason, by }) {
    const bypass = await findBypass(stage, removeBypass, form);
    await (await stage.as(by)).ask("POST", `/api/v1/bypasses/${bypass}/remove`, { reason });
  },
  async byHand({ playing }, { byHand, directory = "office" }) {
    openByHand(playing.dataDir, directory, byHand, playing.clock.now());
    await scan(playing);
  },
  async putBack({ playing, told }, { putBack, subject, by }) {
    const { ref, chapter } = found(told, putBack);
    const hand = {
      policy: chapter.policy,
      form: "governed_group_member",
      subject,
      by,
      seen: `member of ${chapter.policy}-${ref}`,
      ref,
    } as const;
    openByHand(playing.dataDir, "office", hand, playing.clock.now());
    await scan(playing);
  },
  async trouble({ playing }, { trouble, directory }) {
    setTrouble(playing.dataDir, directory, trouble, true);
  },
  async leaves(stage, { leaves, reason }) {
    await (await stage.as("imani.okafor")).ask("POST", `/api/v1/people/${stage.idOf(leaves)}/deactivate`, { reason });
  },
  async contractEnds(stage, { contractEnds }) {
    const clara = await stage.as("clara.jensen");
    const vendor = await clara.ask<{ version: number; name: string; manager: { id: string } }>("GET", `/api/v1/vendors/${stage.vendor()}`);
    const contracts = [{ ref: PUMPWORKS.contract, endsOn: stage.date(contractEnds) }];
    const body = { name: vendor.name, manager: vendor.manager.id, contracts };
    await clara.ask("PUT", `/api/v1/vendors/${stage.vendor()}`, body, { "If-Match": `"${vendor.version}"` });
  },
  async importList(stage, { importList, csv, by }) {
    const columns = { externalId: "id", title: "what", category: "kind", connection: "where", policy: "policy", subject: "who" };
    const mapping = { ...columns, unit: "=field", until: "until", owner: "owner" };
    const list = { source: importList, format: "csv", text: csv((day) => stage.date(day)), mapping };
    const importer = await stage.as(by);
    const dry = await importer.ask<{ faults: unknown[] }>("POST", "/api/v1/imports", { ...list, dryRun: true });
    if (dry.faults.length > 0) throw new Error(`the story's list has faults: ${JSON.stringify(dry.faults)}`);
    await importer.ask("POST", "/api/v1/imports", { ...list, dryRun: false });
  },
  async designIssue(stage, { designIssue, about, owner, by, statement }) {
    const what =
      "application" in about ? { kind: "application", id: stage.application(about.application) } : { kind: "policy", id: about.policy };
    const body = { about: what, owner: stage.idOf(owner), statement };
    const { id } = await (await stage.as(by)).ask<{ id: string }>("POST", "/api/v1/design-issues", body);
    stage.above.set(designIssue, id);
  },
  async endIssue(stage, { endIssue, by, sentence }) {
    const path = `/api/v1/design-issues/${found(stage.above, endIssue)}/end`;
    await (await stage.as(by)).ask("POST", path, { outcome: "resolved", sentence });
  },
  async risk(stage, { risk, executive, by, chapters, until, statement }) {
    const exceptions = chapters.map((key) => found(stage.told, key).id);
    const body = { executive: stage.idOf(executive), statement, exceptions, until: endOfStoryDay(stage, until) };
    const { id } = await (await stage.as(by)).ask<{ id: string }>("POST", "/api/v1/risk-acceptances", body);
    stage.above.set(risk, id);
    stage.above.set(`executive of ${risk}`, executive);
  },
  async acceptRisk(stage, { acceptRisk }) {
    const id = found(stage.above, acceptRisk);
    const executive = await stage.as(found(stage.above, `executive of ${acceptRisk}`));
    const { contentHash } = await executive.ask<{ contentHash: string }>("GET", `/api/v1/risk-acceptances/${id}`);
    const assertion = await executive.sign("governance.acceptRisk", id, contentHash);
    await executive.ask("POST", `/api/v1/risk-acceptances/${id}/accept`, { assertion });
  },
  async declineRisk(stage, { declineRisk, sentence }) {
    const executive = await stage.as(found(stage.above, `executive of ${declineRisk}`));
    await executive.ask("POST", `/api/v1/risk-acceptances/${found(stage.above, declineRisk)}/withdraw`, { sentence });
  },
  async waysIn(stage, { waysIn }) {
    await describeWaysIn(stage, waysIn);
  },
  async rewords(stage, { rewords, statement, by }) {
    await rewordWayIn(stage, rewords, statement, by);
  },
  async delegate(stage, { delegate, to, role, days, reason }) {
    const validFrom = stage.playing.clock.now();
    const validUntil = endOfStoryDay(stage, dayOf(stage) + days);
    const body = { to: stage.idOf(to), validFrom, validUntil, role, reason };
    await (await stage.as(delegate)).ask("POST", "/api/v1/delegations", body);
  },
  drill: playDrill,
  async policyChange(stage, { policyChange, by, change }) {
    const governing = await stage.as(by);
    const path = `/api/v1/categories/${policyChange}`;
    const { key: _, version, ...policy } = await governing.ask<{ key: string; version: number }>("GET", path);
    const next = { ...policy, ...change, version: version + 1 };
    const assertion = await governing.sign(EDIT_CATEGORY_ACTION, policyChange, hashOf({ ...next, key: policyChange }));
    await governing.ask("PUT", path, { ...next, assertion });
  },
};

type Word =
  | "drill"
  | "removeBypass"
  | "byHand"
  | "putBack"
  | "trouble"
  | "leaves"
  | "contractEnds"
  | "importList"
  | "designIssue"
  | "endIssue"
  | "risk"
  | "acceptRisk"
  | "declineRisk"
  | "waysIn"
  | "rewords"
  | "delegate"
  | "policyChange";

export async function happen(stage: Stage, event: Happening): Promise<void> {
  const word = (Object.keys(HAPPEN) as Word[]).find((one) => one in event);
  if (word === undefined) throw new Error("the story has a happening nobody can play");
  await (HAPPEN[word] as Happen<string>)(stage, event);
}

/** Postern looks at once: what was done by hand is found, and by whom. */
async function scan({ app, clock, workOff }: Stage["playing"]): Promise<void> {
  await app.tick.tickOnce(clock.now());
  await workOff(["scan", "converge", "wake"]);
}

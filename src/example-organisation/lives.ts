/** How one exception lives: asked for, decided, extended, ended. Every step is a request by the person who takes it. */
import type { Instant } from "../kernel/time.ts";
import { contentOf, extended } from "./content.ts";
import { decideOpenReviews } from "./habits.ts";
import { found, type Shown, type Stage } from "./stage.ts";
import type { Chapter, Later } from "./story.ts";

export async function beginChapter(stage: Stage, chapter: Chapter): Promise<void> {
  const opened = await open(stage, chapter);
  stage.told.set(chapter.key, { chapter, id: opened.id, ref: opened.ref });
  if (chapter.draft === true) return;
  await submit(stage, chapter, opened.id);
  await approve(stage, chapter.key, chapter.approve);
  if (chapter.refuse !== undefined) await refuse(stage, chapter.key, chapter.refuse);
  await settle(stage);
}

async function open(stage: Stage, chapter: Chapter): Promise<Shown> {
  const asking = await stage.as(chapter.asks);
  const content = await contentOf(stage, chapter);
  if (chapter.claimed === "bypass") {
    const bypass = await findBypass(stage, chapter.subject, "requirement_cleared");
    const claim = { category: chapter.category, unit: chapter.unit };
    const { exception } = await asking.ask<{ exception: string }>("POST", `/api/v1/bypasses/${bypass}/claim`, claim);
    return revise(stage, chapter, exception, content);
  }
  const { category, unit } = chapter;
  return asking.ask<Shown>("POST", "/api/v1/exceptions", { category, unit, content });
}

async function revise(stage: Stage, { asks }: Chapter, id: string, content: unknown): Promise<Shown> {
  const asking = await stage.as(asks);
  const { version } = await asking.ask<Shown>("GET", `/api/v1/exceptions/${id}`);
  return asking.ask<Shown>("PUT", `/api/v1/exceptions/${id}/draft`, { content }, { "If-Match": `"${version}"` });
}

/** Whoever asks has looked at what is like it, as the form shows it. */
async function submit(stage: Stage, { asks }: Chapter, id: string): Promise<void> {
  const asking = await stage.as(asks);
  await asking.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins: twins(stage) });
}

function twins(stage: Stage): string[] {
  return [...stage.told.values()].map(({ id }) => id);
}

/** In the order given, three hours apart, until nothing more is to be decided. */
async function approve(stage: Stage, key: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    stage.wait(isShort(stage, key) ? "PT5M" : "PT47M");
    const { id, approval } = await stage.show(key);
    if (approval === null) return;
    await vote(stage, name, id, approval, "approve", "");
  }
}

function isShort(stage: Stage, key: string): boolean {
  return typeof found(stage.told, key).chapter.term === "string";
}

async function refuse(stage: Stage, key: string, { by, as, reason }: NonNullable<Chapter["refuse"]>): Promise<void> {
  stage.wait("PT50M");
  const { id, approval } = await stage.show(key);
  if (approval !== null) await vote(stage, by, id, approval, as, reason);
}

const ACTIONS = { approve: "exceptions.approve", reject: "exceptions.reject", request_changes: "exceptions.requestChanges" } as const;

async function vote(
  stage: Stage,
  name: string,
  id: string,
  { version, contentHash }: NonNullable<Shown["approval"]>,
  decision: keyof typeof ACTIONS,
  reason: string,
): Promise<void> {
  const voter = await stage.as(name);
  const assertion = await voter.sign(ACTIONS[decision], id, contentHash);
  await voter.ask("POST", `/api/v1/exceptions/${id}/vote`, { decision, version, contentHash, reason, assertion });
}

/** What is approved begins, and is done in the directory. */
async function settle(stage: Stage): Promise<void> {
  stage.wait("PT1M");
  await stage.playing.workOff(["converge", "wake", "issues"]);
}

export async function continueChapter(stage: Stage, chapter: Chapter, later: Later): Promise<void> {
  const { id } = found(stage.told, chapter.key);
  if ("extend" in later) return extend(stage, chapter, later.extend, later.approve);
  if ("review" in later) {
    await decideOpenReviews(stage, chapter.key, later.by, later.review, later.sentence);
    return;
  }
  const [who, path, body] = requestOf(chapter, later, stage.playing.clock.now());
  await (await stage.as(who)).ask("POST", `/api/v1/exceptions/${id}/${path}`, body);
}

type Plain = Exclude<Later, { extend: number } | { review: string }>;

function requestOf(chapter: Chapter, later: Plain, now: Instant): readonly [who: string, path: string, body: unknown] {
  if ("withdraw" in later) return [chapter.asks, "withdraw", { reason: later.withdraw }];
  if ("revoke" in later) return [later.by, "revoke", { reason: later.revoke }];
  if ("suspend" in later) return [later.by, "suspend", { why: later.suspend }];
  return [later.by, "control-tests", { control: 0, result: "failed", evidence: later.controlFails, testedAt: now }];
}

async function extend(stage: Stage, chapter: Chapter, days: number, approvers: readonly string[]): Promise<void> {
  const asking = await stage.as(chapter.asks);
  const shown = await stage.show(chapter.key);
  const content = extended(shown, days);
  await asking.ask("POST", `/api/v1/exceptions/${shown.id}/propose`, { kind: "extension", content, seenTwins: twins(stage) });
  await approve(stage, chapter.key, approvers);
  await settle(stage);
}

interface Bypasses {
  readonly items: readonly { readonly id: string; readonly form: string; readonly subject: { readonly name: string } }[];
}

export async function findBypass(stage: Stage, subject: string, form: string): Promise<string> {
  const { items } = await (await stage.as("mei.tanaka")).ask<Bypasses>("GET", "/api/v1/bypasses?status=unregistered,escalated&limit=200");
  const bypass = items.find((one) => one.subject.name === subject && one.form === form);
  if (bypass === undefined) throw new Error(`no open bypass of ${subject} (${form}) is known`);
  return bypass.id;
}

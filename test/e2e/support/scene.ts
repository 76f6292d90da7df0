/** A register as it looks after ten weeks of work: exceptions in every state, for pictures. Everything happened over the API. */
import { createHash } from "node:crypto";

import { canonicalText } from "../../../src/kernel/canonical.ts";
import { reviewAction } from "../../../src/exceptions/contract.ts";
import { addDuration, duration, type Instant, instantOfEpochMs } from "../../../src/kernel/time.ts";
import type { App } from "../../../src/compose.ts";
import { type Browser, succeeded } from "../../support/browser.ts";
import {
  ESTATE,
  openWholeApp,
  type Player,
  requestBody,
  show,
  type Shown,
  vote,
  type WholeApp,
  type WholeAppOptions,
} from "../../support/whole-app.ts";

const WEEKS = 10;
const DAY_MS = 86_400_000;

/** The cast of the stories under names that people have. */
const NAMES: Readonly<Record<Player, string>> = {
  ada: "Ada Lindqvist",
  ivo: "Ivo Keller",
  ines: "Ines Vogel",
  nils: "Nils Brandt",
  gerda: "Gerda Amsler",
  hedi: "Hedi Frank",
  rolf: "Rolf Tanner",
  audrey: "Audrey Bell",
};

export interface Scene {
  readonly app: App;
  /** Somebody signed in who may read everything. */
  readonly reader: Browser;
  /** Reference of the exception to show first. */
  readonly shown: string;
  readonly refs: readonly string[];
  readonly as: WholeApp["as"];
  readonly admin: Browser;
  readonly idOf: WholeApp["idOf"];
  close(): Promise<void>;
}

interface Asked {
  readonly subject: string;
  readonly title: string;
  readonly why: string;
  readonly instead: string;
  /** Days from the beginning. */
  readonly until: number;
}

interface Stage {
  readonly story: WholeApp;
  readonly connection: string;
  readonly day: (n: number) => Instant;
  readonly refs: string[];
}

/** Lives through it and stops at the present time; on the embedded database unless another is named. */
export async function liveThrough(
  origin?: string,
  more: Pick<WholeAppOptions, "databaseUrl" | "isForged" | "env" | "decisions"> = {},
): Promise<Scene> {
  const startMs = Date.now() - WEEKS * 7 * DAY_MS;
  const story = await openWholeApp({
    start: instantOfEpochMs(startMs),
    ...(origin !== undefined && { origin }),
    ...more,
  });
  const day = (n: number) => instantOfEpochMs(startMs + n * DAY_MS);
  const made = await story.admin.ask("POST", "/api/v1/connections", {
    key: "example",
    name: "Example directory",
    kind: "example",
    config: {},
  });
  const connection = String(succeeded(made).body["id"]);
  const stage: Stage = { story, connection, day, refs: [] };
  succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
  const shown = await live(stage);
  await rename(story);
  succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
  const { app, as, admin, idOf } = story;
  return { app, reader: as.ivo, shown, refs: stage.refs, as, admin, idOf, close: () => story.close() };
}

async function rename(story: WholeApp): Promise<void> {
  const yaml = Object.entries(NAMES).reduce((text, [key, name]) => text.replace(`name: ${key},`, `name: ${name}, unit: Plant,`), ESTATE);
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
}

async function live(stage: Stage): Promise<string> {
  const { story, day } = stage;
  const first = await active(stage, {
    subject: "lucia.ferrer",
    title: "Control-room terminal 3 without a passkey",
    why: "The terminal takes no authenticator until it is replaced.",
    instead: "A terminal with a passkey reader",
    until: 45,
  });
  const ended = await active(stage, {
    subject: "hugo.lambert",
    title: "Laboratory analyser signs in with a password",
    why: "The analyser's software knows passwords only.",
    instead: "Version 9 of the analyser",
    until: 20,
  });
  await story.moveTo(day(6));
  const withdrawn = await submitted(stage, {
    subject: "ming.zhao",
    title: "Billing export from home",
    why: "The export tool has no browser sign-in.",
    instead: "The billing interface",
    until: 40,
  });
  succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${withdrawn.id}/withdraw`, { reason: "The interface is ready." }));
  const rejected = await submitted(stage, {
    subject: "robert.hale",
    title: "VPN from a private tablet",
    why: "The tablet holds no passkey of the company.",
    instead: "A company tablet",
    until: 60,
  });
  succeeded(await vote(story.as.nils, rejected, "reject"));
  await story.moveTo(day(20));
  await settled(stage, ended, "closed");
  await retainOpenReviews(stage, first);
  await story.moveTo(day(38));
  const longer = await extended(stage, first, day(85));
  await approved(stage, longer, story.as.gerda);
  await story.moveTo(day(48));
  const revoked = await active(stage, {
    subject: "anna.virtanen",
    title: "Telemetry gateway without a passkey",
    why: "The gateway was delivered without a reader.",
    instead: "The reader that was ordered",
    until: 100,
  });
  await active(stage, {
    subject: "carlos.mendez",
    title: "Telemetry night shift over VPN",
    why: "The shift laptop is shared and has no platform authenticator.",
    instead: "A laptop for each of them",
    until: 73,
  });
  const paused = await active(stage, {
    subject: "kwame.boateng",
    title: "Leakage survey in the field",
    why: "The survey handhelds run an old system.",
    instead: "New handhelds",
    until: 95,
  });
  await story.moveTo(day(55));
  succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${revoked.id}/revoke`, { reason: "The reader arrived." }));
  await settled(stage, revoked, "closed");
  await retainOpenReviews(stage, first);
  await story.moveTo(day(66));
  succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${paused.id}/suspend`, { why: "A handheld was lost." }));
  await settled(stage, paused, "suspended");
  await active(stage, {
    subject: "tomasz.nowak",
    title: "Crew north over VPN while tokens are replaced",
    why: "A batch of tokens was recalled by its maker.",
    instead: "Tokens of the new batch",
    until: 110,
  });
  const half = await submitted(stage, {
    subject: "daniel.reyes",
    title: "Payroll client over VPN",
    why: "The payroll client cannot open a browser.",
    instead: "Payroll in the browser",
    until: 120,
  });
  succeeded(await vote(story.as.ivo, half));
  await submitted(stage, {
    subject: "fiona.walsh",
    title: "Supplier portal of the purchasing team",
    why: "The supplier's portal offers no passkeys.",
    instead: "The supplier's next version",
    until: 130,
  });
  await story.moveTo(day(WEEKS * 7));
  return first.ref;
}

/** Opens a request as rolf and leaves it as a submitted one. */
async function submitted({ story, connection, day, refs }: Stage, asked: Asked): Promise<Shown> {
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=${asked.subject}&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const body = requestBody(story, { connection, policy: "vpn", subject, until: day(asked.until) }) as { content: object };
  const content = {
    ...body.content,
    title: asked.title,
    justification: asked.why,
    exitPlan: { what: asked.instead, owner: story.idOf.ada },
    compensatingControls: [
      { statement: "Only from the plant's network", test: "manual", lastTestedAt: story.clock.now(), result: "passed", freshFor: "P90D" },
    ],
  };
  const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", { ...body, content })).body as unknown as Shown;
  refs.push(opened.ref);
  return succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, {})).body as unknown as Shown;
}

async function active(stage: Stage, asked: Asked): Promise<Shown> {
  return approved(stage, await submitted(stage, asked));
}

async function approved(stage: Stage, shown: Shown, ...more: readonly Browser[]): Promise<Shown> {
  const { story } = stage;
  for (const browser of [story.as.ivo, story.as.nils, ...more]) {
    await story.moveTo(addDuration(story.clock.now(), duration("PT3H")));
    succeeded(await vote(browser, shown));
  }
  await story.app.tick.tickOnce(story.clock.now());
  return settled(stage, shown, "active");
}

async function settled({ story }: Stage, { id }: Shown, state: string): Promise<Shown> {
  return story.until(
    () => show(story.as.rolf, id),
    (shown) => shown.state === state,
    state,
  );
}

async function extended({ story }: Stage, { id }: Shown, until: Instant): Promise<Shown> {
  const { versions } = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${id}`)).body as {
    versions: { content: { scope: Record<string, unknown>[] } }[];
  };
  const { scope, ...content } = versions[0]!.content;
  const plain = scope.map(({ subject, resource, conditions, ceiling }) => ({ subject, resource, conditions, ceiling }));
  const body = { kind: "extension", content: { ...content, scope: plain, requestedUntil: until } };
  return succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/propose`, body)).body as unknown as Shown;
}

/** Reviews open before their day; the owner says that it is still needed. */
async function retainOpenReviews({ story }: Stage, { id }: Shown): Promise<void> {
  const { body } = succeeded(await story.as.ada.ask("GET", `/api/v1/exceptions/${id}`));
  const open = (body["reviews"] as { id: string; decision: unknown }[]).filter(({ decision }) => decision === null);
  for (const review of open) {
    const decided = {
      verdict: "retain",
      sentence: "The terminal is ordered; the network rule was tested last week.",
      content: null,
    } as const;
    const contentHash = `sha256:${createHash("sha256")
      .update(canonicalText({ review: review.id, ...decided }))
      .digest("hex")}`;
    const assertion = await story.as.ada.sign(reviewAction("retain"), id, contentHash);
    succeeded(await story.as.ada.ask("POST", `/api/v1/exceptions/${id}/reviews/${review.id}/decide`, { ...decided, assertion }));
  }
}

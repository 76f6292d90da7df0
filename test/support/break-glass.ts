/** Exceptions that stand ready for emergencies: approved in advance, held by the provider, and letting through only while a use runs. */
import { createHash } from "node:crypto";

import { canonicalText } from "../../src/kernel/canonical.ts";
import { addDuration, duration, type Instant } from "../../src/kernel/time.ts";
import { type Answer, type Browser, succeeded } from "./browser.ts";
import { requestBody, type RequestFor, show, type Shown, vote, type WholeApp } from "./whole-app.ts";

export const hashOf = (value: unknown) => `sha256:${createHash("sha256").update(canonicalText(value)).digest("hex")}`;

export interface Glass {
  readonly id: string;
  readonly ref: string;
  readonly contentHash: string;
}

/** For one account: asked by rolf, owned by nils, who has to look after operations, and approved by him and governance. */
export async function breakGlass(story: WholeApp, asked: Omit<RequestFor, "until">): Promise<Glass> {
  const until = addDuration(story.clock.now(), duration("P60D"));
  const { content } = requestBody(story, { ...asked, until }) as { content: Record<string, unknown> };
  const accountability = { businessOwner: story.idOf.nils, implementer: story.idOf.ines, onCall: "control room" };
  const glass = { category: "break_glass", unit: "plant", content: { ...content, accountability, fallbackDependencies: ["directory"] } };
  const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", glass)).body as unknown as Shown;
  const submitted = succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, {})).body as unknown as Shown;
  await approveBy(story, submitted, [story.as.nils, story.as.gerda]);
  return { id: opened.id, ref: opened.ref, contentHash: submitted.approval!.contentHash };
}

/** Approves what was put forward, and waits until the provider was read back. */
export async function approveBy(story: WholeApp, submitted: Shown, voters: readonly Browser[]): Promise<void> {
  for (const voter of voters) succeeded(await vote(voter, submitted));
  await story.app.tick.tickOnce(story.clock.now());
  await story.until(
    () => show(story.as.rolf, submitted.id),
    ({ state }) => state === "active",
    "active",
  );
}

/** Begins a use of it for a request that waits, signed over exactly that. */
export async function beginFor(browser: Browser, request: string, glass: Glass, use: { until: Instant; reason: string }): Promise<Answer> {
  const assertion = await browser.sign("exceptions.beginUse", glass.id, hashOf({ version: glass.contentHash, ...use }));
  return browser.ask("POST", `/api/v1/access-requests/${request}/begin`, { ...use, assertion });
}

/** Signed over the exception and what was granted of it. */
export async function lookBackOn(
  browser: Browser,
  request: string,
  { id, contentHash }: Pick<Glass, "id" | "contentHash">,
  sentence: string,
): Promise<Answer> {
  const assertion = await browser.sign("requests.lookBack", id, hashOf({ version: contentHash, sentence }));
  return browser.ask("POST", `/api/v1/access-requests/${request}/look-back`, { sentence, assertion });
}

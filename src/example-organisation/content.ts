/** What is asked for, filled in as the request form would. */
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { PUMPWORKS } from "./company.ts";
import { endOf, type Shown, type Stage } from "./stage.ts";
import type { Chapter } from "./story.ts";

interface Subject {
  readonly kind: "user" | "group" | "service" | "device";
  readonly key: string;
  readonly name: string;
}

const LOST = { vpn: "passkey", smartcard: "smart card or security key", "admin-portal": "security key" } as const;
const LEFT = { vpn: "password", smartcard: "password", "admin-portal": "password and code" } as const;

export async function contentOf(stage: Stage, chapter: Chapter): Promise<Record<string, unknown>> {
  const connection = stage.connection(chapter.directory ?? "office");
  const asking = await stage.as(chapter.asks);
  const now = stage.playing.clock.now();
  const { subject, headcount = 1 } = await asking.ask<{ subject: Subject; headcount?: number }>(
    "GET",
    `/api/v1/connections/${connection}/subject?name=${encodeURIComponent(chapter.subject)}&policy=${chapter.policy}`,
  );
  const [inherent, residual] = chapter.risk ?? ["moderate", "low"];
  return {
    title: chapter.title,
    justification: chapter.why,
    reasonClass: chapter.reason ?? "technical",
    weakenedControl: { connection, policy: chapter.policy, lostMethod: LOST[chapter.policy] },
    fallbackMethodAllowed: LEFT[chapter.policy],
    fallbackDependencies: chapter.dependsOn ?? [],
    scope: [scopeOf(stage, chapter, subject, connection, headcount)],
    compensatingControls: chapter.controls.map((statement) => ({
      statement,
      test: "manual",
      lastTestedAt: now,
      result: "passed",
      freshFor: "P60D",
    })),
    inherentRisk: inherent,
    residualRisk: residual,
    requestedFrom: now,
    requestedUntil: endOf(stage, chapter),
    exitPlan: exitOf(stage, chapter, now),
    accountability: {
      businessOwner: stage.idOf(chapter.owner),
      deputy: null,
      implementer: stage.idOf(chapter.implements ?? "pavel.dvorak"),
      onCall: chapter.onCall ?? null,
    },
    vendorContract: chapter.contract === true ? { vendor: stage.vendor(), contract: PUMPWORKS.contract } : null,
    designIssue: chapter.designIssue === undefined ? null : await openIssueAbout(stage, chapter.designIssue),
  };
}

interface Issues {
  readonly items: readonly { readonly id: string; readonly about: { readonly id: string } }[];
}

async function openIssueAbout(stage: Stage, application: string): Promise<string> {
  const { items } = await (await stage.as("farah.siddiqui")).ask<Issues>("GET", "/api/v1/design-issues?state=open&limit=200");
  const issue = items.find(({ about }) => about.id === stage.application(application));
  if (issue === undefined) throw new Error(`no design issue is open about ${application}`);
  return issue.id;
}

function scopeOf(stage: Stage, chapter: Chapter, subject: Subject, connection: string, headcount: number) {
  const kind = subject.kind === "service" ? "workload" : subject.kind;
  const person = subject.kind === "user" ? stage.idOf(chapter.subject) : null;
  const resource =
    chapter.application === undefined
      ? { kind: "policy", id: chapter.policy }
      : { kind: "application", id: stage.application(chapter.application) };
  return { subject: { kind, key: subject.key, name: subject.name, connection, person }, resource, ceiling: Math.max(1, headcount) };
}

function exitOf(stage: Stage, chapter: Chapter, now: Instant) {
  return {
    what: chapter.instead,
    milestones: typeof chapter.term === "string" ? [] : [{ what: "Ordered", by: addDuration(now, duration("P45D")) }],
    remediationRef: chapter.remediation ?? null,
    owner: stage.idOf(chapter.owner),
  };
}

/** The content in force, asked for longer. */
export function extended({ versions }: Shown, days: number): Record<string, unknown> {
  const { scope, requestedUntil, ...content } = versions.at(-1)?.content ?? {};
  const items = scope as readonly Record<string, unknown>[];
  return {
    ...content,
    // What was counted when it was approved is counted anew.
    scope: items.map(({ subject, resource, conditions, ceiling }) => ({ subject, resource, conditions, ceiling })),
    requestedUntil: addDuration(requestedUntil as Instant, duration(`P${days}D`)),
  };
}

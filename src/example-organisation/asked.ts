/**
 * What the invented company's gateways and identity provider asked in the week before the visit: those with an exception, those who sign
 * in as they should, and a few who were turned away. Answered as the decision point answers, of each moment.
 */
import type { App } from "../compose.ts";
import { decideAt } from "../decisions/explaining.ts";
import type { Question } from "../decisions/question.ts";
import { versionInEffect } from "../exceptions/exception.ts";
import { isInForce } from "../exceptions/index.ts";
import { epochMs, type Instant } from "../kernel/time.ts";

interface Habit {
  readonly caller: string;
  readonly question: Question;
  /** Times in the week. */
  readonly times: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const WEEK = 7;
const WITH_EXCEPTION = 12;
const TURNED_AWAY = 4;
const AS_THEY_SHOULD = 15;

export async function askAboutTheWeek(app: App, now: Instant): Promise<void> {
  await app.follower.catchUp();
  const snapshot = app.follower.snapshot();
  const rules = snapshot?.ruleSets.get("default");
  if (snapshot === undefined || rules === undefined) return;
  const nowMs = epochMs(now);
  const sequence = snapshot.register.sequence;
  const asked = (await habits(app, now)).flatMap(({ caller, question, times }, i) =>
    Array.from({ length: times }, (_, time) => {
      // Spread over the week, the last ones shortly before the visit; the same each time it is played.
      const atMs = nowMs - ((time * WEEK * DAY_MS) / times + ((i * 37 + time * 11) % 240) * MINUTE_MS) - MINUTE_MS;
      return { atMs, question, caller, ageMs: 40 + i };
    }),
  );
  // In the order in which they were asked, as a log has them.
  for (const { atMs, question, caller, ageMs } of asked.toSorted((a, b) => a.atMs - b.atMs)) {
    const verdict = decideAt(question, rules, snapshot, { atMs, nowMs });
    app.decisionLog.record(question, verdict, { caller, requestId: null, ruleSet: rules.name, sequence, ageMs }, atMs);
  }
  await app.decisionLog.flush();
}

async function habits(app: App, now: Instant): Promise<readonly Habit[]> {
  const inForce = (await app.exceptions.store.inIdOrder("", 500)).filter(({ exception }) => isInForce(exception, now));
  const excepted = inForce.slice(0, WITH_EXCEPTION).flatMap(({ exception }, i): Habit[] => {
    const content = versionInEffect(exception.dossier)?.content;
    const [item] = content?.scope ?? [];
    if (content === undefined || item === undefined || item.subject.kind === "group") return [];
    const { subject, resource } = item;
    const who = subject.person ?? subject.key;
    return [
      {
        caller: i % 3 === 0 ? "plant-radius" : "vpn-gateway",
        question: signIn(who, resource, content.fallbackMethodAllowed),
        times: 2 + ((i * 5) % 13),
      },
    ];
  });
  const { items: people } = await app.people.listPeople({ active: true, limit: AS_THEY_SHOULD + TURNED_AWAY });
  const { items: applications } = await app.estate.applications.list({ limit: 10 });
  const applicationOf = (i: number) => ({ kind: "application", id: applications[i % applications.length]!.state.id });
  const others = people.map(({ person }, i): Habit =>
    i < TURNED_AWAY
      ? { caller: "identity-provider", question: signIn(person.id, applicationOf(i), i % 2 === 0 ? "password" : "sms"), times: 1 + i }
      : { caller: "identity-provider", question: signIn(person.id, applicationOf(i), "passkey"), times: 5 + (i % 4) },
  );
  return [...excepted, ...(applications.length === 0 ? [] : others)];
}

function signIn(who: string, resource: { readonly kind: string; readonly id: string }, method: string): Question {
  return {
    subject: { type: "user", id: who, properties: {} },
    action: { name: "sign_in", properties: { method } },
    resource: { type: resource.kind, id: resource.id, properties: {} },
    context: { ip: "10.20.4.7" },
  };
}

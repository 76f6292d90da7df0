/** What callers of the decision point ask, with every text planted, and the report of somebody who got in all the same. */
import { type DecisionView, reportLetIn } from "../../../src/decisions/contract-log.ts";
import type { Question } from "../../../src/decisions/question.ts";
import type { Verdict } from "../../../src/decisions/verdict.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import type { Id } from "../../../src/kernel/id.ts";
import { epochMs } from "../../../src/kernel/time.ts";
import { type Browser, succeeded } from "../../support/browser.ts";
import { plantOf } from "../../support/planted.ts";
import type { Shown, WholeApp } from "../../support/whole-app.ts";

interface Scene {
  readonly story: WholeApp;
  readonly plant: (as: Browser, endpoint: Endpoint, given?: { params?: Readonly<Record<string, string>> }) => Promise<unknown>;
}

/** `shown`: an exception in force, which is suspended by this. */
export async function plantDecisions({ story: { app, as, clock }, plant }: Scene, shown: Shown): Promise<void> {
  const text = plantOf(300);
  const question: Question = {
    subject: { type: text, id: text, properties: { groups: [text] } },
    action: { name: text, properties: { method: plantOf(200) } },
    resource: { type: text, id: text, properties: {} },
    context: { ip: text },
  };
  const grant = { exception: shown.id as Id<"exception">, ref: text, validUntil: clock.now(), owner: null };
  const said = { words: text, rule: text, obligations: [{ type: "notify", whom: text }] as const, requestable: true };
  const verdict: Verdict = { permit: false, code: "outside_exception_scope", grant, ...said };
  const nowMs = epochMs(clock.now());
  for (let i = 0; i < 5; i++)
    app.decisionLog.record(question, verdict, { caller: text, requestId: text, ruleSet: text, sequence: 1, ageMs: 0 }, nowMs);
  await app.decisionLog.flush();
  const { items } = succeeded(await as.ivo.ask("GET", `/api/v1/decisions?exception=${shown.id}`)).body as { items: DecisionView[] };
  await plant(as.ivo, reportLetIn, { params: { id: items[0]!.id } });
}

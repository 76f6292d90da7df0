import type { AssertionBody } from "../kernel/contract.ts";
import type { Instant } from "../kernel/time.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract-rules.ts";
import { digestOf, loadRules } from "./rules/load-rules.ts";
import type { Rule } from "./rules/rule-file.ts";
import type { KnownRules, RulesOrder, RulesService } from "./rules-service.ts";
import { PUT_RULES_ACTION, RETIRE_RULES_ACTION, versionText } from "./stored-rules.ts";
import type { Trial } from "./try-rules.ts";
import type { Verdict } from "./verdict.ts";

export interface RulesRoutesDependencies {
  readonly service: RulesService;
  readonly nameOf: (person: string) => Promise<string | undefined>;
  readonly hash: (text: string) => string;
  /** Verifies a fresh passkey assertion over a decision; the access module's. Gives the reference that the journal keeps. */
  readonly verifyAssertion: (
    caller: Caller,
    body: AssertionBody,
    decided: { readonly action: string; readonly subject: string; readonly contentHash: string },
    now: Instant,
  ) => Promise<string>;
}

const MOST_VERSIONS = 100;

export function rulesRoutes(deps: RulesRoutesDependencies): readonly Route[] {
  const { service } = deps;
  const show = (rules: KnownRules) => summaryOf(rules, deps);
  const whole = async (rules: KnownRules & { readonly text: string }) => ({
    ...(await show(rules)),
    ...contentOf(rules),
    waiting: rules.proposal?.version ?? null,
  });
  return [
    route(contract.listRuleSets, async () => ({ items: await Promise.all((await service.list()).map(whole)) })),
    route(contract.getRuleSet, async ({ params }) => {
      const found = await service.load(params.name);
      const waiting = await service.proposalOf(found);
      const proposal = waiting === undefined ? null : await viewOfProposal(waiting, deps);
      return { ...(await whole(found)), text: found.text, proposal };
    }),
    route(contract.listRuleSetVersions, async ({ params }) => ({
      items: await Promise.all((await service.versions(params.name)).slice(0, MOST_VERSIONS).map(show)),
    })),
    route(contract.getRuleSetVersion, async ({ params }) => {
      const found = await service.textOfVersion(params.name, Number(params.version));
      return { ...(await whole(found)), text: found.text, proposal: null };
    }),
    route(contract.checkRuleSet, async ({ body }) => checked(body.text)),
    route(contract.tryRuleSet, async ({ params, body }, { now }) =>
      viewOfTrial(await service.tryText(params.name, body.text, body.questions, now)),
    ),
    route(contract.putRuleSet, async ({ params, body: { assertion, ...wanted } }, call) =>
      show(await service.put(params.name, wanted, orderOf(call, assertion, deps))),
    ),
    route(contract.retireRuleSet, async ({ params, body: { assertion, ...wanted } }, call) =>
      show(await service.retire(params.name, wanted, orderOf(call, assertion, deps))),
    ),
  ];
}

function orderOf(call: Call, given: AssertionBody, { hash, verifyAssertion }: RulesRoutesDependencies): RulesOrder {
  const caller = callerOf(call);
  return {
    by: caller.personId,
    now: call.now,
    sign: (name, version, isEnd) => {
      const decided = {
        action: isEnd ? RETIRE_RULES_ACTION : PUT_RULES_ACTION,
        subject: name,
        contentHash: hash(versionText(name, version)),
      };
      return verifyAssertion(caller, given, decided, call.now);
    },
  };
}

async function summaryOf({ name, version, digest, status, at, by, note }: KnownRules, { nameOf }: RulesRoutesDependencies) {
  return { name, version, digest, status, at, by, note, byName: by === null ? null : ((await nameOf(by)) ?? null) };
}

async function viewOfProposal(
  { version, digest, note, at, by, text }: NonNullable<Awaited<ReturnType<RulesService["proposalOf"]>>>,
  { nameOf }: RulesRoutesDependencies,
) {
  return { version, digest, note, at, by, text, byName: (await nameOf(by)) ?? null };
}

type Content = Pick<contract.RuleSetView, "description" | "register" | "rules">;
const NO_CONTENT: Content = { description: "", register: [], rules: [] };

/** By digest: reading a large text keeps gateways waiting for a third of a second, and the list shows all of them. */
const contents = new Map<string, Content>();
const MOST_CONTENTS = 200;

/** What a text holds; nothing where it is lost, or this release does not read it any more. */
function contentOf({ digest, text }: { readonly digest: string; readonly text: string }): Content {
  if (text === "") return NO_CONTENT;
  let content = contents.get(digest);
  if (content !== undefined) return content;
  const reading = loadRules(text);
  content = reading.ok
    ? { description: reading.file.description, register: [...reading.file.register], rules: reading.file.rules.map(ruleOf) }
    : NO_CONTENT;
  if (contents.size >= MOST_CONTENTS) contents.clear();
  contents.set(digest, content);
  return content;
}

function checked(text: string) {
  const reading = loadRules(text);
  const faults = reading.ok ? [] : reading.faults.map(({ code, detail, at }) => ({ code, detail, ...(at !== undefined && { at }) }));
  const { name, rules } = reading.ok ? reading.file : { name: null, rules: [] };
  return { digest: digestOf(text), faults, name, rules: rules.map(ruleOf) };
}

function ruleOf({ name, effect, words }: Rule) {
  return { name, effect, words };
}

function viewOfTrial({ of, counts, examples, newlyRead }: Trial & { readonly of: number }): contract.TrialView {
  return {
    of,
    counts,
    examples: examples.flatMap(({ change, question, before, after }) =>
      change === "same" ? [] : [{ change, question, before: answerOf(before), after: answerOf(after) }],
    ),
    newlyRead: newlyRead.map((each) => ({ ...each })),
  };
}

function answerOf({ permit, code, words, rule }: Verdict) {
  return { permit, code, words, rule: rule ?? null };
}

/** Rule sets of the decision point: read, tried, put in force and retired. */
import { z } from "zod";

import { assertionBody, endpoint, line } from "../kernel/contract.ts";
import { EFFECTS, LIMITS, RULE_SET_NAME } from "./rules/rule-file.ts";

const READERS = ["administrator", "iam", "security_governance", "security_architecture", "auditor"] as const;
/** Who tries a change out, so that whoever signs it knows what it does. */
const AUTHORS = ["administrator", "iam", "security_governance"] as const;
/** Rules decide access for everybody: as with the policies of categories. */
const SIGNERS = ["administrator", "security_governance"] as const;

const MOST_QUESTIONS = 5_000;

const nameParams = z.strictObject({ name: z.string().regex(RULE_SET_NAME) });
const text = z.string().max(LIMITS.text);
const version = z.number().int().min(0).max(1_000_000);

const faultView = z.strictObject({ code: z.string(), detail: z.string(), at: z.string().optional() });

const summary = {
  name: z.string(),
  /** 0: the one that ships with Postern. */
  version: z.number().int(),
  digest: z.string(),
  status: z.enum(["shipped", "stored", "retired", "proposed"]),
  at: z.string().nullable(),
  by: z.string().nullable(),
  byName: z.string().nullable(),
  note: z.string().nullable(),
};
const versionView = z.strictObject(summary);
export type RuleSetVersionView = z.output<typeof versionView>;

const ruleView = z.strictObject({ name: z.string(), effect: z.enum(EFFECTS), words: z.string() });

const ruleSetView = z.strictObject({
  ...summary,
  description: z.string(),
  /** Version that one person signed where two have to; null where none waits. */
  waiting: z.number().int().nullable(),
  /** Actions that exceptions of the register may permit. */
  register: z.array(z.string()),
  rules: z.array(ruleView),
});
export type RuleSetView = z.output<typeof ruleSetView>;

const withText = ruleSetView.extend({
  text: z.string(),
  /** Signed by one person where two have to, and not in force. */
  proposal: z
    .strictObject({
      version: z.number().int(),
      digest: z.string(),
      note: z.string(),
      at: z.string(),
      by: z.string(),
      byName: z.string().nullable(),
      text: z.string(),
    })
    .nullable(),
});

export const listRuleSets = endpoint({
  id: "listRuleSets",
  method: "GET",
  path: "/api/v1/rule-sets",
  summary: "Rule sets of the decision point as they stand, shipped ones and stored ones",
  access: READERS,
  reply: z.strictObject({ items: z.array(ruleSetView) }),
});

export const getRuleSet = endpoint({
  id: "getRuleSet",
  method: "GET",
  path: "/api/v1/rule-sets/:name",
  summary: "A rule set as it stands, with its text",
  access: READERS,
  params: nameParams,
  reply: withText,
  refusals: ["decisions.ruleSetUnknown"],
});

export const listRuleSetVersions = endpoint({
  id: "listRuleSetVersions",
  method: "GET",
  path: "/api/v1/rule-sets/:name/versions",
  summary: "Every version of a rule set, newest first, with who signed it; the newest 100",
  access: READERS,
  params: nameParams,
  reply: z.strictObject({ items: z.array(versionView) }),
  refusals: ["decisions.ruleSetUnknown"],
});

export const getRuleSetVersion = endpoint({
  id: "getRuleSetVersion",
  method: "GET",
  path: "/api/v1/rule-sets/:name/versions/:version",
  summary: "An earlier version of a rule set, with its text",
  access: READERS,
  params: nameParams.extend({ version: z.string().regex(/^\d{1,7}$/) }),
  reply: withText,
  refusals: ["decisions.ruleSetUnknown"],
});

export const checkRuleSet = endpoint({
  id: "checkRuleSet",
  method: "POST",
  path: "/api/v1/rule-sets/check",
  summary: "Everything that is wrong with a rule set's text, each with its line and column; changes nothing",
  access: AUTHORS,
  body: z.strictObject({ text }),
  reply: z.strictObject({ digest: z.string(), faults: z.array(faultView), name: z.string().nullable(), rules: z.array(ruleView) }),
});

const properties = z.record(z.string(), z.unknown());
const entity = z.object({ type: z.string().max(1000), id: z.string().max(1000), properties: properties.default({}) });
const question = z.object({
  subject: entity,
  action: z.object({ name: z.string().max(1000), properties: properties.default({}) }),
  resource: entity,
  context: properties.default({}),
});

const answerView = z.strictObject({ permit: z.boolean(), code: z.string(), words: z.string(), rule: z.string().nullable() });
const count = z.number().int();

const trialView = z.strictObject({
  /** Questions that both were asked. */
  of: count,
  counts: z.strictObject({
    denyToPermit: count,
    permitToDeny: count,
    needsException: count,
    otherRule: count,
    otherObligations: count,
    same: count,
  }),
  /** The first five of each kind of change. */
  examples: z.array(
    z.strictObject({
      change: z.enum(["denyToPermit", "permitToDeny", "needsException", "otherRule", "otherObligations"]),
      question: z.unknown(),
      before: answerView,
      after: answerView,
    }),
  ),
  /** Properties that only the new rules look at: recorded questions do not say them. */
  newlyRead: z.array(z.strictObject({ of: z.string(), name: z.string() })),
});
export type TrialView = z.output<typeof trialView>;

export const tryRuleSet = endpoint({
  id: "tryRuleSet",
  method: "POST",
  path: "/api/v1/rule-sets/:name/try",
  summary:
    "What a text would change for questions that are given, or for the newest recorded ones, were it in force by this name; changes nothing",
  access: AUTHORS,
  params: nameParams,
  body: z.strictObject({ text, questions: z.array(question).max(MOST_QUESTIONS).optional() }),
  reply: trialView,
  refusals: [
    "decisions.ruleSetMisnamed",
    "decisions.rulesUnreadable",
    "decisions.rulesTooLarge",
    "decisions.ruleKeyUnknown",
    "decisions.ruleMissing",
    "decisions.ruleValueInvalid",
    "decisions.rulePathUnknown",
    "decisions.ruleReferenceDangling",
    "decisions.ruleNameTwice",
    "decisions.ruleUnused",
    "decisions.ruleUnreachable",
    "decisions.ruleNeverFits",
  ],
});

const signed = { note: line(500), basedOn: version, assertion: assertionBody };

export const putRuleSet = endpoint({
  id: "putRuleSet",
  method: "PUT",
  path: "/api/v1/rule-sets/:name",
  summary:
    "Put the next version of a rule set in force, or a new rule set, with a fresh passkey assertion; where two persons have to sign, the first proposes it",
  access: SIGNERS,
  assertion: true,
  params: nameParams,
  body: z.strictObject({ text, ...signed }),
  reply: versionView,
  refusals: [...tryRuleSet.refusals, "decisions.ruleSetChangedMeanwhile", "decisions.ruleSetSame", "decisions.ruleSetNeedsAnother"],
});

export const retireRuleSet = endpoint({
  id: "retireRuleSet",
  method: "POST",
  path: "/api/v1/rule-sets/:name/retire",
  summary: "Retire a rule set, with a fresh passkey assertion: nothing is decided by it any more",
  access: SIGNERS,
  assertion: true,
  params: nameParams,
  body: z.strictObject(signed),
  reply: versionView,
  refusals: ["decisions.ruleSetUnknown", "decisions.ruleSetRetired", "decisions.ruleSetChangedMeanwhile", "decisions.ruleSetNeeded"],
});

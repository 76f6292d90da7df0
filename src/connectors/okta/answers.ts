/** What Okta answers, as far as it is used. Fields not known here pass; a shape that is not what was asked for is a fault. */
import { z } from "zod";

import { parseInstant } from "../../kernel/time.ts";
import { ProviderFault } from "../port.ts";

const at = z
  .string()
  .nullish()
  .transform((text) => (typeof text === "string" ? parseInstant(text) : undefined));
const json = z.record(z.string(), z.unknown());
const link = z.looseObject({ href: z.string() });

export const userAnswer = z.looseObject({
  id: z.string().min(1),
  status: z.string(),
  profile: z.looseObject({
    login: z.string().min(1),
    email: z.string().nullish(),
    displayName: z.string().nullish(),
    firstName: z.string().nullish(),
    lastName: z.string().nullish(),
    managerId: z.string().nullish(),
  }),
});

export const groupAnswer = z.looseObject({
  id: z.string().min(1),
  type: z.string(),
  profile: z.looseObject({ name: z.string(), description: z.string().nullish() }),
});

export const groupRuleAnswer = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  actions: z.looseObject({ assignUserToGroups: z.looseObject({ groupIds: z.array(z.string()) }).nullish() }),
});

const ids = z.array(z.string()).nullish();
const some = z.looseObject({ include: ids, exclude: ids }).nullish();
/** Whom a rule is for has to be understood: who is not named there would be taken for everybody. */
const conditions = z.looseObject({ people: z.looseObject({ users: some, groups: some }).nullish() });

export const embeddedAnswer = z.looseObject({ resourceType: z.string().nullish() });

export const policyAnswer = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  type: z.string(),
  status: z.string(),
  conditions: conditions.nullish(),
  settings: json.nullish(),
  _embedded: embeddedAnswer.nullish(),
  lastUpdated: at,
});

export const ruleAnswer = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  status: z.string(),
  priority: z.number().int().nullish(),
  conditions: conditions.nullish(),
  actions: json,
  lastUpdated: at,
});

export const applicationAnswer = z.looseObject({
  id: z.string().min(1),
  label: z.string(),
  status: z.string(),
  signOnMode: z.string().nullish(),
  _links: z.looseObject({ accessPolicy: link.nullish() }),
});

export const mappingAnswer = z.looseObject({ id: z.string(), _links: z.looseObject({ application: link.nullish() }) });

export const authenticatorAnswer = z.looseObject({ id: z.string(), key: z.string(), name: z.string(), status: z.string() });

const simulated = z.looseObject({
  policies: z
    .array(
      z.looseObject({
        id: z.string().nullish(),
        status: z.string().nullish(),
        rules: z.array(z.looseObject({ id: z.string(), status: z.string().nullish() })).nullish(),
      }),
    )
    .nullish(),
});
const evaluations = z.array(z.looseObject({ status: z.string().nullish(), result: simulated.nullish() }));
/** As Okta's guide shows it; its OpenAPI description has the list alone. */
export const simulationAnswer = z.union([
  z.looseObject({ evaluation: evaluations }).transform(({ evaluation }) => evaluation),
  evaluations,
]);

const party = z.looseObject({
  id: z.string().nullish(),
  type: z.string().nullish(),
  alternateId: z.string().nullish(),
  displayName: z.string().nullish(),
  detailEntry: json.nullish(),
});

export const logAnswer = z.looseObject({
  uuid: z.string().min(1),
  published: z.string().transform((text, context) => {
    const instant = parseInstant(text);
    if (instant === undefined) context.addIssue("no time");
    return instant ?? z.NEVER;
  }),
  eventType: z.string(),
  actor: party,
  outcome: z.looseObject({ result: z.string().nullish(), reason: z.string().nullish() }).nullish(),
  target: z.array(party).nullish(),
  authenticationContext: z.looseObject({ externalSessionId: z.string().nullish() }).nullish(),
  debugContext: z.looseObject({ debugData: json.nullish() }).nullish(),
});

export const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string(),
  expires_in: z.number().positive(),
  scope: z.string(),
});

export type UserAnswer = z.infer<typeof userAnswer>;
export type GroupAnswer = z.infer<typeof groupAnswer>;
export type PolicyAnswer = z.infer<typeof policyAnswer>;
export type LogAnswer = z.infer<typeof logAnswer>;

/** The answer in its shape. Names the place, never the value: that may be a person's, or a secret. */
export function read<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 3).map(({ path }) => `/${path.join("/")}`);
  throw new ProviderFault("fault", `Okta's answer to ${what} is not of the shape it should have (at ${places.join(", ")}).`);
}

/** The ways around strong sign-in that a realm's settings open, whoever its people are. The same for a running server and an export. */
import type { Bypass, BypassForm, BypassSubject } from "../port.ts";
import { hangsOn, isOpenAnyway, type PersonFacts, verdictOf, type Way, waysIn, waysWithoutKey } from "./evaluate.ts";
import { authenticatorsIn, type Flow, type Step } from "./map-flow.ts";

export interface RealmFacts {
  readonly realm: string;
  readonly browserFlow: Flow;
  readonly directGrantFlow: Flow | undefined;
  /** Undefined where nobody may reset a password by themselves. */
  readonly resetFlow: Flow | undefined;
  readonly clients: readonly ClientFacts[];
  /** Undefined where it cannot be told. */
  readonly roleExists: (role: string) => boolean | undefined;
  readonly requiredActions: readonly { readonly alias: string; readonly enabled: boolean }[];
}

export interface ClientFacts {
  readonly clientId: string;
  readonly enabled: boolean;
  readonly directGrants: boolean;
  readonly browserFlow: Flow | undefined;
  readonly directGrantFlow: Flow | undefined;
}

/** A policy this connection governs: the role that lets people through. */
export interface GovernedRole {
  readonly policy: string;
  readonly role: string;
}

export interface Findings {
  readonly bypasses: readonly Bypass[];
  /** What could not be told, a sentence each. */
  readonly unknown: readonly string[];
}

const REGISTERS_KEY = "webauthn-register";
const REGISTERS_PASSKEY = ["webauthn-register-passwordless", REGISTERS_KEY];
const STRONG = new Set(["webauthn-authenticator", "webauthn-authenticator-passwordless", "auth-x509-client-username-form"]);

/** Somebody of whom nothing special is known: in no role, with no attribute, with whatever set up. */
export function anybody(roleExists: RealmFacts["roleExists"], more: Partial<PersonFacts> = {}): PersonFacts {
  return {
    hasRole: () => false,
    roleExists,
    attribute: (name) => (ofEverybody(name) ? undefined : []),
    hasSetUp: () => undefined,
    ...more,
  };
}

const OF_EVERYBODY = new Set(["username", "email", "firstName", "lastName"]);

/** What everybody has of their own, and conditions take for an attribute. */
export function ofEverybody(attribute: string): boolean {
  return OF_EVERYBODY.has(attribute);
}

export function findingsIn(facts: RealmFacts, governed: readonly GovernedRole[]): Findings {
  const parts = [
    inBrowser(facts, governed),
    ...facts.clients.filter(({ enabled }) => enabled).map((client) => ofClient(facts, client)),
    ...ownFlowsIn(facts).map((flow) => withinFlow(flow, waysIn(flow, anybody(facts.roleExists)) ?? [], facts, governed)),
    ofReset(facts),
    ofEnrolment(facts),
  ];
  return { bypasses: parts.flatMap(({ bypasses }) => bypasses), unknown: parts.flatMap(({ unknown }) => unknown) };
}

/** What could not be told of a running server: nobody knows that it is closed, so it counts as open until somebody looks. */
export function untold(realm: string, words: string): Bypass {
  return finding("policy_demands_less", everyone(realm), `realm ${realm}`, { unknown: words }, { critical: true, part: words });
}

const everyone = (realm: string): BypassSubject => ({ kind: "everyone", key: `realm:${realm}`, name: `everyone in ${realm}` });
const application = ({ clientId }: ClientFacts): BypassSubject => ({ kind: "application", key: `client:${clientId}`, name: clientId });

export function finding(
  form: BypassForm,
  subject: BypassSubject,
  object: string,
  evidence: Readonly<Record<string, string>>,
  more: { readonly critical?: boolean; readonly policy?: string; readonly part?: string } = {},
): Bypass {
  const key = ["setting", form, object, subject.key, ...(more.part === undefined ? [] : [more.part])].join("|");
  return {
    key,
    form,
    subject,
    object,
    critical: more.critical ?? false,
    evidence,
    ...(more.policy !== undefined && { policy: more.policy }),
  };
}

function inBrowser(facts: RealmFacts, governed: readonly GovernedRole[]): Findings {
  const { browserFlow: flow, realm, roleExists } = facts;
  const ordinary = waysIn(flow, anybody(roleExists));
  const told = ordinary === undefined ? { bypasses: [], unknown: [tooMany(flow)] } : ofWays(flow, ordinary, everyone(realm), governed);
  const within = withinFlow(flow, ordinary ?? [], facts, governed);
  return { bypasses: [...told.bypasses, ...within.bypasses], unknown: [...new Set([...told.unknown, ...within.unknown])] };
}

/** Flows that applications have of their own, each once. */
function ownFlowsIn({ clients, browserFlow }: RealmFacts): readonly Flow[] {
  const own = clients.flatMap((client) => (client.enabled && client.browserFlow !== undefined ? [client.browserFlow] : []));
  return [...new Map(own.filter(({ alias }) => alias !== browserFlow.alias).map((flow) => [flow.alias, flow])).values()];
}

function withinFlow(flow: Flow, ordinary: readonly Way[], facts: RealmFacts, governed: readonly GovernedRole[]): Findings {
  const { bypasses, unknown } = exemptIn(flow, ordinary, facts, governed);
  return {
    bypasses: [...danglingIn(flow, facts, governed), ...neverRunIn(flow, facts), ...enrolledBy(flow, facts, governed), ...bypasses],
    unknown,
  };
}

function unknownOf({ alias }: Flow, ways: readonly Way[]): readonly string[] {
  return ways
    .filter((way) => verdictOf(way) === "unknown")
    .map((way) => `The flow ${alias} lets people in with ${wordsOf(way)}: whether that resists phishing is decided elsewhere.`);
}

function tooMany({ alias }: Flow): string {
  return `The flow ${alias} has more ways in than can be told apart.`;
}

/** What the flow lets everybody in with. */
function ofWays(flow: Flow, ways: readonly Way[], subject: BypassSubject, governed: readonly GovernedRole[]): Findings {
  const weak = ways.filter(isWeak);
  const unknown = unknownOf(flow, ways);
  if (weak.length === 0) return { bypasses: [], unknown };
  const isAlways = isOpenAnyway(weak);
  const form: BypassForm = !isAlways ? "condition_exempt" : namesStrong(flow) ? "policy_not_enforced" : "policy_demands_less";
  const evidence = { flow: flow.alias, letsInWith: weak.map(wordsOf).join("; ") };
  return {
    bypasses: [finding(form, subject, `flow ${flow.alias}`, evidence, { critical: true, ...policyOf(flow, governed) })],
    unknown,
  };
}

/** The governed policy whose role the flow asks for. */
function policyOf(flow: Flow, governed: readonly GovernedRole[]): { readonly policy?: string } {
  const policy = governed.find(({ role }) => rolesIn(flow).includes(role))?.policy;
  return policy === undefined ? {} : { policy };
}

/**
 * Whether somebody meant strong sign-in to be asked for here, though it is not: it is one of several ways, or switched off. What the
 * server's own flows offer as a second factor and leave switched off was meant by nobody.
 */
function namesStrong({ steps }: Flow): boolean {
  const isOffer = steps.some((step) => step.kind === "authenticator" && step.provider === "conditional-user-configured");
  return steps.some((step) => {
    if (step.kind === "flow") return namesStrong(step.flow);
    return STRONG.has(step.provider) && !(isOffer && step.requirement === "DISABLED");
  });
}

export function wordsOf({ proofs, assumes }: Way): string {
  const given = proofs.length === 0 ? "nothing" : proofs.map((proof) => proof.replaceAll("_", " ")).join(" and ");
  return assumes.length === 0 ? given : `${given} (when ${assumes.join(", ")})`;
}

export function conditionsIn(flow: Flow): readonly (Step & { kind: "authenticator" })[] {
  return authenticatorsIn(flow).flatMap(({ step, inForce }) => (inForce && step.provider.startsWith("conditional-") ? [step] : []));
}

export function rolesIn(flow: Flow): readonly string[] {
  const roles = conditionsIn(flow).flatMap(({ provider, config }) =>
    provider === "conditional-user-role" ? [config["condUserRole"] ?? ""] : [],
  );
  return [...new Set(roles)];
}

/** With "not in the role → passkey", a role that is gone switches the demand off for everybody. */
function danglingIn(flow: Flow, { roleExists }: RealmFacts, governed: readonly GovernedRole[]): readonly Bypass[] {
  return rolesIn(flow)
    .filter((role) => roleExists(role) === false)
    .map((role) => {
      const policy = governed.find((each) => each.role === role)?.policy;
      const subject = { kind: "role", key: `role:${role}`, name: role } as const;
      const evidence = { flow: flow.alias, role, condition: "false for everybody, negated or not, while there is no such role" };
      return finding("dangling_condition", subject, `flow ${flow.alias}`, evidence, {
        critical: true,
        ...(policy !== undefined && { policy }),
      });
    });
}

/** A conditional sub-flow without a condition in force is never executed, whatever it demands. */
function neverRunIn(flow: Flow, facts: RealmFacts): readonly Bypass[] {
  return flow.steps.flatMap((step) => {
    if (step.kind !== "flow" || step.requirement === "DISABLED") return [];
    const demands = authenticatorsIn(step.flow).some((each) => each.inForce && STRONG.has(each.step.provider));
    if (step.requirement !== "CONDITIONAL" || hangsOn(step.flow).length > 0 || !demands) return neverRunIn(step.flow, facts);
    const evidence = { flow: step.flow.alias, condition: "none: a conditional sub-flow without a condition is never executed" };
    return [
      finding("policy_not_enforced", everyone(facts.realm), `flow ${step.flow.alias}`, evidence, {
        critical: true,
        part: "never executed",
      }),
    ];
  });
}

/**
 * A security key that is demanded, and registered on the spot by whoever has none: until somebody has one, all that is asked before it
 * is enough for them, and for whoever knows as much.
 */
function enrolledBy(flow: Flow, { roleExists, requiredActions }: RealmFacts, governed: readonly GovernedRole[]): readonly Bypass[] {
  if (!registersKeys(requiredActions)) return [];
  const ways = (waysWithoutKey(flow, anybody(roleExists)) ?? []).filter(isWeak);
  if (ways.length === 0) return [];
  const whoever: BypassSubject = { kind: "everyone", key: "without:security-key", name: "whoever has no security key yet" };
  const evidence = { flow: flow.alias, letsInWith: ways.map(wordsOf).join("; "), afterwards: "a security key of their own is registered" };
  return [finding("enrolment_open", whoever, `flow ${flow.alias}`, evidence, { critical: true, ...policyOf(flow, governed) })];
}

/** Whether who has no security key is asked to register one in the middle of a sign-in; without, they are turned away. */
export function registersKeys(requiredActions: RealmFacts["requiredActions"]): boolean {
  return requiredActions.some(({ alias, enabled }) => enabled && alias === REGISTERS_KEY);
}

/** What somebody may have that a condition asks about. */
interface Trait {
  readonly subject: BypassSubject;
  readonly words: string;
  readonly role?: string;
  readonly attribute?: { readonly name: string; readonly value: string; readonly byGroup: boolean };
}

/** More sets of them than this are not tried: eight are tried in every combination. */
const MOST_SETS = 256;

/**
 * Roles and attributes that let in with less than everybody else needs, one by one and together: each set tells what no part of it
 * does. Holders of a governed role are told one by one, elsewhere.
 */
function exemptIn(flow: Flow, ordinary: readonly Way[], { roleExists }: RealmFacts, governed: readonly GovernedRole[]): Findings {
  const traits = [...rolesTraits(flow, roleExists, governed), ...attributeTraits(flow)];
  const sets = setsOf(traits);
  const tried: { readonly set: readonly Trait[]; readonly ways: readonly string[] }[] = [{ set: [], ways: ordinary.map(wordsOf) }];
  const unknown = sets.length === 2 ** traits.length - 1 ? [] : [`The flow ${flow.alias} asks about more than can be tried together.`];
  const bypasses: Bypass[] = [];
  for (const set of sets) {
    const ways = waysIn(flow, holderOf(set, roleExists));
    if (ways === undefined) return { bypasses, unknown: [...unknown, tooMany(flow)] };
    const known = new Set(tried.filter((part) => part.set.every((one) => set.includes(one))).flatMap((part) => part.ways));
    const fresh = ways.filter((way) => !known.has(wordsOf(way)));
    const subject = subjectOf(set);
    const weak = fresh.filter(isWeak);
    if (weak.length > 0) bypasses.push(exempted(flow, subject, weak));
    unknown.push(...unknownOf(flow, fresh).map((words) => `${subject.name}: ${words}`));
    tried.push({ set, ways: ways.map(wordsOf) });
  }
  return { bypasses, unknown };
}

function rolesTraits(flow: Flow, roleExists: RealmFacts["roleExists"], governed: readonly GovernedRole[]): readonly Trait[] {
  return rolesIn(flow)
    .filter((role) => roleExists(role) !== false && !governed.some((each) => each.role === role))
    .map((role) => ({ subject: { kind: "role", key: `role:${role}`, name: role }, words: `the role ${role}`, role }));
}

function attributeTraits(flow: Flow): readonly Trait[] {
  const all = conditionsIn(flow).flatMap(({ provider, config }) =>
    provider === "conditional-user-attribute" ? [attributeTrait(config)] : [],
  );
  return [...new Map(all.map((each) => [each.subject.key, each])).values()];
}

/** Of one name and value, a pattern stands for other people than a value, and so does what groups give. */
function attributeTrait(config: Readonly<Record<string, string>>): Trait {
  const { attribute_name: name = "", attribute_expected_value: value = "" } = config;
  const isPattern = config["regex"] === "true";
  const byGroup = !isPattern && config["include_group_attributes"] === "true";
  const words = isPattern ? `${name} like ${value}` : `${name} = ${value}${byGroup ? " of their own or by a group" : ""}`;
  const kind = isPattern ? "attribute-like" : byGroup ? "attribute-by-group" : "attribute";
  return {
    subject: { kind: "everyone", key: `${kind}:${name}=${value}`, name: `whoever has ${words}` },
    words,
    attribute: { name, value, byGroup },
  };
}

/** Every set of them but the empty one, smaller ones first. */
function setsOf(traits: readonly Trait[]): readonly (readonly Trait[])[] {
  const sets: (readonly Trait[])[] = traits.map((one) => [one]);
  for (let at = 0; at < sets.length && sets.length < MOST_SETS; at++) {
    const set = sets[at]!;
    sets.push(...traits.slice(traits.indexOf(set.at(-1)!) + 1).map((one) => [...set, one]));
  }
  return sets;
}

function holderOf(set: readonly Trait[], roleExists: RealmFacts["roleExists"]): PersonFacts {
  const ordinary = anybody(roleExists);
  return {
    ...ordinary,
    hasRole: (role) => set.some((one) => one.role === role),
    attribute: (name, withGroups) => {
      const had = set.filter(({ attribute }) => attribute?.name === name && (withGroups || !attribute.byGroup));
      const values = had.map(({ attribute }) => attribute!.value);
      return values.length > 0 ? values : ordinary.attribute(name, withGroups);
    },
  };
}

function subjectOf(set: readonly Trait[]): BypassSubject {
  if (set.length === 1) return set[0]!.subject;
  const [key, name] = [set.map(({ subject }) => subject.key).join("+"), set.map(({ words }) => words).join(" and ")];
  return { kind: "everyone", key: `together:${key}`, name: `whoever has ${name}` };
}

function exempted(flow: Flow, subject: BypassSubject, ways: readonly Way[]): Bypass {
  return finding("ungoverned_exemption", subject, `flow ${flow.alias}`, { flow: flow.alias, letsInWith: ways.map(wordsOf).join("; ") });
}

/** A flow of its own, and sign-in by a password that is handed to the application. */
function ofClient(facts: RealmFacts, client: ClientFacts): Findings {
  const { browserFlow, directGrants, directGrantFlow = facts.directGrantFlow, clientId } = client;
  const lost = directGrants && directGrantFlow === undefined;
  const parts = [
    ...(browserFlow === undefined ? [] : [byFlow("application_exempt", client, browserFlow, facts, isWeak)]),
    // What is not known of it takes a password for all that anybody can tell.
    ...(directGrants && directGrantFlow !== undefined ? [byFlow("legacy_sign_in", client, directGrantFlow, facts, isNotResistant)] : []),
  ];
  return {
    bypasses: parts.flatMap(({ bypasses }) => bypasses),
    unknown: [
      ...parts.flatMap(({ unknown }) => unknown),
      ...(lost ? [`What ${clientId} takes by direct access grant is not known: its flow is missing.`] : []),
    ],
  };
}

const isWeak = (way: Way): boolean => verdictOf(way) === "weak";
const isNotResistant = (way: Way): boolean => verdictOf(way) !== "resistant";

function byFlow(
  form: "application_exempt" | "legacy_sign_in",
  client: ClientFacts,
  flow: Flow,
  { roleExists }: RealmFacts,
  counts: (way: Way) => boolean,
): Findings {
  const ways = waysIn(flow, anybody(roleExists));
  if (ways === undefined) return { bypasses: [], unknown: [`${client.clientId}: ${tooMany(flow)}`] };
  const open = ways.filter(counts);
  const unknown = open.length > 0 ? [] : unknownOf(flow, ways).map((words) => `${client.clientId}: ${words}`);
  if (open.length === 0) return { bypasses: [], unknown };
  const grants = form === "legacy_sign_in" ? { directAccessGrants: "on" } : {};
  const evidence = { ...grants, flow: flow.alias, letsInWith: open.map(wordsOf).join("; ") };
  return { bypasses: [finding(form, application(client), `client ${client.clientId}`, evidence)], unknown };
}

function ofReset({ resetFlow: flow, realm, roleExists }: RealmFacts): Findings {
  if (flow === undefined) return { bypasses: [], unknown: [] };
  const ways = waysIn(flow, anybody(roleExists));
  if (ways === undefined) return { bypasses: [], unknown: [tooMany(flow)] };
  const byMail = ways.filter(isWeak);
  const unknown = unknownOf(flow, ways);
  if (byMail.length === 0) return { bypasses: [], unknown };
  const evidence = { resetPasswordAllowed: "on", flow: flow.alias, letsInWith: byMail.map(wordsOf).join("; ") };
  return { bypasses: [finding("recovery_by_mail", everyone(realm), `flow ${flow.alias}`, evidence)], unknown };
}

/** Where a passkey is demanded and nobody can be asked to register one, the exception stays the only way in. */
function ofEnrolment({ browserFlow, requiredActions, realm }: RealmFacts): Findings {
  const demands = authenticatorsIn(browserFlow).some(({ step, inForce }) => inForce && STRONG.has(step.provider));
  const offered = requiredActions.filter(({ alias, enabled }) => enabled && REGISTERS_PASSKEY.includes(alias));
  if (!demands || offered.length > 0) return { bypasses: [], unknown: [] };
  const evidence = { requiredActions: `none of ${REGISTERS_PASSKEY.join(", ")} is enabled: nobody can be asked to register a passkey` };
  return { bypasses: [finding("enrolment_open", everyone(realm), `realm ${realm}`, evidence)], unknown: [] };
}

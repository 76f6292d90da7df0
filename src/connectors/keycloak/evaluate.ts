/**
 * What a flow lets a person in with. Follows the server's own order: sub-flows whose conditions do not hold are as if they were not
 * there; as long as anything is required, alternatives do not count; all that is required has to be given, of alternatives one.
 */
import type { Flow, Step } from "./map-flow.ts";

/** What a person gives at one step. */
export type Proof =
  | "passkey"
  | "security_key"
  | "certificate"
  | "password"
  | "one_time_code"
  | "recovery_code"
  | "mailbox"
  | "kerberos"
  | "nothing" // a username, or not even that
  | `custom:${string}`;

/** One way in: all that has to be given, and what was taken for granted because it is not known. */
export interface Way {
  readonly proofs: readonly Proof[];
  readonly assumes: readonly string[];
}

/** What is known of the person; undefined where it is not. */
export interface PersonFacts {
  /** Role as conditions write it: `role`, or `client.role`. */
  readonly hasRole: (role: string) => boolean | undefined;
  readonly roleExists: (role: string) => boolean | undefined;
  /** Values of an attribute, with those of the groups where asked for. */
  readonly attribute: (name: string, withGroups: boolean) => readonly string[] | undefined;
  /** Whether the person has set up what this authenticator asks for. */
  readonly hasSetUp: (provider: string) => boolean | undefined;
}

const PROOFS: ReadonlyMap<string, Proof> = new Map(
  Object.entries<Proof>({
    "webauthn-authenticator": "security_key",
    "webauthn-authenticator-passwordless": "passkey",
    "auth-x509-client-username-form": "certificate",
    "direct-grant-auth-x509-username": "certificate",
    "auth-password-form": "password",
    "auth-username-password-form": "password",
    "idp-username-password-form": "password",
    "direct-grant-validate-password": "password",
    "http-basic-authenticator": "password",
    "docker-http-basic-authenticator": "password",
    "basic-auth": "password",
    "auth-otp-form": "one_time_code",
    "direct-grant-validate-otp": "one_time_code",
    "basic-auth-otp": "one_time_code",
    "auth-recovery-authn-code-form": "recovery_code",
    "reset-credential-email": "mailbox",
    "auth-spnego": "kerberos",
    "auth-username-form": "nothing",
    "direct-grant-validate-username": "nothing",
    "reset-credentials-choose-user": "nothing",
    "reset-password": "nothing",
    "reset-otp": "nothing",
    "allow-access-authenticator": "nothing",
    "user-session-limits": "nothing",
  }),
);

/** What does not ask who somebody is. Until somebody said so, conditions on them hold for nobody. */
const ASKS_NOT_WHO = new Set([
  "auth-password-form",
  "auth-otp-form",
  "auth-recovery-authn-code-form",
  "webauthn-authenticator",
  "direct-grant-validate-password",
  "direct-grant-validate-otp",
  "reset-credential-email",
  "reset-password",
  "reset-otp",
  "allow-access-authenticator",
  "deny-access-authenticator",
  "user-session-limits",
  "identity-provider-redirector",
  "organization",
]);

/**
 * What does not let anybody in by itself. A session was got by one of the other ways before. Who is sent to another identity provider
 * comes back beside the flow, whatever it demands before or after, and from every page of it: those doors are told by themselves.
 * Where there is nobody to send to, the step has not succeeded. Seen on 26.7.
 */
const NO_WAY = new Set(["auth-cookie", "deny-access-authenticator", "identity-provider-redirector", "organization"]);
/** What the realm asks of one person and not of the other is asked of none for certain. */
const SOMETIMES = new Set(["auth-conditional-otp-form"]);
const KNOWN = [PROOFS, NO_WAY, SOMETIMES];
/** What the server lets a person set up in the middle of a sign-in, with nothing but the steps before it. Seen on 26.7. */
const SET_UP_ON_THE_SPOT = new Set(["webauthn-authenticator", "auth-otp-form", "auth-recovery-authn-code-form"]);
/** The only one of them that resists phishing, once it is there. */
export const SECURITY_KEY = "webauthn-authenticator";
const RESISTANT: readonly Proof[] = ["passkey", "security_key", "certificate"];
/** More ways than this are not told apart. */
const MOST_WAYS = 256;

type Truth = boolean | undefined;

export type Verdict = "resistant" | "unknown" | "weak";

/** Whether a way resists phishing: one proof that does is enough, since all of a way's proofs have to be given. */
export function verdictOf({ proofs }: Way): Verdict {
  if (proofs.some((proof) => RESISTANT.includes(proof))) return "resistant";
  return proofs.some(isElsewhere) ? "unknown" : "weak";
}

/** Whether another system decides what is asked for. */
function isElsewhere(proof: Proof): boolean {
  return proof === "kerberos" || proof.startsWith("custom:");
}

/** Every way in, and none twice; undefined when there are too many to be told apart. */
export function waysIn(flow: Flow, person: PersonFacts): readonly Way[] | undefined {
  try {
    return distinct(waysThrough(flow, person, false));
  } catch (error) {
    if (error instanceof TooManyWays) return undefined;
    throw error;
  }
}

/** More things taken for granted than this are not tried in every combination. */
const MOST_ASSUMED = 12;

/** Whether one of the ways is open whatever is true of what they take for granted. */
export function isOpenAnyway(ways: readonly Way[]): boolean {
  const told = ways.map(({ assumes }) => assumes);
  const atoms = [...new Set(told.flat().map((words) => (words.startsWith("not: ") ? opposite(words) : words)))];
  if (atoms.length > MOST_ASSUMED) return told.some((assumes) => assumes.length === 0);
  for (let world = 0; world < 2 ** atoms.length; world++) {
    const holds = (words: string) => {
      const isNegated = words.startsWith("not: ");
      const at = atoms.indexOf(isNegated ? opposite(words) : words);
      return (world >> at) % 2 === (isNegated ? 0 : 1);
    };
    if (!told.some((assumes) => assumes.every(holds))) return false;
  }
  return true;
}

class TooManyWays extends Error {}

const EMPTY: Way = { proofs: [], assumes: [] };

function waysThrough(flow: Flow, person: PersonFacts, isTold: boolean): readonly Way[] {
  const steps = flow.steps.filter((step) => step.requirement !== "DISABLED" && !isCondition(step));
  const required = steps.filter(({ requirement }) => requirement !== "ALTERNATIVE");
  const alternatives = steps.filter(({ requirement }) => requirement === "ALTERNATIVE");
  if (required.length === 0) return bounded(alternatives.flatMap((step) => waysOf({ step, isTold }, person)));
  // With nothing left of what was required, nothing succeeds: the alternatives were taken out before.
  const variants = variantsOf(inOrder(required, isTold), person).filter(({ inForce }) => inForce.length > 0);
  return bounded(
    variants.flatMap(({ inForce, assumes }) =>
      inForce.reduce<readonly Way[]>((ways, step) => bounded(product(ways, waysOf(step, person))), [{ proofs: [], assumes }]),
    ),
  );
}

/** A step, and whether somebody has said who they are by then. */
interface Placed {
  readonly step: Step;
  readonly isTold: boolean;
}

function inOrder(steps: readonly Step[], isTold: boolean): readonly Placed[] {
  return steps.map((step, at) => ({ step, isTold: isTold || steps.slice(0, at).some(asksWho) }));
}

function asksWho(step: Step): boolean {
  // A conditional sub-flow may not be executed.
  if (step.requirement === "DISABLED" || step.requirement === "CONDITIONAL" || isCondition(step)) return false;
  return step.kind === "flow" ? step.flow.steps.some(asksWho) : !ASKS_NOT_WHO.has(step.provider);
}

interface Variant {
  readonly inForce: readonly Placed[];
  readonly assumes: readonly string[];
}

/** Which of the required steps are in force: one variant, or one for each case where a condition is not known. */
function variantsOf(required: readonly Placed[], person: PersonFacts): readonly Variant[] {
  return required.reduce<readonly Variant[]>(
    (variants, placed) => {
      const { truth, words } = placed.step.requirement === "CONDITIONAL" ? conditionsOf(placed, person) : { truth: true, words: "" };
      const more = variants.flatMap(({ inForce, assumes }) => {
        const on = { inForce: [...inForce, placed], assumes: truth === undefined ? [...assumes, words] : assumes };
        const off = { inForce, assumes: truth === undefined ? [...assumes, opposite(words)] : assumes };
        // What else is in it may be a condition that does not hold: then what it stands for is all that is known to be asked.
        const perhaps = strangersBeside(placed).map((step) => ({ ...on, inForce: [...inForce, { ...placed, step }] }));
        return truth === undefined ? consistent([on, off, ...perhaps]) : truth ? [on, ...perhaps] : [off];
      });
      return bounded(more);
    },
    [{ inForce: [], assumes: [] }],
  );
}

/** Steps beside the conditions of a conditional sub-flow that nobody knows. */
function strangersBeside({ step }: Placed): readonly Step[] {
  if (step.kind !== "flow" || step.requirement !== "CONDITIONAL" || !authenticatorsOf(step.flow.steps).some(isCondition)) return [];
  return strangersIn(step.flow.steps).map((each) => ({ ...each, requirement: "REQUIRED" }));
}

/** The same condition does not hold and fail at once. */
function consistent(variants: readonly Variant[]): readonly Variant[] {
  return variants.filter(({ assumes }) => assumes.every((one) => !assumes.includes(opposite(one))));
}

function opposite(words: string): string {
  return words.startsWith("not: ") ? words.slice("not: ".length) : `not: ${words}`;
}

function waysOf({ step, isTold }: Placed, person: PersonFacts): readonly Way[] {
  if (step.kind === "flow") return waysThrough(step.flow, person, isTold);
  const { provider, requirement } = step;
  if (NO_WAY.has(provider)) return [];
  if (SOMETIMES.has(provider)) return [EMPTY];
  const proof = PROOFS.get(provider) ?? (`custom:${provider}` as const);
  if (proof === "nothing") return [EMPTY];
  if (person.hasSetUp(provider) === false) {
    const isOnTheSpot = requirement !== "ALTERNATIVE" && SET_UP_ON_THE_SPOT.has(provider);
    return isOnTheSpot ? [{ proofs: [], assumes: [setUpWords(provider)] }] : [];
  }
  return [{ proofs: [proof], assumes: [] }];
}

function setUpWords(provider: string): string {
  return `${provider} is set up at that sign-in`;
}

/** What lets in who has no security key yet, and lets them register whichever they hold. */
export function waysWithoutKey(flow: Flow, person: PersonFacts): readonly Way[] | undefined {
  const newcomer: PersonFacts = { ...person, hasSetUp: (provider) => (provider === SECURITY_KEY ? false : person.hasSetUp(provider)) };
  return waysIn(flow, newcomer)?.filter(({ assumes }) => assumes.includes(setUpWords(SECURITY_KEY)));
}

export function isCondition(step: Step): boolean {
  return step.kind === "authenticator" && step.provider.startsWith("conditional-");
}

type Authenticator = Step & { readonly kind: "authenticator" };

/** What a sub-flow hangs on; where no condition is, what nobody knows is one, or it is never executed. */
export function hangsOn({ steps }: Flow): readonly Authenticator[] {
  const conditions = authenticatorsOf(steps).filter(isCondition);
  return conditions.length > 0 ? conditions : strangersIn(steps);
}

/** Conditions that others wrote need not be called so. */
function strangersIn(steps: readonly Step[]): readonly Authenticator[] {
  return authenticatorsOf(steps).filter((step) => !isCondition(step) && !KNOWN.some((some) => some.has(step.provider)));
}

function authenticatorsOf(steps: readonly Step[]): readonly Authenticator[] {
  return steps.flatMap((step) => (step.kind === "authenticator" && step.requirement !== "DISABLED" ? [step] : []));
}

interface Condition {
  readonly truth: Truth;
  /** What is taken for granted where it is not known. */
  readonly words: string;
}

/** All conditions of a sub-flow have to hold; one without any is never executed. */
function conditionsOf({ step, isTold }: Placed, person: PersonFacts): Condition {
  if (step.kind !== "flow") return { truth: true, words: "" };
  const told = hangsOn(step.flow).map((each) => conditionOf(each, step.flow, person));
  if (told.length === 0 || told.some(({ truth }) => truth === false)) return { truth: false, words: "" };
  const unknown = told.flatMap(({ truth, words }) => (truth === undefined ? [words] : []));
  // The server asks again later, but not in a sub-flow that is through by then.
  if (!isTold) unknown.unshift(`the person is known before ${step.flow.alias}`);
  // One of several that does not hold is not the opposite of all that do not.
  const words = unknown.length > 1 ? `all of: ${unknown.join(", ")}` : (unknown[0] ?? "");
  return { truth: unknown.length === 0 ? true : undefined, words };
}

function conditionOf(step: Authenticator, flow: Flow, person: PersonFacts): Condition {
  const { provider, config } = step;
  switch (provider) {
    case "conditional-user-role": {
      const role = config["condUserRole"] ?? "";
      // A role that is not there makes the condition false, whether negated or not.
      if (person.roleExists(role) === false) return { truth: false, words: "" };
      const has = person.hasRole(role);
      const negated = config["negate"] === "true";
      if (has !== undefined) return { truth: has !== negated, words: "" };
      return { truth: undefined, words: negated ? `not: role ${role}` : `role ${role}` };
    }
    case "conditional-user-attribute":
      return attributeCondition(config, person);
    case "conditional-user-configured":
      return { truth: isSetUp(flow, person), words: `what ${flow.alias} asks for is set up` };
    default:
      return { truth: undefined, words: `${provider} in ${flow.alias}` };
  }
}

function attributeCondition(config: Readonly<Record<string, string>>, person: PersonFacts): Condition {
  const name = config["attribute_name"] ?? "";
  const wanted = config["attribute_expected_value"] ?? "";
  const negated = config["not"] === "true";
  const values = person.attribute(name, config["include_group_attributes"] === "true");
  const words = `${negated ? "not: " : ""}attribute ${name} = ${wanted}`;
  // A pattern is the server's to match: its dialect is not ours.
  if (values === undefined || (config["regex"] === "true" && values.length > 0)) return { truth: undefined, words };
  return { truth: values.includes(wanted) !== negated, words: "" };
}

/** Sub-flows are not looked into; with nothing left to be set up it holds. */
function isSetUp({ steps }: Flow, { hasSetUp }: PersonFacts): Truth {
  const asked = steps.flatMap((step) => (step.kind === "flow" || isCondition(step) ? [] : [step]));
  const setUp = (wanted: string) => asked.flatMap(({ requirement, provider }) => (requirement === wanted ? [hasSetUp(provider)] : []));
  const [required, alternative] = [setUp("REQUIRED"), setUp("ALTERNATIVE")];
  if (required.length > 0) return required.includes(false) ? false : required.includes(undefined) ? undefined : true;
  return alternative.length === 0 || alternative.includes(true) ? true : alternative.includes(undefined) ? undefined : false;
}

function product(left: readonly Way[], right: readonly Way[]): readonly Way[] {
  return left.flatMap((one) =>
    right.flatMap((other) => {
      const assumes = [...new Set([...one.assumes, ...other.assumes])];
      if (assumes.some((each) => assumes.includes(opposite(each)))) return [];
      return [{ proofs: [...new Set([...one.proofs, ...other.proofs])], assumes }];
    }),
  );
}

function bounded<T>(some: readonly T[]): readonly T[] {
  if (some.length > MOST_WAYS) throw new TooManyWays();
  return some;
}

function distinct(ways: readonly Way[]): readonly Way[] {
  const textOf = ({ proofs, assumes }: Way) => `${[...proofs].sort().join()}|${[...assumes].sort().join()}`;
  return [...new Map(ways.map((way) => [textOf(way), way])).values()];
}

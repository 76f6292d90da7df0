/** What the example directory holds, and what that means: who is let past which policy, and by what. */
import type { Instant } from "../../kernel/time.ts";
import type {
  Bypass,
  BypassForm,
  DirectoryPerson,
  GovernedPolicy,
  GrantOrder,
  ProviderChange,
  ProviderSubject,
  ReadBack,
} from "../port.ts";

export interface ExamplePerson {
  readonly key: string;
  /** What the person types to sign in. */
  readonly name: string;
  readonly displayName: string;
  readonly kind: "user" | "service";
  readonly email: string;
  readonly managerKey?: string;
  readonly enabled: boolean;
}

export interface ExampleGroup {
  readonly key: string;
  readonly name: string;
  /** `dynamic`: its members follow from a rule, so that nobody can be taken out of it. */
  readonly kind: "static" | "dynamic";
  /** Keys of people and of groups. */
  readonly members: readonly string[];
}

/** One way past a policy, made by a grant of ours (`ref`) or by somebody else. */
export interface Opening {
  readonly form: BypassForm;
  readonly policy?: string;
  readonly subject: string;
  readonly object: string;
  readonly ref?: string;
  readonly until?: Instant;
  readonly since: Instant;
  readonly by: string;
}

export interface LoggedChange {
  readonly n: number;
  readonly at: Instant;
  readonly by: string;
  readonly action: "added" | "removed";
  readonly object: string;
  readonly subject: string;
}

export interface ExampleState {
  /** For whoever finds the file. */
  readonly label: string;
  readonly version: 1;
  readonly people: readonly ExamplePerson[];
  readonly groups: readonly ExampleGroup[];
  readonly openings: readonly Opening[];
  /** Oldest first. */
  readonly log: readonly LoggedChange[];
}

export const POLICIES: readonly GovernedPolicy[] = [
  {
    key: "smartcard",
    title: "Smart card required to sign in (example)",
    shape: "attribute",
    demands: "smart card or security key",
    leaves: "password",
  },
  { key: "vpn", title: "Passkey required on the VPN (example)", shape: "group", demands: "passkey", leaves: "password" },
];

/** Who the directory says made a change that Postern made. */
export const OURSELVES = "postern";

/** The directory's own expiry: an opening past its end is not there, though nobody took it out. */
export function openAt(state: ExampleState, now: Instant): readonly Opening[] {
  return state.openings.filter(({ until }) => until === undefined || now < until);
}

export function subjectOf(state: ExampleState, key: string): ProviderSubject | undefined {
  const person = state.people.find((one) => one.key === key);
  if (person !== undefined) return { kind: person.kind, key, name: person.name };
  const group = state.groups.find((one) => one.key === key);
  return group === undefined ? undefined : { kind: "group", key, name: group.name };
}

export function findByName(state: ExampleState, name: string): ProviderSubject | undefined {
  const wanted = name.toLowerCase();
  const found = state.people.find((one) => one.name === wanted || one.email === wanted) ?? state.groups.find((one) => one.name === wanted);
  return found === undefined ? undefined : subjectOf(state, found.key);
}

/** Keys of the people a subject stands for, through groups in groups. */
export function peopleIn(state: ExampleState, key: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const group = state.groups.find((one) => one.key === key);
  if (group === undefined || seen.has(key)) return new Set(state.people.some((one) => one.key === key) ? [key] : []);
  return new Set(group.members.flatMap((member) => [...peopleIn(state, member, new Set([...seen, key]))]));
}

export function refusalOf(state: ExampleState, policy: string, key: string): string | undefined {
  if (!POLICIES.some((one) => one.key === policy)) return `The policy ${policy} is not governed here.`;
  const group = state.groups.find((one) => one.key === key);
  if (group?.kind === "dynamic") return `${group.name} is a dynamic group: its rule would put a removed member in again.`;
  if (group?.members.some((member) => state.groups.some((one) => one.key === member)) === true)
    return `${group.name} contains groups: who is let through could change without this group being touched.`;
  return undefined;
}

export function openingKey({ form, policy, subject, object, ref }: Opening): string {
  return [form, policy ?? "-", subject, object, ref ?? "-"].join("|");
}

export function bypassOf(state: ExampleState, opening: Opening): Bypass {
  const { form, policy, subject, object, ref, until, since, by } = opening;
  return {
    key: openingKey(opening),
    form,
    ...(policy !== undefined && { policy }),
    subject: subjectOf(state, subject) ?? { kind: "user", key: subject, name: subject },
    object,
    ...(ref !== undefined && { grantRef: ref }),
    critical: form === "password_not_required" || form === "password_reset_behind_requirement",
    evidence: { directory: "example", ...(until !== undefined && { until }) },
    since,
    addedBy: by,
  };
}

/** The opening an order asks for. */
export function openingOf(order: GrantOrder, now: Instant): Opening {
  const { policy, ref, subject, validUntil } = order;
  const isGroup = POLICIES.some((one) => one.key === policy && one.shape === "group");
  return {
    form: isGroup ? "governed_group_member" : "requirement_cleared",
    policy,
    subject: subject.key,
    object: isGroup ? `example/exemptions/${policy}/${ref}` : `example/people/${subject.name}/${policy}`,
    ref,
    until: validUntil,
    since: now,
    by: OURSELVES,
  };
}

export function isOf({ policy, ref, subject }: Opening, order: GrantOrder): boolean {
  return policy === order.policy && ref === order.ref && subject === order.subject.key;
}

export function readBack(state: ExampleState, order: GrantOrder, now: Instant): ReadBack {
  const wanted = peopleIn(state, order.subject.key);
  const ways = openAt(state, now).filter(
    (opening) => opening.policy === order.policy && coversAny(state, opening, wanted, order.subject.key),
  );
  const others = ways.filter((opening) => !isOf(opening, order));
  return {
    configured: others.length < ways.length,
    effective: ways.length > 0 && wanted.size > 0,
    otherWays: others.map((opening) => ({
      key: openingKey(opening),
      words: opening.ref === undefined ? `${opening.object}, by ${opening.by}` : `Granted by ${opening.ref}`,
      ...(opening.ref !== undefined && { grantRef: opening.ref }),
    })),
    evidence: { ways: String(ways.length) },
    readAt: now,
  };
}

function coversAny(state: ExampleState, { subject }: Opening, wanted: ReadonlySet<string>, key: string): boolean {
  if (subject === key) return true;
  const through = peopleIn(state, subject);
  return wanted.size > 0 && [...wanted].every((one) => through.has(one));
}

/** The state after some openings were taken out and others put in, with each change in the log. */
export function changed(
  state: ExampleState,
  change: { readonly remove?: readonly Opening[]; readonly add?: readonly Opening[] },
  at: Instant,
  by: string,
): ExampleState {
  const { remove = [], add = [] } = change;
  const last = state.log.at(-1)?.n ?? 0;
  const made = [...remove.map((one) => ["removed", one] as const), ...add.map((one) => ["added", one] as const)];
  const log = made.map(([action, { object, subject }], i): LoggedChange => ({ n: last + 1 + i, at, by, action, object, subject }));
  return {
    ...state,
    openings: [...state.openings.filter((one) => !remove.includes(one)), ...add],
    log: [...state.log, ...log].slice(-LOG_KEPT),
  };
}

/** Enough for a demonstration; an example that grows without end helps nobody. */
const LOG_KEPT = 5000;

export function changeOf(state: ExampleState, { at, by, action, object, subject }: LoggedChange): ProviderChange {
  const who = subjectOf(state, subject);
  return { at, by, action, object, ours: by === OURSELVES, ...(who !== undefined && { subject: who }) };
}

export function directoryPerson({ key, kind, name, displayName, email, managerKey, enabled }: ExamplePerson): DirectoryPerson {
  return { subject: { kind, key, name }, displayName, email, enabled, ...(managerKey !== undefined && { managerKey }) };
}

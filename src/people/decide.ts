import { accept, type Decision, unless } from "../kernel/decision.ts";
import { fieldChanges, isSame } from "../kernel/field-change.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { isSameAccount } from "./evolve.ts";
import type { Account, Person, PersonCommand, PersonEvent, PersonFields, PersonId } from "./person.ts";
import { refuseIf } from "./refusals.ts";
import { decidingRoles, isHelpDesk, type Role } from "./role.ts";

/** What a decision on a person needs to know beside the person. What is missing counts against. */
export interface PersonFacts {
  /** Who decides; null where a rule does (an import, the first start), which nobody can use for themselves. */
  readonly actor: { readonly id: PersonId; readonly roles: readonly string[] } | null;
  /** Persons the command names that exist. */
  readonly known: ReadonlySet<PersonId>;
  /** From the manager the command names upwards, that manager first. */
  readonly reportingLine: readonly PersonId[];
  /** Active administrators beside this person. */
  readonly otherAdministrators: number;
}

/** Decides a command on a person, with every reason against it at once. */
export function decide(state: Person | undefined, command: PersonCommand, now: Instant, facts: PersonFacts): Decision<PersonEvent> {
  switch (command.type) {
    case "add":
      return unless([...fieldReasons(command.person.id, undefined, command.person, facts), ...addedTwice(state)], () => [
        { type: "personAdded", data: { ...command.person, accounts: command.person.accounts.map((each) => told(each, undefined, facts)) } },
      ]);
    case "change": {
      const before = present(state, command);
      const changes = fieldChanges<PersonFields>(before, command.fields);
      const changed = Object.assign({}, ...changes.map((change) => change.data)) as Partial<PersonFields>;
      return unless(fieldReasons(before.id, before, changed, facts), () => changes);
    }
    case "recordAccount":
      return decideAccount(present(state, command), command.account, facts);
    case "leave":
      return decideLeave(present(state, command), command, now, facts);
    case "return":
      return decideReturn(present(state, command), command.saidBy, now);
  }
}

function present(state: Person | undefined, command: PersonCommand): Person {
  if (state === undefined) throw new RangeError(`${command.type} of nobody`);
  return state;
}

function addedTwice(state: Person | undefined): readonly Refusal[] {
  return refuseIf(state !== undefined, "people.keyTaken", "This person exists already.");
}

/** Reasons against setting these fields; only fields that are set or changed are looked at. */
function fieldReasons(id: PersonId, before: Person | undefined, fields: Partial<PersonFields>, facts: PersonFacts): readonly Refusal[] {
  return [
    ...keyReasons(before, fields),
    ...managerReasons(id, fields, facts),
    ...deputyReasons(id, fields, facts),
    ...(fields.roles === undefined ? [] : roleReasons(id, before, fields.roles, facts)),
    ...(fields.leave ?? []).flatMap(({ from, until }, i) =>
      refuseIf(until <= from, "people.leaveUnordered", "A leave ends after it begins.", `/leave/${i}`),
    ),
  ];
}

function keyReasons(before: Person | undefined, { key }: Partial<PersonFields>): readonly Refusal[] {
  const isFixed = before !== undefined && before.key !== null && key !== undefined;
  return refuseIf(isFixed, "people.keyFixed", `The key "${before?.key}" is how files name this person; it stays.`, "/key");
}

function managerReasons(id: PersonId, { manager }: Partial<PersonFields>, facts: PersonFacts): readonly Refusal[] {
  if (manager === undefined || manager === null) return [];
  const isCircle = manager === id || facts.reportingLine.includes(id);
  return [
    ...refuseIf(!facts.known.has(manager), "people.personUnknown", "The manager is not known.", "/manager"),
    ...refuseIf(isCircle, "people.managerCycle", "The manager reports to this person, directly or through others.", "/manager"),
  ];
}

function deputyReasons(id: PersonId, { deputy }: Partial<PersonFields>, facts: PersonFacts): readonly Refusal[] {
  if (deputy === undefined || deputy === null) return [];
  return [
    ...refuseIf(!facts.known.has(deputy), "people.personUnknown", "The deputy is not known.", "/deputy"),
    ...refuseIf(deputy === id, "people.deputyIsSelf", "A deputy is somebody else.", "/deputy"),
  ];
}

function roleReasons(id: PersonId, before: Person | undefined, roles: readonly Role[], facts: PersonFacts): readonly Refusal[] {
  const had = before?.roles ?? [];
  const deciding = decidingRoles(roles);
  const wasAdministrator = had.includes("administrator");
  const isAdministrator = roles.includes("administrator");
  const isLast = before?.active === true && wasAdministrator && !isAdministrator && facts.otherAdministrators === 0;
  return [
    ...refuseIf(
      isHelpDesk(roles) && deciding.length > 0,
      "people.helpDeskCombined",
      `The help desk never owns and never approves: take away help_desk, or ${deciding.join(", ")}.`,
      "/roles",
    ),
    ...refuseIf(facts.actor?.id === id, "people.ownRoles", "Somebody else has to change your roles.", "/roles"),
    ...refuseIf(
      isByOther(facts) && wasAdministrator !== isAdministrator,
      "people.administratorOnly",
      "Ask an administrator: the administrator role is given and taken by administrators only.",
      "/roles",
    ),
    ...refuseIf(isLast, "people.lastAdministrator", "Make somebody else administrator first.", "/roles"),
  ];
}

function isByOther({ actor }: PersonFacts): boolean {
  return actor !== null && !actor.roles.includes("administrator");
}

function decideAccount(before: Person, account: Account, facts: PersonFacts): Decision<PersonEvent> {
  const known = before.accounts.find((each) => isSameAccount(each, account));
  const said = told(account, known, facts);
  if (known !== undefined && isSame(known, said)) return accept();
  const reasons = refuseIf(
    isByOther(facts) && before.roles.includes("administrator"),
    "people.administratorOnly",
    "Ask an administrator: which accounts are an administrator's is said by administrators only.",
    "/key",
  );
  return unless(reasons, () => [{ type: "accountRecorded", data: said }]);
}

/** Who tied an account to somebody first is kept: an import that finds it later proves nothing about whose it is. */
function told(said: Account, known: Account | undefined, { actor }: PersonFacts): Account {
  const { byHand: _, ...told } = said;
  // Who says by hand whose it is, does not know what they type.
  const account = told.login === undefined && known?.login !== undefined ? { ...told, login: known.login } : told;
  const isByHand = known === undefined ? actor !== null : known.byHand === true;
  return isByHand ? { ...account, byHand: true } : account;
}

function decideLeave(
  before: Person,
  { saidBy, reason }: Extract<PersonCommand, { type: "leave" }>,
  now: Instant,
  facts: PersonFacts,
): Decision<PersonEvent> {
  if (before.left !== null) return accept();
  const isLast = before.active && before.roles.includes("administrator") && facts.otherAdministrators === 0;
  return unless(refuseIf(isLast, "people.lastAdministrator", "Make somebody else administrator first.", "/active"), () => [
    { type: "personLeft", data: { at: now, saidBy, reason } },
  ]);
}

/** Who left by word of a directory comes back by its word only: an account that is disabled there is not ours to enable. */
function decideReturn(before: Person, saidBy: "yaml" | "api", now: Instant): Decision<PersonEvent> {
  const disabled = before.accounts.find((account) => !account.secondary && !account.enabled);
  const reasons = refuseIf(
    disabled !== undefined,
    "people.accountDisabled",
    `The account ${disabled?.key} is disabled in its directory. Enable it there, then import again.`,
    "/active",
  );
  return unless(reasons, () => (before.left === null ? [] : [{ type: "personReturned", data: { at: now, saidBy } }]));
}

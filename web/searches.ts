/**
 * What each page keeps in the address bar. A value that cannot be read is dropped: an old bookmark still opens its page. Read by
 * hand, so that no page carries a validator to the browser.
 */
import { REASON_CODES } from "../src/decisions/contract-log.ts";
import { REGISTER_SORTS } from "../src/exceptions/contract.ts";
import { FINDING_KINDS } from "../src/findings/contract.ts";
import { ROLES } from "../src/people/contract.ts";

/** Reads one value of the address bar; undefined: nothing that can be read. */
type Read<Value> = (given: unknown) => Value;

/** Reads what it knows; a name whose value is undefined is left out of the address. */
function reading<Shape extends Readonly<Record<string, Read<unknown>>>>(shape: Shape) {
  return (search: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(shape).map(([name, read]) => [name, read(search[name])])) as {
      [Name in keyof Shape as undefined extends ReturnType<Shape[Name]> ? never : Name]: ReturnType<Shape[Name]>;
    } & { [Name in keyof Shape as undefined extends ReturnType<Shape[Name]> ? Name : never]?: ReturnType<Shape[Name]> };
}

/** The address bar gives numbers where text looks like one. */
const textOf = (given: unknown) => (typeof given === "number" ? String(given) : given);

const matching =
  (pattern: RegExp): Read<string | undefined> =>
  (given) => {
    const text = textOf(given);
    return typeof text === "string" && pattern.test(text) ? text : undefined;
  };

const text =
  (max = 200): Read<string | undefined> =>
  (given) => {
    const read = textOf(given);
    return typeof read === "string" && read !== "" && read.length <= max ? read : undefined;
  };

const oneOf =
  <const Choice extends string>(choices: readonly Choice[]): Read<Choice | undefined> =>
  (given) =>
    choices.find((each) => each === given);

/** What stands there when nothing readable does. */
const orElse =
  <Value, Other>(read: Read<Value | undefined>, other: Other): Read<Value | Other> =>
  (given) =>
    read(given) ?? other;

/** Only a path of this console: an address of another site is not followed after signing in. A browser drops tabs and line ends. */
const ownPath = matching(/^\/(?![/\\])\P{Cc}*$/u);

export const signInSearch = reading({ to: ownPath });

export const REGISTER_VIEWS = ["open", "ending", "deciding", "leaving", "overstaying", "sharedFate", "ended", "drafts", "all"] as const;
export type RegisterView = (typeof REGISTER_VIEWS)[number];

export const registerSearch = reading({
  view: oneOf(REGISTER_VIEWS),
  sort: oneOf(REGISTER_SORTS),
  search: text(),
  category: text(60),
  unit: text(80),
  owner: text(40),
  cursor: text(500),
});

export const QUEUE_VIEWS = ["votes", "reviews", "due", "load"] as const;
export type QueueView = (typeof QUEUE_VIEWS)[number];

export const queueSearch = reading({ view: oneOf(QUEUE_VIEWS) });

export const requestSearch = reading({
  /** The draft to go on with. */
  draft: text(40),
  /** The exception whose extension or change is proposed. */
  from: text(40),
  kind: oneOf(["extension", "change"]),
});

export const BYPASS_VIEWS = ["unregistered", "claimed", "registered", "removed", "all"] as const;

export const bypassesSearch = reading({
  view: oneOf(BYPASS_VIEWS),
  connection: text(40),
  cursor: text(500),
});

export const inventorySearch = reading({ connection: text(40) });

export const connectionsSearch = reading({
  /** The connection whose health is shown. */
  open: text(40),
  /** Kind of provider whose form is shown. */
  add: text(40),
});

const day = matching(/^\d{4}-\d{2}-\d{2}$/);

export const journalSearch = reading({
  /** Id of a subject, or reference of an exception. */
  about: text(40),
  actor: text(80),
  kind: text(40),
  type: text(60),
  from: day,
  until: day,
  cursor: text(500),
});

export const DELIVERY_RESULTS = ["waiting", "deferred", "sent", "bounced", "given_up", "no_address", "muted", "left"] as const;

export const deliveriesSearch = reading({
  result: oneOf(DELIVERY_RESULTS),
  cursor: text(500),
});

export const decisionsSearch = reading({
  decision: oneOf(["permit", "deny"]),
  code: oneOf(REASON_CODES),
  caller: text(400),
  subject: text(400),
  resource: text(400),
  exception: text(60),
  cursor: text(500),
});

export const administrationSearch = reading({
  /** Whose passkeys and sessions are shown. */
  person: text(40),
});

export const REPEAT_LEVELS = ["same", "resource", "subject", "split"] as const;

export const repeatsSearch = reading({ level: oneOf(REPEAT_LEVELS), cursor: text(500) });

export const ISSUE_VIEWS = ["open", "resolved", "closed", "all"] as const;

export const issuesSearch = reading({ view: oneOf(ISSUE_VIEWS), cursor: text(500) });

const OPERATION_VIEWS = ["all", "lockedOut", "broken", "unknown", "held"] as const;

export const operationsSearch = reading({ view: oneOf(OPERATION_VIEWS), search: text(), cursor: text(500) });

const MODEL_VIEWS = ["active", "retired"] as const;

/** Of components, and of common causes. */
export const modelSearch = reading({ view: oneOf(MODEL_VIEWS), search: text(), cursor: text(500) });

export const ACCOUNTABILITY_VIEWS = ["all", "gaps", "ways"] as const;

export const accountabilitySearch = reading({ view: oneOf(ACCOUNTABILITY_VIEWS), cursor: text(500) });

/** What is made to fail: keys with commas between. */
const failed = matching(/^[a-z0-9_,-]{1,2000}$/);

export const operationSearch = reading({ failed });

export const whatIfSearch = reading({ failed, outage: text(60) });

const ownKey = matching(/^[a-z][a-z0-9-]{1,60}$/);

/** What a drill is planned about, from where it was seen that nobody tried it. */
export const planDrillSearch = reading({ operation: ownKey, path: ownKey, component: ownKey, fails: failed });

export const FINDING_VIEWS = ["open", "mine", "overdue", "accepted", "mended", "all"] as const;

export const findingsSearch = reading({
  view: oneOf(FINDING_VIEWS),
  kind: oneOf(FINDING_KINDS),
  /** A person's id, or `nobody`. */
  owner: text(60),
  cursor: text(500),
});

export const RISK_VIEWS = ["all", "proposed", "accepted", "reopened", "withdrawn"] as const;

export const risksSearch = reading({ view: oneOf(RISK_VIEWS), cursor: text(500) });

export const proposeRiskSearch = reading({
  /** Design issue or exception it covers from the beginning. */
  issue: text(60),
  exception: text(60),
  finding: text(60),
  operation: text(100),
  /** Failures that together lock the operation out, in one text with commas. */
  failures: text(500),
  /** One that was reopened: the new one begins with what it said. */
  anew: text(60),
});

export const peopleSearch = reading({
  search: text(),
  role: oneOf(ROLES),
  cursor: text(500),
});

export const teamsSearch = reading({ search: text(), cursor: text(500) });

const port: Read<number | undefined> = (given) => {
  const read = Number(given);
  return Number.isInteger(read) && read >= 1024 && read <= 65_535 ? read : undefined;
};

const label: Read<string | undefined> = (given) => {
  const read = textOf(given);
  return typeof read === "string" ? text(80)(read.trim()) : undefined;
};

export const cliSearch = reading({
  port: orElse(port, 0),
  challenge: orElse(matching(/^[A-Za-z0-9_-]{43}$/), ""),
  state: orElse(matching(/^[A-Za-z0-9_-]{16,100}$/), ""),
  label: orElse(label, "Command line"),
});

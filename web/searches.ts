/** What each page keeps in the address bar. A value that cannot be read is dropped: an old bookmark still opens its page. */
import { z } from "zod";

import { ROLE_CHOICES } from "./roles.ts";

import { registerSort } from "../src/exceptions/contract.ts";

const text = (max = 200) => z.string().min(1).max(max).optional().catch(undefined);

function reading<Shape extends z.ZodRawShape>(shape: Shape) {
  const schema = z.object(shape);
  return (search: Record<string, unknown>) => schema.parse(search);
}

/** Only a path of this console: an address of another site is not followed after signing in. A browser drops tabs and line ends. */
const ownPath = z
  .string()
  .regex(/^\/(?![/\\])\P{Cc}*$/u)
  .optional()
  .catch(undefined);

export const signInSearch = reading({ to: ownPath });

export const REGISTER_VIEWS = ["open", "ending", "deciding", "leaving", "overstaying", "ended", "drafts", "all"] as const;
export type RegisterView = (typeof REGISTER_VIEWS)[number];

export const registerSearch = reading({
  view: z.enum(REGISTER_VIEWS).optional().catch(undefined),
  sort: registerSort.optional().catch(undefined),
  search: text(),
  category: text(60),
  unit: text(80),
  owner: text(40),
  cursor: text(500),
});

export const QUEUE_VIEWS = ["votes", "reviews", "due", "load"] as const;
export type QueueView = (typeof QUEUE_VIEWS)[number];

export const queueSearch = reading({ view: z.enum(QUEUE_VIEWS).optional().catch(undefined) });

export const requestSearch = reading({
  /** The draft to go on with. */
  draft: text(40),
  /** The exception whose extension or change is proposed. */
  from: text(40),
  kind: z.enum(["extension", "change"]).optional().catch(undefined),
});

export const BYPASS_VIEWS = ["unregistered", "claimed", "registered", "removed", "all"] as const;

export const bypassesSearch = reading({
  view: z.enum(BYPASS_VIEWS).optional().catch(undefined),
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

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined);

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
  result: z.enum(DELIVERY_RESULTS).optional().catch(undefined),
  cursor: text(500),
});

export const administrationSearch = reading({
  /** Whose passkeys and sessions are shown. */
  person: text(40),
});

export const REPEAT_LEVELS = ["same", "resource", "subject", "split"] as const;

export const repeatsSearch = reading({ level: z.enum(REPEAT_LEVELS).optional().catch(undefined), cursor: text(500) });

export const ISSUE_VIEWS = ["open", "resolved", "closed", "all"] as const;

export const issuesSearch = reading({ view: z.enum(ISSUE_VIEWS).optional().catch(undefined), cursor: text(500) });

export const RISK_VIEWS = ["all", "proposed", "accepted", "withdrawn"] as const;

export const risksSearch = reading({ view: z.enum(RISK_VIEWS).optional().catch(undefined), cursor: text(500) });

export const proposeRiskSearch = reading({
  /** Design issue or exception it covers from the beginning. */
  issue: text(60),
  exception: text(60),
});

export const peopleSearch = reading({
  search: text(),
  role: z.enum(ROLE_CHOICES).optional().catch(undefined),
  cursor: text(500),
});

export const teamsSearch = reading({ search: text(), cursor: text(500) });

export const cliSearch = reading({
  port: z.coerce.number().int().min(1024).max(65_535).catch(0),
  challenge: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .catch(""),
  state: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,100}$/)
    .catch(""),
  label: z.string().trim().min(1).max(80).catch("Command line"),
});

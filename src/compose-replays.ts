/** How every kind of subject is rebuilt from its entries: what `postern verify` compares stored state with. */
import { accessReplays } from "./access/index.ts";
import { accessRequestReplays } from "./access-requests/index.ts";
import { accountabilityReplays } from "./accountability/index.ts";
import { bypassColumns, evolveBypass } from "./bypasses/index.ts";
import { canaryColumns, evolveCanary } from "./canaries/index.ts";
import { driftColumns, evolveConnection, evolveDrift } from "./connections/index.ts";
import { ruleReplays } from "./decisions/index.ts";
import { drillReplays } from "./drills/index.ts";
import { estateReplays } from "./estate/index.ts";
import {
  evolveException,
  evolvePolicy,
  type ExceptionState,
  project,
  refuseUnapproved,
  signedDecision,
  signedPolicy,
} from "./exceptions/index.ts";
import { findingReplays } from "./findings/index.ts";
import { governanceReplays } from "./governance/index.ts";
import type { JournalEntry, Replay, Replays } from "./journal/index.ts";
import { peopleReplays } from "./people/index.ts";

type Columns<State> = (state: State) => Readonly<Record<string, unknown>>;

/** A module's fold over events as a replay over entries, with the columns that lists are made of. */
function replay<State>(table: string, evolve: (state: State | undefined, event: never) => State, columns: Columns<State>): Replay {
  return {
    table,
    evolve: (state, entry: JournalEntry) => evolve(state as State | undefined, { type: entry.type, data: entry.data } as never),
    columns: (state) => columns(state as State),
  };
}

/** All but what needs the category's policy (`due_at`): that one decides when the tick looks, never what is in force. */
function exceptionColumns(state: ExceptionState): Readonly<Record<string, unknown>> {
  const { due_at: _, ...columns } = project(state, undefined);
  return columns;
}

export const REPLAYS: Replays = {
  ...peopleReplays,
  ...drillReplays,
  ...estateReplays,
  ...accessReplays,
  ...governanceReplays,
  ...accountabilityReplays,
  ...findingReplays,
  ...accessRequestReplays,
  ...ruleReplays,
  connection: replay("connection", evolveConnection, ({ key, status }) => ({ key, status })),
  canary: replay("canary", evolveCanary, canaryColumns),
  drift: replay("drift", evolveDrift, driftColumns),
  bypass: replay("bypass", evolveBypass, bypassColumns),
  policy: {
    ...replay("category_policy", evolvePolicy, ({ policy }) => ({ key: policy.key })),
    decision: (_, entry, hash) => signedPolicy(entry, hash),
  },
  // An exception's events carry their facts beside their type, not below it.
  exception: {
    table: "exception",
    evolve(state, entry) {
      refuseUnapproved(state as ExceptionState | undefined, entry);
      return evolveException(state as never, { type: entry.type, ...(entry.data as object) } as never);
    },
    decision: (before, entry, hash) => signedDecision(before as ExceptionState | undefined, entry, hash),
    columns: (state) => exceptionColumns(state as ExceptionState),
  },
};

/** A fictional company to try Postern on: see docs/connectors/example.md. No provider is spoken to. */
import { basename } from "node:path";

import type { Instant } from "../../kernel/time.ts";
import {
  type Bypass,
  type Capabilities,
  type Connector,
  type GrantOrder,
  type GrantOutcome,
  ProviderFault,
  type RevokeOutcome,
} from "../port.ts";
import { changesIn } from "./changes.ts";
import { type Directory, isOver, openingsNow, policyOf, POLICIES } from "./directory.ts";
import { bypassesIn } from "./discover.ts";
import { grantIn, withoutEnded, withoutOpening } from "./grant.ts";
import { grantKey } from "./naming.ts";
import { readIn, SESSION_SECONDS, sessionsEndBy } from "./read.ts";
import { openState, type State } from "./state.ts";
import { findSubject, accountsBehind, peopleIn, refusalOf } from "./subjects.ts";

export const EXAMPLE = "example";

const CAPABILITIES: Capabilities = {
  resumesDiscovery: false,
  nativeExpiry: true,
  simulate: false,
  endSessions: false,
  signIns: false,
  changes: true,
  maxPropagationSeconds: 0,
  residualSessionSeconds: SESSION_SECONDS,
  permissions: [
    {
      name: "write to the data folder",
      why: "the fictional directory is one file in it",
      without: "the example can be neither read for the first time nor changed",
    },
  ],
};

/** `path`: the file, made with its fictional people on the first reading. */
export function createExampleDirectory({ path, now }: { path: string; now: () => Instant }): Connector {
  const state = openState(path, now);
  return {
    kind: EXAMPLE,
    policies: POLICIES,
    capabilities: async () => CAPABILITIES,
    health: async () => health(state, basename(path)),
    async *discover() {
      yield* bypassesIn(state.read(), now());
    },
    async *people() {
      yield* peopleIn(state.read());
    },
    findSubject: async (name) => findSubject(state.read(), name),
    refusesSubject: async (policy, subject) => refusalOf(state.read(), policy, subject),
    accountsBehind: async (subject) => accountsBehind(state.read(), subject),
    grant: async (order) => grant(state, order, now()),
    revoke: async (order) => revoke(state, order, now()),
    remove: async (bypass) => remove(state, bypass, now()),
    read: async (order) => readIn(state.read(), order, now()),
    endSessions: async () => ({
      ended: false,
      residual: { words: "sessions of the fictional applications, for an hour at most", until: sessionsEndBy(now()) },
    }),
    signIns: async (cursor) => ({ items: [], cursor: cursor ?? "", more: false }),
    changes: async (cursor) => {
      state.update((directory) => withoutEnded(directory, now()));
      return changesIn(state.read(), cursor);
    },
    close: async () => undefined,
  };
}

async function health(state: State, file: string): ReturnType<Connector["health"]> {
  const { permissions } = CAPABILITIES;
  try {
    const { accounts } = state.read();
    const words = `Example directory (fictional): ${accounts.length} accounts in ${file}`;
    return { reachable: true, words, permissions: permissions.map((one) => ({ ...one, held: state.isWritable() })) };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: error.message, permissions };
  }
}

function grant(state: State, order: GrantOrder, now: Instant): GrantOutcome {
  let outcome: GrantOutcome | undefined;
  state.update((directory) => {
    const granted = grantIn(withoutEnded(directory, now), order, now);
    outcome = granted.outcome;
    return granted.directory;
  });
  if (outcome === undefined) throw new ProviderFault("fault", "The file of the example directory was not changed.");
  return outcome;
}

function revoke(state: State, order: GrantOrder, now: Instant): RevokeOutcome {
  if (policyOf(order.policy) === undefined) {
    return { outcome: "not_supported", reason: `This connection governs no policy ${order.policy}.` };
  }
  return takeAway(state, grantKey(order.policy, order.ref, order.subject.key), now);
}

function remove(state: State, { key }: Bypass, now: Instant): RevokeOutcome {
  const opening = state.read().openings.find((one) => one.key === key);
  if (opening?.fixed !== undefined) return { outcome: "not_supported", reason: opening.fixed };
  return takeAway(state, key, now);
}

function takeAway(state: State, key: string, now: Instant): RevokeOutcome {
  let wasThere = false;
  state.update((directory) => {
    const current = withoutEnded(directory, now);
    wasThere = isThere(current, key, now);
    return withoutOpening(current, key, now);
  });
  if (isThere(state.read(), key, now)) throw new ProviderFault("fault", `${key} is still there after it was taken away.`);
  return { outcome: wasThere ? "removed" : "already_absent" };
}

function isThere(directory: Directory, key: string, now: Instant): boolean {
  return openingsNow(directory, now).some((opening) => opening.key === key && !isOver(opening, now));
}

/**
 * A provider in memory that keeps what it is told, for store and simulation suites: a set of subjects let through one policy.
 * It can be switched off, and things can be changed in it behind Postern's back.
 */
import {
  type Bypass,
  type Connector,
  type GrantOrder,
  type ProviderChange,
  ProviderFault,
  type ProviderSignIn,
  type ProviderSubject,
} from "../../src/connectors/port.ts";
import { addDuration, duration, type Instant } from "../../src/kernel/time.ts";

export interface MemoryProvider extends Connector {
  /** True while it answers. */
  isUp: boolean;
  /** What it really holds: `<grantRef> <subject key>`; hand-made entries begin with `hand`. */
  readonly held: Set<string>;
  readonly calls: string[];
  /** The calls that really changed something. */
  readonly effects: string[];
  add(subject: ProviderSubject): void;
  /** Its log: who changed what it holds. */
  readonly changed: ProviderChange[];
  /** Keys of the accounts in a group, by the group's. */
  readonly members: Map<string, readonly string[]>;
}

export function createMemoryProvider(now: () => Instant): MemoryProvider {
  const held = new Set<string>();
  const subjects = new Map<string, ProviderSubject>();
  const members = new Map<string, readonly string[]>();
  const changed: ProviderChange[] = [];
  const calls: string[] = [];
  const effects: string[] = [];
  const reach = (call: string): void => {
    if (!provider.isUp) throw new ProviderFault("unreachable", "connection refused");
    calls.push(call);
  };
  const provider: MemoryProvider = {
    isUp: true,
    held,
    members,
    changed,
    calls,
    effects,
    add: (subject) => void subjects.set(subject.key, subject),
    kind: "memory",
    policies: [{ key: "vpn", title: "VPN", shape: "group", demands: "passkey", leaves: "password" }],
    capabilities: async () => ({
      resumesDiscovery: false,
      nativeExpiry: false,
      simulate: true,
      endSessions: true,
      signIns: false,
      changes: false,
      maxPropagationSeconds: 0,
      residualSessionSeconds: 36_000,
      permissions: [],
    }),
    health: async () => ({ reachable: provider.isUp, words: provider.isUp ? "in memory" : "off", permissions: [] }),
    async *discover() {
      reach("discover");
      for (const entry of held) yield bypassOf(entry, subjects);
    },
    async *people() {
      reach("people");
      for (const subject of subjects.values()) yield { subject, displayName: subject.name, enabled: true };
    },
    findSubject: async (name) => {
      reach("findSubject");
      return [...subjects.values()].find((subject) => subject.name === name);
    },
    refusesSubject: async () => undefined,
    accountsBehind: async ({ key }) => {
      reach("accountsBehind");
      return members.get(key) ?? [key];
    },
    grant: async (order) => {
      reach(`grant ${entryOf(order)}`);
      if (!held.has(entryOf(order))) effects.push(`grant ${entryOf(order)}`);
      held.add(entryOf(order));
      return { outcome: "applied", object: `group ${order.ref}` };
    },
    revoke: async (order) => {
      reach(`revoke ${entryOf(order)}`);
      if (!held.delete(entryOf(order))) return { outcome: "already_absent" };
      effects.push(`revoke ${entryOf(order)}`);
      return { outcome: "removed" };
    },
    remove: async (bypass) => {
      reach(`remove ${bypass.key}`);
      return held.delete(bypass.key) ? { outcome: "removed" } : { outcome: "already_absent" };
    },
    read: async (order) => {
      reach(`read ${entryOf(order)}`);
      const others = [...held].filter((entry) => entry !== entryOf(order) && entry.endsWith(` ${order.subject.key}`));
      const configured = held.has(entryOf(order));
      const otherWays = others.map((key) => ({ key, words: key.startsWith("hand") ? "added by hand" : `exception ${key.split(" ")[0]}` }));
      return { configured, effective: configured || others.length > 0, otherWays, evidence: {}, readAt: now() };
    },
    endSessions: async () => {
      reach("endSessions");
      return { ended: false, residual: { words: "tickets", until: addDuration(now(), duration("PT10H")) } };
    },
    signIns: async () => ({ items: [] as ProviderSignIn[], cursor: "", more: false }),
    changes: async (cursor) => {
      reach("changes");
      return { items: changed.slice(Number(cursor ?? 0)), cursor: changed.length === 0 ? "" : String(changed.length), more: false };
    },
    close: async () => undefined,
  };
  return provider;
}

const entryOf = (order: GrantOrder): string => `${order.ref} ${order.subject.key}`;

function bypassOf(entry: string, subjects: ReadonlyMap<string, ProviderSubject>): Bypass {
  const [ref = "", key = ""] = entry.split(" ");
  const isOurs = ref.startsWith("EXC-");
  return {
    key: entry,
    form: isOurs ? "governed_group_member" : "ungoverned_exemption",
    policy: "vpn",
    subject: subjects.get(key) ?? { kind: "user", key, name: key },
    object: `group ${ref}`,
    critical: !isOurs,
    evidence: {},
    ...(isOurs && { grantRef: ref }),
  };
}

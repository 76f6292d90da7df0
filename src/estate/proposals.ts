/**
 * What the connections and the real endpoints say of the model, as changes a person may take over: never done by themselves. Each is a
 * piece of an estate file, so that it is tried and applied like one.
 */
import type { Endpoint } from "./component.ts";
import type { Application } from "./estate.ts";
import { type Expression, keysOf } from "./expression.ts";
import type { CommonCauseItem, ComponentItem, ModelItems, OperationItem } from "./file.ts";
import { forRepairs, type RepairSeen } from "./repair-proposals.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation } from "./model-event.ts";

export const PROPOSAL_SOURCES = ["connection", "application", "certificate", "drill"] as const;

export interface Proposal extends ModelItems {
  /** Stays the same as long as it stands. */
  readonly key: string;
  readonly source: (typeof PROPOSAL_SOURCES)[number];
  /** One sentence: what was seen, and what would be kept of it. */
  readonly words: string;
}

/** What an endpoint showed, as far as the model wants to know. */
export interface EndpointSeen {
  readonly component: string;
  readonly endpoint: Endpoint;
  /** Of TLS the chain's end, of a key set the first signing key to end; null where nothing says when. */
  readonly endsOn: string | null;
  readonly issuer: string | null;
  /** What is wrong with it, in sentences. */
  readonly faults: readonly string[];
}

export interface ProposalFacts {
  /** Of every status: a key that is taken stays taken. */
  readonly components: readonly KeptComponent[];
  readonly commonCauses: readonly KeptCommonCause[];
  readonly operations: readonly KeptOperation[];
  readonly applications: readonly Application[];
  /** Those that are connected. */
  readonly connections: readonly { readonly key: string; readonly name: string; readonly kind: string }[];
  readonly seen: readonly EndpointSeen[];
  readonly repairs: readonly RepairSeen[];
  /** The day it was read, for the evidence. */
  readonly today: string;
}

/** Applications of these tiers are asked about: what is hardly missed needs no operation. */
const TIERS_ASKED: ReadonlySet<number> = new Set([1, 2]);

/** Kinds of connections that keep accounts, and do not sign anybody in elsewhere. */
const DIRECTORIES = /ldap|directory/;

const NOTHING = { components: [], commonCauses: [], operations: [] } as const;

export function proposalsOf(facts: ProposalFacts): readonly Proposal[] {
  const ofConnection = new Map(facts.connections.map((connection) => [connection.key, componentOf(facts, connection)]));
  return [
    ...[...ofConnection.values()].flatMap(({ proposal }) => proposal ?? []),
    ...facts.applications.flatMap((application) => {
      const component = ofConnection.get(application.provider?.connection ?? "");
      return component === undefined ? [] : forApplication(facts, application, component);
    }),
    ...facts.seen.flatMap((each) => forCertificate(facts, each)),
    ...sameIssuer(facts),
    ...forRepairs(facts.components, facts.repairs),
  ];
}

interface OfConnection {
  readonly name: string;
  readonly key: string;
  /** Absent: it is in the model already. */
  readonly proposal?: Proposal;
}

function componentOf({ components }: ProposalFacts, { key, name, kind }: ProposalFacts["connections"][number]): OfConnection {
  const found = components.find((each) => each.connection === key && each.status === "active");
  if (found !== undefined) return { name, key: found.key };
  const own = freeKey(key, new Set(components.map((each) => each.key)));
  const item: ComponentItem = {
    key: own,
    name,
    kind: DIRECTORIES.test(kind) ? "directory" : "idp",
    layer: "identity",
    connection: key,
    endpoints: [],
    status: "active",
  };
  const words = `${name} is connected and nothing in the model is it. Add it, so that what hangs on it can be said.`;
  return { name, key: own, proposal: { ...NOTHING, key: `connection:${key}`, source: "connection", words, components: [item] } };
}

function forApplication(facts: ProposalFacts, application: Application, of: OfConnection): readonly Proposal[] {
  if (application.status !== "active") return [];
  const about = facts.operations.filter((each) => each.application === application.key && each.status === "active");
  if (about.length > 0) return about.flatMap((operation) => extended(facts, application, operation, of));
  if (!TIERS_ASKED.has(application.tier)) return [];
  const key = freeKey(`use-${application.key}`, new Set(facts.operations.map((each) => each.key)));
  const operation: OperationItem = {
    key,
    name: `Work in ${application.name}`,
    criticality: application.tier,
    application: application.key,
    businessOwner: application.owner,
    tolerates: application.tier === 1 ? 1 : 0,
    paths: [{ key: "sign-in", name: of.name, population: "human", role: "primary", needs: of.key }],
    status: "active",
  };
  const words = `${application.name} lets people in through ${of.name}, and nothing says what must be possible in it. Add it with that one way in.`;
  const components = of.proposal?.components ?? [];
  return [{ ...NOTHING, key: `application:${application.key}`, source: "application", words, components, operations: [operation] }];
}

/** The primary ways in of an operation whose application signs in through a provider that they say nothing of. */
function extended(
  { components }: ProposalFacts,
  application: Application,
  operation: KeptOperation,
  of: OfConnection,
): readonly Proposal[] {
  const needs = new Map(components.map((each) => [each.key, keysOf(each.requires)]));
  const hangsOn = (need: Expression) => reaches(keysOf(need), of.key, needs);
  const primary = operation.paths.filter(({ role, population }) => role === "primary" && population !== "machine");
  if (primary.length === 0 || primary.some((path) => hangsOn(path.needs))) return [];
  const paths = operation.paths.map((path) => (primary.includes(path) ? { ...path, needs: { all: [path.needs, of.key] } } : path));
  const { id: _, ...fields } = operation;
  const words = `${application.name} lets people in through ${of.name}, but the primary way into “${operation.name}” does not need it. Add that need.`;
  return [
    {
      ...NOTHING,
      key: `operation:${operation.key}`,
      source: "application",
      words,
      components: of.proposal?.components ?? [],
      operations: [{ ...fields, paths }],
    },
  ];
}

function reaches(from: readonly string[], wanted: string, needs: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set(from);
  for (const key of seen) for (const next of needs.get(key) ?? []) seen.add(next);
  return seen.has(wanted);
}

/** What is shown at an endpoint is a component of its own: it ends on a day, whatever becomes of the one that shows it. */
function forCertificate(
  { components, today }: ProposalFacts,
  { component: of, endpoint, endsOn, issuer, faults }: EndpointSeen,
): readonly Proposal[] {
  const holder = components.find(({ key }) => key === of);
  if (holder === undefined || endsOn === null) return [];
  const wrong = faults.length === 0 ? "" : ` ${faults.join(" ")}`;
  const what = endpoint.kind === "tls" ? "certificate" : "signing keys";
  const facts = `${endpoint.address}: ends ${endsOn}${issuer === null ? "" : `, issued by ${issuer}`}`;
  const evidence = `Read ${today}. ${facts}.${wrong}`.slice(0, 500);
  const known = components.find(
    (each) =>
      each.kind === "certificate" &&
      each.status === "active" &&
      each.endpoints.some((at) => at.kind === endpoint.kind && at.address === endpoint.address),
  );
  if (known !== undefined) return renewed(known, facts, evidence);
  const key = freeKey(`${of}-${endpoint.kind === "tls" ? "certificate" : "keys"}`, new Set(components.map((each) => each.key)));
  const item: ComponentItem = {
    key,
    name: `${holder.name}: ${what}`,
    kind: "certificate",
    layer: holder.layer,
    owner: holder.owner,
    evidence,
    endpoints: [endpoint],
    status: "active",
  };
  const { id: _, ...fields } = holder;
  const requires = holder.requires === null ? key : { all: [holder.requires, key] };
  const words = `${holder.name} shows ${what} at ${facts}.${wrong} Add them as what it needs.`;
  return [
    {
      ...NOTHING,
      key: `certificate:${of}:${endpoint.address}`,
      source: "certificate",
      words,
      components: [item, { ...fields, requires }],
    },
  ];
}

function renewed(known: KeptComponent, facts: string, evidence: string): readonly Proposal[] {
  if (known.evidence?.includes(facts) === true) return [];
  const { id: _, ...fields } = known;
  const words = `${known.name} is not as last read: ${facts}. Keep that as its evidence.`;
  return [{ ...NOTHING, key: `certificate:${known.key}`, source: "certificate", words, components: [{ ...fields, evidence }] }];
}

/** Certificates that one authority issued fail together when it does. */
function sameIssuer({ components, commonCauses, seen }: ProposalFacts): readonly Proposal[] {
  const active = components.filter(({ kind, status }) => kind === "certificate" && status === "active");
  const keyAt = ({ endpoint }: EndpointSeen) =>
    active.find(({ endpoints }) => endpoints.some((at) => at.kind === endpoint.kind && at.address === endpoint.address))?.key;
  const byIssuer = Map.groupBy(
    seen.filter(({ issuer }) => issuer !== null),
    ({ issuer }) => issuer!,
  );
  return [...byIssuer].flatMap(([issuer, those]) => {
    const members = [...new Set(those.flatMap((each) => keyAt(each) ?? []))].toSorted();
    const isSaid = commonCauses.some(
      (cause) => cause.kind === "ca-root" && cause.status === "active" && members.every((member) => cause.members.includes(member)),
    );
    if (members.length < 2 || isSaid) return [];
    const key = freeKey(slugOf(`ca ${issuer}`), new Set(commonCauses.map((each) => each.key)));
    const cause: CommonCauseItem = { key, name: `Authority: ${issuer}`.slice(0, 200), kind: "ca-root", members, status: "active" };
    const words = `${members.length} certificates are issued by ${issuer}: when it fails or is distrusted, they fail together. Say so.`;
    return [{ ...NOTHING, key: `issuer:${key}`, source: "certificate" as const, words, commonCauses: [cause] }];
  });
}

export function slugOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const begun = /^[a-z]/.test(plain) ? plain : `x-${plain}`;
  return begun.slice(0, 50).padEnd(2, "x");
}

function freeKey(wanted: string, taken: ReadonlySet<string>): string {
  const short = wanted.slice(0, 55);
  if (!taken.has(short)) return short;
  for (let n = 2; ; n++) if (!taken.has(`${short}-${n}`)) return `${short}-${n}`;
}

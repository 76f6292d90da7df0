/** A large invented estate, the same for the same seed: thousands of operations on shared infrastructure, and edits of it. */
import type { CommonCause, Component, ComponentKind, Layer } from "../src/estate/component.ts";
import type { Expression } from "../src/estate/expression.ts";
import type { AccessPath, Operation, PathRole } from "../src/estate/operation.ts";
import type { LockoutModel } from "../src/lockout/model.ts";
import { type Draw, drawing } from "../test/support/lockout-models.ts";

const REGIONS = 12;
const PROVIDERS = 24;
const BROKERS = 60;
const DIRECTORIES = 40;
const NETWORKS = 80;
const AUTHORITIES = 10;
const DEVICE_TRUSTS = 30;
const GATEWAYS = 24;
const VAULTS = 50;
const HELPDESKS = 30;
const PEOPLE = 400;

const range = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}-${i}`);
const SHARED = {
  region: range(REGIONS, "region"),
  dns: range(REGIONS * 2, "dns"),
  authority: range(AUTHORITIES, "ca"),
  network: range(NETWORKS, "network"),
  directory: range(DIRECTORIES, "directory"),
  idp: range(PROVIDERS, "idp"),
  broker: range(BROKERS, "broker"),
  trust: range(DEVICE_TRUSTS, "device-trust"),
  gateway: range(GATEWAYS, "gateway"),
  vault: range(VAULTS, "vault"),
  helpdesk: range(HELPDESKS, "helpdesk"),
  person: range(PEOPLE, "person"),
};

export interface LargeEstate {
  readonly model: LockoutModel;
  /** Keys of services that many operations hang on. */
  readonly services: readonly string[];
}

export function largeEstate(operations: number, seed: number): LargeEstate {
  const draw = drawing(seed);
  const components = [...infrastructure(draw)];
  const made: Operation[] = [];
  for (let i = 0; i < operations; i += 1) {
    const { own, operation } = operationOf(draw, i);
    components.push(...own);
    made.push(operation);
  }
  return {
    model: { components, commonCauses: causes(draw), operations: made },
    services: components.flatMap(({ key, kind }) => (kind === "person" || kind === "external" || kind === "break-glass" ? [] : [key])),
  };
}

/** Everything is somewhere: number n of a kind is in region n modulo the number of regions, and leans on what is there or next to it. */
function* infrastructure(draw: Draw): Generator<Component> {
  const { region, dns, authority, network, directory, idp, broker } = SHARED;
  yield component(draw, "time", "time", "facility", null);
  yield component(draw, "control-plane", "cloud", "provider", "time");
  for (const key of region) yield component(draw, key, "cloud", "provider", "control-plane");
  for (const [i, key] of dns.entries()) yield component(draw, key, "dns", "network", home(region, i));
  for (const [i, key] of authority.entries()) yield component(draw, key, "ca", "identity", { all: [home(region, i), "time"] });
  for (const [i, key] of network.entries()) {
    const names: Expression = { any: [home(dns, i), dns[(i % REGIONS) + REGIONS]!] };
    yield component(draw, key, "network", "network", { all: [names, home(region, i)] });
  }
  for (const [i, key] of directory.entries()) {
    yield component(draw, key, "directory", "identity", {
      all: [{ any: [near(draw, network, i), near(draw, network, i)] }, home(authority, i)],
    });
  }
  for (const [i, key] of idp.entries()) {
    const needs: Expression[] = [
      home(region, i),
      { any: [near(draw, directory, i), near(draw, directory, i + 1)] },
      near(draw, network, i),
      "time",
    ];
    yield component(draw, key, "idp", "identity", { all: needs });
  }
  for (const [i, key] of broker.entries()) {
    yield component(draw, key, "idp", "identity", { all: [{ any: [near(draw, idp, i), near(draw, idp, i + 1)] }, near(draw, network, i)] });
  }
  yield* edges(draw);
}

/** What nothing in the infrastructure needs in turn. */
function* edges(draw: Draw): Generator<Component> {
  const { region, authority, network, trust, gateway, vault, helpdesk, person } = SHARED;
  for (const [i, key] of trust.entries())
    yield component(draw, key, "device-trust", "device", { all: [home(authority, i), home(region, i)] });
  for (const [i, key] of gateway.entries()) yield component(draw, key, "sms", "provider", near(draw, network, i));
  for (const [i, key] of vault.entries())
    yield component(draw, key, "vault", "identity", { all: [near(draw, network, i), home(authority, i)] });
  for (const [i, key] of helpdesk.entries()) {
    const staff: Expression = { atLeast: 2, of: several(draw, person, 4) };
    yield component(draw, key, "helpdesk", "people", { all: [staff, near(draw, network, i)] });
  }
  for (const key of person) yield component(draw, key, "person", "people", null);
}

/** The one of a kind that is in the same region as a number, or as near as there is one. */
const home = (of: readonly string[], number: number): string => of[(number % REGIONS) % of.length]!;

/** Any of a kind in the region of a number. */
function near(draw: Draw, of: readonly string[], number: number): string {
  const there = of.filter((_, i) => i % REGIONS === number % REGIONS);
  return there.length === 0 ? home(of, number) : draw.oneOf(there);
}

function causes(draw: Draw): readonly CommonCause[] {
  const over = (name: string, kind: CommonCause["kind"], of: readonly string[], count: number, members: number) =>
    range(count, name).map((key): CommonCause => ({
      key,
      name: key,
      kind,
      members: several(draw, of, members),
      unavailability: share(draw),
      status: "active",
    }));
  return [
    ...over("tenant", "tenant", SHARED.idp, 6, 4),
    ...over("root", "ca-root", SHARED.authority, 3, 3),
    ...over("contract", "contract", SHARED.gateway, 5, 4),
    ...over("version", "software-version", SHARED.trust, 6, 5),
  ];
}

/** What an operation is reached by: much that is shared, here and in another region, and things of its own. */
function operationOf(draw: Draw, number: number): { readonly own: readonly Component[]; readonly operation: Operation } {
  const key = `operation-${number}`;
  const here = draw.below(REGIONS);
  const there = here + 1 + draw.below(3);
  const { region, idp, trust, network, broker, gateway, vault, helpdesk, person } = SHARED;
  const own = [component(draw, `connector-${number}`, "external", "application", home(region, here))];
  if (draw.chance(0.3)) own.push(component(draw, `card-${number}`, "break-glass", "facility", null));
  const sender: Expression = { any: [near(draw, gateway, there), near(draw, gateway, there + 1)] };
  const paths = [
    path("sign-in", "primary", { all: [near(draw, idp, here), near(draw, trust, here), near(draw, network, here), own[0]!.key] }),
  ];
  paths.push(path("code", "fallback", { all: [near(draw, broker, there), sender, near(draw, network, there)] }));
  if (draw.chance(0.7)) paths.push(path("desk", "recovery", { all: [draw.oneOf(helpdesk), near(draw, idp, here + 1)] }, 240));
  if (draw.chance(0.35)) {
    const keepers: Expression = { atLeast: 2, of: several(draw, person, 3) };
    paths.push(path("safe", "break-glass", { all: [near(draw, vault, there + 1), keepers, own.at(-1)!.key] }, 60));
  }
  return { own, operation: { ...blank(key), withinMinutes: draw.chance(0.2) ? 120 : null, paths } };
}

/** An operation with another need in one of its paths. */
export function withOtherPath(draw: Draw, operation: Operation): Operation {
  const at = draw.below(operation.paths.length);
  const more = draw.oneOf([...SHARED.network, ...SHARED.directory, ...SHARED.gateway]);
  const paths = operation.paths.map((each, i) => {
    if (i !== at || typeof each.needs === "string" || !("all" in each.needs)) return each;
    const { all } = each.needs;
    return { ...each, needs: { all: all.length > 4 ? all.slice(0, -1) : [...all, more] } };
  });
  return { ...operation, paths };
}

/** A shared service with another need, or one less. */
export function withOtherNeeds(draw: Draw, service: Component): Component {
  const { requires } = service;
  const needs = requires === null ? [] : typeof requires === "object" && "all" in requires ? requires.all : [requires];
  // People need nothing in turn, so no circle closes.
  const more: Expression = draw.chance(0.5) ? draw.oneOf(SHARED.person) : { any: several(draw, SHARED.person, 2) };
  return { ...service, requires: { all: needs.length > 3 ? needs.slice(0, -1) : [...needs, more] } };
}

function several(draw: Draw, of: readonly string[], count: number): readonly string[] {
  const found = new Set<string>();
  while (found.size < count) found.add(draw.oneOf(of));
  return [...found];
}

const share = (draw: Draw) => ({ p: (1 + draw.below(200)) / 20_000, source: "expert" as const, asOf: "2026-01-01" as never });

function component(draw: Draw, key: string, kind: ComponentKind, layer: Layer, requires: Expression | null): Component {
  const unavailability = share(draw);
  return {
    key,
    name: key,
    kind,
    layer,
    owner: null,
    evidence: null,
    unavailability,
    requires,
    connection: null,
    endpoints: [],
    status: "active",
  };
}

function path(key: string, role: PathRole, needs: Expression, minutes: number | null = null): AccessPath {
  return { key, name: key, population: "human", role, needs, minutes };
}

function blank(key: string): Omit<Operation, "paths" | "withinMinutes"> {
  const nobody = { businessOwner: null, modelApprover: null, maintainer: null, onCall: null };
  return { key, name: key, criticality: 1, application: null, ...nobody, tolerates: 1, status: "active" };
}

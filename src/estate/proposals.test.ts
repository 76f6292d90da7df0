import { describe, expect, test } from "vitest";

import type { Id } from "../kernel/id.ts";
import type { PersonId } from "../people/person.ts";
import type { Application } from "./estate.ts";
import type { KeptComponent, KeptOperation } from "./model-event.ts";
import { type EndpointSeen, type ProposalFacts, proposalsOf } from "./proposals.ts";

const OWNER = "per_1" as PersonId;
const idp: KeptComponent = {
  id: "cmp_1" as Id<"component">,
  key: "corp-sign-in",
  name: "Corp sign-in",
  kind: "idp",
  layer: "identity",
  owner: OWNER,
  evidence: null,
  unavailability: null,
  requires: "dns",
  connection: "corp",
  endpoints: [{ kind: "tls", address: "idp.example:443" }],
  status: "active",
};
const payroll: Application = {
  id: "app_1" as Id<"application">,
  key: "payroll",
  name: "Payroll",
  owner: OWNER,
  tier: 1,
  provider: { connection: "corp", policy: null },
  supportsPasskeys: false,
  status: "active",
};
const pay: KeptOperation = {
  id: "opn_1" as Id<"operation">,
  key: "pay",
  name: "Pay",
  criticality: 1,
  application: "payroll",
  businessOwner: OWNER,
  modelApprover: null,
  maintainer: null,
  onCall: null,
  tolerates: 1,
  withinMinutes: null,
  paths: [{ key: "way", name: "Way", population: "human", role: "primary", needs: "badge", minutes: null }],
  status: "active",
};
const facts = (more: Partial<ProposalFacts> = {}): ProposalFacts => ({
  components: [],
  commonCauses: [],
  operations: [],
  applications: [],
  connections: [{ key: "corp", name: "Corp", kind: "entra" }],
  seen: [],
  repairs: [],
  today: "2026-11-22",
  ...more,
});
const keysOf = (more: Partial<ProposalFacts>) => proposalsOf(facts(more)).map(({ key }) => key);
const seen: EndpointSeen = {
  component: "corp-sign-in",
  endpoint: idp.endpoints[0]!,
  endsOn: "2027-01-31",
  issuer: "CN=Example CA",
  faults: [],
};

const certificate = (key: string) => ({
  ...idp,
  key,
  kind: "certificate" as const,
  connection: null,
  evidence: `Read 2026-10-01. ${key}.example:443: ends 2027-01-31, issued by CN=Example CA.`,
  endpoints: [{ kind: "tls" as const, address: `${key}.example:443` }],
});

describe("a connection", () => {
  test("that nothing in the model is, is proposed as a component of its kind; one that is, is not", () => {
    expect(proposalsOf(facts())).toMatchObject([
      { key: "connection:corp", components: [{ key: "corp", kind: "idp", connection: "corp" }], operations: [] },
    ]);
    expect(proposalsOf(facts({ connections: [{ key: "corp", name: "Corp", kind: "openldap" }] }))[0]?.components[0]?.kind).toBe(
      "directory",
    );
    expect(keysOf({ components: [idp] })).toEqual([]);
    const taken = { ...idp, key: "corp", connection: null };
    expect(proposalsOf(facts({ components: [taken] }))[0]?.components[0]?.key).toBe("corp-2");
  });
});

describe("an application that lets people in through a connection", () => {
  test("is proposed as an operation with that way in, with the component where that is missing", () => {
    expect(proposalsOf(facts({ applications: [payroll] }))[1]).toMatchObject({
      key: "application:payroll",
      components: [{ key: "corp" }],
      operations: [{ key: "use-payroll", application: "payroll", businessOwner: OWNER, tolerates: 1, paths: [{ needs: "corp" }] }],
    });
    expect(proposalsOf(facts({ applications: [payroll], components: [idp] }))).toMatchObject([
      { components: [], operations: [{ paths: [{ needs: "corp-sign-in" }] }] },
    ]);
  });

  test("is left alone when it is hardly missed, or not in use", () => {
    expect(keysOf({ components: [idp], applications: [{ ...payroll, tier: 3 }] })).toEqual([]);
    expect(keysOf({ components: [idp], applications: [{ ...payroll, status: "retired" }] })).toEqual([]);
    expect(keysOf({ components: [idp], applications: [{ ...payroll, provider: null }] })).toEqual([]);
  });

  test("extends the primary way in of its operation, unless that hangs on the connection already, however far down", () => {
    const model = { components: [idp], applications: [payroll], operations: [pay] };
    expect(proposalsOf(facts(model))).toMatchObject([
      { key: "operation:pay", operations: [{ key: "pay", businessOwner: OWNER, paths: [{ needs: { all: ["badge", "corp-sign-in"] } }] }] },
    ]);
    const badge = { ...idp, key: "badge", connection: null, requires: { any: ["corp-sign-in"] } };
    expect(keysOf({ ...model, components: [idp, badge] })).toEqual([]);
  });
});

describe("a certificate that an endpoint shows", () => {
  test("is proposed as what its component needs, with what was read as evidence", () => {
    const [proposal] = proposalsOf(facts({ components: [idp], seen: [{ ...seen, faults: ["It ends soon."] }] }));
    expect(proposal).toMatchObject({
      source: "certificate",
      components: [
        { key: "corp-sign-in-certificate", kind: "certificate", owner: OWNER, endpoints: [seen.endpoint] },
        { key: "corp-sign-in", requires: { all: ["dns", "corp-sign-in-certificate"] }, connection: "corp" },
      ],
    });
    expect(proposal?.components[0]?.evidence).toBe(
      "Read 2026-11-22. idp.example:443: ends 2027-01-31, issued by CN=Example CA. It ends soon.",
    );
  });

  test("is proposed again only when it shows something else", () => {
    const evidence = "Read 2026-10-01. idp.example:443: ends 2027-01-31, issued by CN=Example CA.";
    const known = { ...idp, key: "cert", kind: "certificate" as const, connection: null, evidence };
    expect(keysOf({ components: [idp, known], seen: [seen] })).toEqual([]);
    expect(keysOf({ components: [idp, known], seen: [{ ...seen, endsOn: "2028-01-31" }] })).toEqual(["certificate:cert"]);
  });

  test("fails together with others of its issuer: that is proposed once", () => {
    const two = [certificate("aa"), certificate("bb")];
    const both = two.map(({ key, endpoints }) => ({ ...seen, component: key, endpoint: endpoints[0]! }));
    const [cause] = proposalsOf(facts({ connections: [], components: two, seen: both }));
    expect(cause).toMatchObject({ commonCauses: [{ key: "ca-cn-example-ca", kind: "ca-root", members: ["aa", "bb"] }] });
    const kept = { ...cause!.commonCauses[0]!, id: "cau_1" as Id<"commonCause">, unavailability: null };
    expect(keysOf({ connections: [], components: two, commonCauses: [kept], seen: both })).toEqual([]);
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Decision } from "../kernel/decision.ts";
import type { Id } from "../kernel/id.ts";
import type { PlainDate } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Role } from "../people/role.ts";
import { type Around, decideCommonCause, decideComponent, decideOperation } from "./decide-model.ts";
import { evolveCommonCause, evolveComponent, evolveOperation } from "./evolve.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation } from "./model-event.ts";
import { cycleThrough, hasCycle, type Needs } from "./needs.ts";
import type { AccessPath } from "./operation.ts";

const ADA = "per_ada" as PersonId;
const around: Around = {
  people: new Map<PersonId, { active: boolean; roles: readonly Role[] }>([
    [ADA, { active: true, roles: [] }],
    ["per_gone" as PersonId, { active: false, roles: [] }],
    ["per_desk" as PersonId, { active: true, roles: ["help_desk"] }],
  ]),
  components: new Map([
    ["idp", { status: "active" }],
    ["dns", { status: "active" }],
    ["fax", { status: "retired" }],
  ]),
  applications: new Map([
    ["payroll", { isOpen: true }],
    ["old", { isOpen: false }],
  ]),
  connections: new Set(["entra"]),
  neededBy: () => [],
  cycleThrough: () => undefined,
};
const component: KeptComponent = {
  id: "cmp_1" as Id<"component">,
  key: "vault",
  name: "Vault",
  kind: "vault",
  layer: "identity",
  owner: ADA,
  evidence: null,
  unavailability: null,
  requires: null,
  connection: null,
  endpoints: [],
  status: "active",
};
const cause: KeptCommonCause = {
  id: "cau_1" as Id<"commonCause">,
  key: "region",
  name: "Region",
  kind: "region",
  members: ["dns", "idp"],
  unavailability: null,
  status: "active",
};
const path: AccessPath = { key: "badge", name: "Badge", population: "human", role: "primary", needs: "idp", minutes: null };
const operation: KeptOperation = {
  id: "opn_1" as Id<"operation">,
  key: "pay",
  name: "Pay wages",
  criticality: 1,
  application: null,
  businessOwner: ADA,
  modelApprover: null,
  maintainer: null,
  onCall: null,
  tolerates: 1,
  withinMinutes: null,
  paths: [path],
  status: "active",
};

const told = (decision: Decision<{ readonly type: string }>) =>
  decision.accepted ? decision.events.map(({ type }) => type) : decision.reasons.map(({ code, at }) => `${code} ${at}`);
const ofComponent = (more: Partial<KeptComponent>, facts: Partial<Around> = {}) =>
  told(decideComponent(component, { ...component, ...more }, { ...around, ...facts }));
const ofCause = (members: readonly string[]) => told(decideCommonCause(cause, { ...cause, members }, around));
const ofOperation = (more: Partial<KeptOperation>) => told(decideOperation(operation, { ...operation, ...more }, around));

describe("a component", () => {
  test("says everything that is wrong with it at once, each where it stands", () => {
    const wrong = ofComponent({
      owner: "per_desk" as PersonId,
      unavailability: { p: 1.2, source: "expert", asOf: "2026-01-01" as PlainDate },
      endpoints: [
        { kind: "tls", address: "idp.example:443" },
        { kind: "tls", address: "https://idp.example" },
        { kind: "jwks", address: "http://idp.example/keys" },
        { kind: "http", address: "https://user:word@idp.example/" },
      ],
      connection: "nowhere",
      requires: { all: [{ any: [] }, "idp", { atLeast: 3, of: ["dns", "fax"] }, "ghost"] },
    });
    expect(wrong).toEqual([
      "estate.helpDeskMayNotOwn /owner",
      "estate.shareOutOfRange /unavailability/p",
      "estate.endpointInvalid /endpoints/1/address",
      "estate.endpointInvalid /endpoints/2/address",
      "estate.endpointInvalid /endpoints/3/address",
      "estate.referenceDangling /connection",
      "estate.expressionEmpty /requires/all/0",
      "estate.atLeastOutOfRange /requires/all/2/atLeast",
      "estate.referenceRetired /requires/all/2/of/1",
      "estate.referenceDangling /requires/all/3",
    ]);
  });

  test("may have an owner who has left since, and none at all: that is a finding", () => {
    const gone = { ...component, owner: "per_gone" as PersonId };
    expect(told(decideComponent(gone, { ...gone, name: "Safe" }, around))).toEqual(["nameChanged"]);
    expect(ofComponent({ owner: null })).toEqual(["ownerChanged"]);
    expect(ofComponent({ owner: "per_gone" as PersonId })).toEqual(["estate.personNotActive /owner"]);
    expect(ofComponent({ owner: "per_nobody" as PersonId })).toEqual(["estate.personUnknown /owner"]);
  });

  test("never closes a circle, which is named", () => {
    const decision = decideComponent(component, component, { ...around, cycleThrough: () => ["vault", "idp", "vault"] });
    expect(told(decision)).toEqual(["estate.requiresCycle /requires"]);
    expect(decision.accepted ? "" : decision.reasons[0]!.detail).toContain("vault → idp → vault");
    expect(decision.accepted ? {} : decision.reasons[0]!.facts).toEqual({ leadsBack: "idp" });
  });

  test("is retired only when nothing active needs it; then what it needs does not count any more", () => {
    expect(ofComponent({ status: "retired" }, { neededBy: () => ["Pay wages"] })).toEqual(["estate.stillNeeded /status"]);
    expect(ofComponent({ status: "retired", requires: "fax" })).toEqual(["requiresChanged", "statusChanged"]);
  });

  test("changes field by field and folds to what was wanted", () => {
    const wanted = { ...component, requires: { any: ["idp", "dns"] }, connection: "entra", evidence: "TICKET-1" };
    const decision = decideComponent(component, wanted, around);
    expect(told(decision)).toEqual(["evidenceChanged", "requiresChanged", "connectionChanged"]);
    expect(decision.accepted && decision.events.reduce(evolveComponent, component)).toEqual(wanted);
  });
});

describe("a common cause", () => {
  test("takes something with it that is there", () => {
    expect(ofCause([])).toEqual(["estate.membersMissing /members"]);
    expect(ofCause(["idp", "ghost", "fax"])).toEqual(["estate.referenceDangling /members/1", "estate.referenceRetired /members/2"]);
  });

  test("has each member once; their order makes no difference", () => {
    const decision = decideCommonCause(undefined, { ...cause, members: ["idp", "dns", "idp"] }, around);
    expect(decision.accepted && decision.events.reduce<KeptCommonCause | undefined>(evolveCommonCause, undefined)).toEqual(cause);
    expect(told(decideCommonCause(cause, { ...cause, members: ["idp", "dns"] }, around))).toEqual([]);
  });
});

describe("an operation", () => {
  test("says everything that is wrong with it at once", () => {
    const paths = [path, { ...path, needs: { all: [] } }, { ...path, key: "fax", needs: { any: ["fax", "ghost"] } }];
    expect(ofOperation({ application: "old", onCall: "per_desk" as PersonId, paths })).toEqual([
      "estate.referenceRetired /application",
      "estate.helpDeskMayNotOwn /onCall",
      "estate.pathTwice /paths/1/key",
      "estate.expressionEmpty /paths/1/needs",
      "estate.referenceRetired /paths/2/needs/any/0",
      "estate.referenceDangling /paths/2/needs/any/1",
    ]);
    expect(ofOperation({ application: "ghost" })).toEqual(["estate.referenceDangling /application"]);
  });

  test("may have no way in and nobody who answers: both are findings", () => {
    expect(ofOperation({ paths: [], businessOwner: null })).toEqual(["businessOwnerChanged", "pathsChanged"]);
  });

  test("changes field by field and folds to what was wanted", () => {
    const wanted: KeptOperation = { ...operation, application: "payroll", tolerates: 0, paths: [{ ...path, minutes: 20 }] };
    const decision = decideOperation(operation, wanted, around);
    expect(told(decision)).toEqual(["applicationChanged", "toleratesChanged", "pathsChanged"]);
    expect(decision.accepted && decision.events.reduce(evolveOperation, operation)).toEqual(wanted);
  });
});

test("a circle is found exactly where there is one, and what is named is one", () => {
  const graphs = fc.array(fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 3 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(graphs, (lists) => {
      const needs: Needs = new Map(lists.map((list, i) => [`c${i}`, list.map((n) => `c${n}`)]));
      const found = [...needs.keys()].map((key) => cycleThrough(key, needs)).filter((each) => each !== undefined);
      expect(found.length > 0).toBe(hasCycle(needs));
      for (const cycle of found) {
        expect(cycle.at(-1)).toBe(cycle[0]);
        for (const [i, key] of cycle.slice(1).entries()) expect(needs.get(cycle[i]!)).toContain(key);
      }
    }),
    { numRuns: 2000 },
  );
});

/** Small models of an estate for tests of the lock-out analysis. */
import type { CommonCause, Component, ComponentKind, Layer } from "../../src/estate/component.ts";
import type { Expression } from "../../src/estate/expression.ts";
import type { AccessPath, Operation } from "../../src/estate/operation.ts";
import type { LockoutModel } from "../../src/lockout/model.ts";

export function component(key: string, requires: Expression | null = null, more: Partial<Component> = {}): Component {
  const kind: ComponentKind = "external";
  const layer: Layer = "identity";
  const nobody = { owner: null, evidence: null, unavailability: null, connection: null, endpoints: [] };
  return { key, name: key, kind, layer, ...nobody, requires, status: "active", ...more };
}

export function cause(key: string, members: readonly string[], more: Partial<CommonCause> = {}): CommonCause {
  return { key, name: key, kind: "region", members, unavailability: null, status: "active", ...more };
}

export function path(key: string, needs: Expression, more: Partial<AccessPath> = {}): AccessPath {
  return { key, name: key, population: "human", role: "primary", needs, minutes: null, ...more };
}

export function operation(key: string, paths: readonly AccessPath[], more: Partial<Operation> = {}): Operation {
  const nobody = { application: null, businessOwner: null, modelApprover: null, maintainer: null, onCall: null };
  return { key, name: key, criticality: 1, ...nobody, tolerates: 1, withinMinutes: null, paths, status: "active", ...more };
}

/** Wages are paid through a provider; the fallback's broker hangs on the same one. The cluster has a way of its own. */
export const PAYROLL: LockoutModel = {
  components: [
    component("idp0", null, { kind: "idp", name: "Entra ID" }),
    component("idp1", null, { kind: "idp", name: "Keycloak" }),
    component("laptop", null, { kind: "device-trust", layer: "device" }),
    component("otp", { all: ["broker1"] }, { kind: "authenticator" }),
    component("broker1", { all: ["idp0"] }),
    component("token", null, { kind: "authenticator" }),
    component("vault", { atLeast: 2, of: ["node1", "node2", "node3"] }, { kind: "vault" }),
    component("node1"),
    component("node2"),
    component("node3"),
  ],
  commonCauses: [cause("hall", ["node1", "node2"])],
  operations: [
    operation("payroll", [path("passkey", { all: ["idp0", "laptop"] }), path("code", "otp", { role: "fallback" })]),
    operation("cluster", [
      path("sso", { all: ["idp1"] }),
      path("glass", { all: ["token", "vault"] }, { role: "break-glass", minutes: 20 }),
    ]),
  ],
};

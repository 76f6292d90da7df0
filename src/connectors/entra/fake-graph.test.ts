/**
 * The fake Graph is no better than what it is like: its answers are held to Microsoft's own schema, and Microsoft's own client works
 * with it, so that it is not made to the measure of Postern's client alone.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  AuthenticationHandler,
  Client,
  type Context as SdkContext,
  GraphError,
  type Middleware,
  PageIterator,
} from "@microsoft/microsoft-graph-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { departures, schemaOf } from "../../../test/support/graph/csdl.ts";
import { membersOf } from "../../../test/support/graph/memberships.ts";
import { type GraphServer, startGraph } from "../../../test/support/graph/server.ts";
import { createGroup, createUser, register } from "../../../test/support/graph/tenant.ts";
import { SHARED_DATA } from "../../../test/support/shared-data.ts";
import { createPrepared, type Json } from "./harness.suite.ts";

const csdl = join(SHARED_DATA, "graph/graph-v1.0-selected-types.csdl.xml");

const missing = existsSync(csdl) ? undefined : `no schema at ${csdl} (POSTERN_SHARED names the folder)`;

const prepared = createPrepared();
const { tenant, governed, app } = prepared;
let graph: GraphServer;

beforeAll(async () => {
  graph = await startGraph(tenant);
});
afterAll(() => graph.stop());

/** Sends what is meant for Microsoft to the fake, as a proxy does. Everything else is the SDK's own. */
class Detour implements Middleware {
  async execute(context: SdkContext): Promise<void> {
    const url = new URL(context.request);
    const headers = new Headers(context.options?.headers);
    headers.set("x-forwarded-host", url.host);
    headers.set("x-forwarded-proto", "https");
    context.response = await fetch(`http://${graph.host}:${graph.port}${url.pathname}${url.search}`, { ...context.options, headers });
  }
  setNext(): void {}
}

function sdk({ clientId, secret } = app): Client {
  const getAccessToken = async () => {
    const body = new URLSearchParams({
      client_id: clientId,
      client_secret: secret,
      grant_type: "client_credentials",
      scope: "https://graph.microsoft.com/.default",
    });
    const answer = await fetch(`http://${graph.host}:${graph.port}/${tenant.id}/oauth2/v2.0/token`, { method: "POST", body });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  };
  const auth = new AuthenticationHandler({ getAccessToken });
  auth.setNext(new Detour());
  return Client.initWithMiddleware({ middleware: auth });
}

async function refusalOf(work: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}

describe("Microsoft's own client, on the fake Graph", () => {
  it("follows the pages to the end", async () => {
    const names: string[] = [];
    const pages = new PageIterator(sdk(), (await sdk().api("/users").select("userPrincipalName").top(2).get()) as never, (one: Json) => {
      names.push(String(one["userPrincipalName"]));
      return true;
    });
    await pages.iterate();
    expect(names.sort()).toEqual([...tenant.users.values()].map(({ userPrincipalName }) => userPrincipalName).sort());
  });

  it("makes a group, puts somebody in and takes them out, and is answered as by Entra ID when it does so twice", async () => {
    const user = createUser(tenant, "sdk");
    const made = (await sdk()
      .api("/groups")
      .post({ displayName: "By SDK", mailEnabled: false, mailNickname: "sdk", securityEnabled: true })) as Json;
    const members = `/groups/${String(made["id"])}/members`;
    const reference = { "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${user.id}` };
    await sdk().api(`${members}/$ref`).post(reference);
    expect(await refusalOf(sdk().api(`${members}/$ref`).post(reference))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("already exist"),
    });
    const seen = (await sdk().api(`/users/${user.id}/transitiveMemberOf`).get()) as { readonly value: readonly Json[] };
    expect(seen.value.map(({ id }) => id)).toEqual([made["id"]]);
    await sdk().api(`${members}/${user.id}/$ref`).delete();
    expect(await refusalOf(sdk().api(`${members}/${user.id}/$ref`).delete())).toMatchObject({
      statusCode: 404,
      code: "Request_ResourceNotFound",
    });
    expect(tenant.users.has(user.id)).toBe(true);
  });

  it("deletes the person, not the membership, where /$ref is left out and the application may", async () => {
    const mighty = register(tenant, "Mighty", ["User.ReadWrite.All"]);
    const [user, group] = [createUser(tenant, "victim"), createGroup(tenant, { displayName: "trap" })];
    expect(await refusalOf(sdk().api(`/groups/${group.id}/members/${user.id}`).delete())).toMatchObject({ statusCode: 403 });
    await sdk(mighty).api(`/groups/${group.id}/members/${user.id}`).delete();
    expect(tenant.users.has(user.id)).toBe(false);
  });

  it("assigns for a time by PIM, and asks whom a policy holds", async () => {
    const user = createUser(tenant, "for-a-time");
    const { poolId, policyId } = governed[0]!;
    const order = { accessId: "member", action: "adminAssign", groupId: poolId, principalId: user.id };
    const expiration = { type: "afterDateTime", endDateTime: "2026-11-21T12:00:00Z" };
    const requests = "/identityGovernance/privilegedAccess/group/assignmentScheduleRequests";
    await sdk()
      .api(requests)
      .post({ ...order, scheduleInfo: { startDateTime: "2026-11-21T08:00:00Z", expiration } });
    expect(membersOf(tenant, poolId)).toContain(user.id);
    expect(await refusalOf(sdk().api(requests).post(order))).toMatchObject({ statusCode: 400, code: "RoleAssignmentExists" });
    const { value } = (await sdk().api("/identity/conditionalAccess/evaluate").post(question(user.id))) as {
      readonly value: readonly Json[];
    };
    expect(value.find(({ id }) => id === policyId)).toMatchObject({ policyApplies: false, analysisReasons: "users" });
    expect(value.find(({ id }) => id === governed[1]!.policyId)).toMatchObject({ policyApplies: true });
  });

  it("is told to slow down, and not for how long, when policies are asked for twice in a moment", async () => {
    await graph.stop();
    graph = await startGraph(tenant, { policyIntervalMs: 600_000 });
    const client = sdk();
    await client.api("/identity/conditionalAccess/policies").get();
    const error = await refusalOf(client.api("/identity/conditionalAccess/policies").get());
    expect([error.statusCode, error.headers?.get("retry-after")]).toEqual([429, null]);
    await graph.stop();
    graph = await startGraph(tenant);
  });

  it("is refused each call that its permissions do not cover", async () => {
    const nobody = register(tenant, "Nobody", []);
    const paths = [
      "/users",
      "/groups",
      "/identity/conditionalAccess/policies",
      "/auditLogs/directoryAudits",
      "/auditLogs/signIns",
      "/directoryRoles",
    ];
    for (const path of paths)
      expect(await refusalOf(sdk(nobody).api(path).get()), path).toMatchObject({ statusCode: 403, code: "Authorization_RequestDenied" });
  });
});

function question(userId: string) {
  return {
    signInIdentity: { "@odata.type": "#microsoft.graph.userSignIn", userId },
    signInContext: { "@odata.type": "#microsoft.graph.applicationContext", includeApplications: [governed[0]!.applicationId] },
    signInConditions: { clientAppType: "browser", devicePlatform: "windows" },
  };
}

describe("the fake Graph's answers", () => {
  const lists: readonly [string, string][] = [
    ["/identity/conditionalAccess/policies", "conditionalAccessPolicy"],
    ["/auditLogs/directoryAudits", "directoryAudit"],
    ["/auditLogs/signIns", "signIn"],
    ["/reports/authenticationMethods/userRegistrationDetails", "userRegistrationDetails"],
  ];

  it.for(lists)("are as Microsoft's schema declares them: %s", async ([path, type], { skip }) => {
    skip(missing !== undefined, missing);
    const { value } = (await sdk().api(path).get()) as { readonly value: readonly Json[] };
    expect(value.length).toBeGreaterThan(0);
    expectDeclared(type, value);
  });

  it("are as Microsoft's schema declares them: passes, methods and evaluations", async ({ skip }) => {
    skip(missing !== undefined, missing);
    const holder = [...tenant.passes.values()][0]!.userId;
    const passes = (await sdk().api(`/users/${holder}/authentication/temporaryAccessPassMethods`).get()) as {
      readonly value: readonly Json[];
    };
    expect(passes.value.length).toBeGreaterThan(0);
    expectDeclared("temporaryAccessPassAuthenticationMethod", passes.value);
    expectDeclared("authenticationMethodsPolicy", [(await sdk().api("/policies/authenticationMethodsPolicy").get()) as Json]);
    const results = (await sdk().api("/identity/conditionalAccess/evaluate").post(question(holder))) as { readonly value: readonly Json[] };
    // Of the result itself the selection of types holds only the policy that it is derived from.
    expectDeclared("conditionalAccessPolicy", results.value.map(withoutVerdict));
  });

  it("are held to a schema that can be broken", ({ skip }) => {
    skip(missing !== undefined, missing);
    const schema = schemaOf(readFileSync(csdl, "utf8"));
    const [policy] = tenant.policies.values();
    expect(departures(schema, "conditionalAccessPolicy", { ...policy, state: "on", colour: "red", displayName: null })).toEqual([
      "conditionalAccessPolicy/displayName is null",
      "conditionalAccessPolicy/state is no conditionalAccessPolicyState",
      "conditionalAccessPolicy/colour is not declared",
    ]);
  });
});

function expectDeclared(type: string, values: readonly Json[]): void {
  const schema = schemaOf(readFileSync(csdl, "utf8"));
  expect(schema.types.has(type), type).toBe(true);
  expect(values.flatMap((one) => departures(schema, type, one))).toEqual([]);
}

function withoutVerdict(result: Json): Json {
  const { policyApplies, analysisReasons, ...policy } = result;
  expect([typeof policyApplies, typeof analysisReasons]).toEqual(["boolean", "string"]);
  return policy;
}

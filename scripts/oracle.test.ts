import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";

import { expect, test } from "vitest";

import { SHARED_DATA } from "../test/support/shared-data.ts";
import { tempFolders } from "../test/support/temp-folders.ts";
import { runOracle } from "./oracle.ts";
import { aralia } from "./oracles/aralia.ts";
import { merkle } from "./oracles/merkle.ts";
import { realms } from "./oracles/realms.ts";
import { scubagear } from "./oracles/scubagear.ts";

const vectors = join(SHARED_DATA, "merkle");
const oracle = (...args: string[]) => spawnSync(process.execPath, [join(import.meta.dirname, "oracle.ts"), ...args], { encoding: "utf8" });
const folder = tempFolders("oracle");

const root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
const oneLeaf = { leafIdx: 0, treeSize: 1, root, leafHash: root, proof: null, desc: "one leaf", wantErr: false };

test("our Merkle proofs agree with every vector of transparency-dev", async (ctx) => {
  if (!existsSync(vectors)) ctx.skip(`0 vectors: ${vectors} is not there (set POSTERN_SHARED)`);
  for (const kind of ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"]) {
    const complaints: string[] = [];
    const outcome = await runOracle(merkle, join(vectors, "testdata", kind), (line) => complaints.push(line));
    expect(complaints).toEqual([]);
    expect(outcome.total).toBeGreaterThanOrEqual(90);
  }
});

test("a single file is judged, and so is a list of cases in one", async () => {
  const dir = folder();
  writeFileSync(join(dir, "list.json"), JSON.stringify([oneLeaf, { ...oneLeaf, leafIdx: 1, wantErr: true }]));
  expect(await runOracle(merkle, join(dir, "list.json"), () => undefined)).toEqual({ total: 2, agree: 2, disagree: 0 });
});

test("a disagreement is counted, named and makes the command fail", () => {
  const dir = folder();
  mkdirSync(join(dir, "deep"));
  writeFileSync(join(dir, "deep", "right.json"), JSON.stringify(oneLeaf));
  writeFileSync(join(dir, "deep", "wrong.json"), JSON.stringify({ ...oneLeaf, wantErr: true }));
  const run = oracle("merkle", dir);
  expect(run.stdout).toBe('{"total":2,"agree":1,"disagree":1}\n');
  expect(run.stderr).toContain("wrong.json (one leaf): should be refused; we accept it");
  expect(run.status).toBe(1);
});

test("a case that cannot be read is a disagreement, not skipped", async () => {
  const dir = folder();
  writeFileSync(join(dir, "a.json"), JSON.stringify({ ...oneLeaf, treeSize: undefined }));
  writeFileSync(join(dir, "b.json"), "{");
  writeFileSync(join(dir, "c.json"), "[]");
  expect(await runOracle(merkle, dir, () => undefined)).toEqual({ total: 3, agree: 0, disagree: 3 });
});

test("a folder without a single case fails", () => {
  const run = oracle("merkle", folder());
  expect(run.stdout).toBe('{"total":0,"agree":0,"disagree":0}\n');
  expect(run.status).toBe(1);
});

test("an unknown oracle is refused and the known ones are named", () => {
  const run = oracle("constructor", ".");
  expect(run.status).toBe(2);
  expect(run.stderr).toContain("merkle");
});

const everybody = {
  State: "enabled",
  DisplayName: "one for all",
  Conditions: {
    Users: { IncludeUsers: ["All"], ExcludeUsers: [], ExcludeGroups: [], ExcludeRoles: [], ExcludeGuestsOrExternalUsers: null },
    Applications: { IncludeApplications: ["All"], ExcludeApplications: [] },
    ClientAppTypes: ["other", "exchangeActiveSync"],
  },
  GrantControls: { BuiltInControls: ["block"] },
};

/** A case about blocking old protocols: the policy for everybody, changed. */
function exclusionCase(ops: object[] | null, documented: [string, string[]][], expectCompliant: boolean | null, more: object = {}) {
  return {
    test: "test_Own",
    policy: "MS.AAD.1.1v1",
    expectCompliant,
    patches: [{ var: "CAP", base: "ConditionalAccessPolicies", ops }],
    inputs: [{ path: "input.conditional_access_policies", value: null, ref: null }],
    documentedExclusions: documented,
    ...more,
  };
}

async function judgeCases(...cases: object[]) {
  const dir = folder();
  writeFileSync(join(dir, "base-config.json"), JSON.stringify({ ConditionalAccessPolicies: everybody }));
  writeFileSync(join(dir, "cases.json"), JSON.stringify(cases));
  const said: string[] = [];
  return { ...(await runOracle(scubagear, dir, (line) => said.push(line))), said };
}

const leaveOut = (condition: string, value: unknown) => ({ op: "add", path: `Conditions/Users/${condition}`, value });

test("our check of exclusions agrees with every case of ScubaGear, and some are right and some wrong", async (ctx) => {
  const cases = join(SHARED_DATA, "entra-ca/scubagear");
  if (!existsSync(cases)) ctx.skip(`0 cases: ${cases} is not there (set POSTERN_SHARED)`);
  const complaints: string[] = [];
  const { total, matrix } = await runOracle(scubagear, cases, (line) => complaints.push(line));
  expect(complaints).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(173);
  expect(matrix?.["right"]?.["right"]).toBeGreaterThan(50);
  expect(matrix?.["wrong"]?.["wrong"]).toBeGreaterThan(100);
});

test("whatever case is right with its exclusion documented is wrong without", async (ctx) => {
  const given = join(SHARED_DATA, "entra-ca/scubagear");
  if (!existsSync(given)) ctx.skip(`0 cases: ${given} is not there (set POSTERN_SHARED)`);
  const dir = folder();
  const all = JSON.parse(readFileSync(join(given, "rego-unit-tests.extracted.json"), "utf8")) as Record<string, unknown>[];
  const right = all.filter((each) => each["expectCompliant"] === true && each["hasExclusionOp"] === true);
  copyFileSync(join(given, "base-config.json"), join(dir, "base-config.json"));
  writeFileSync(
    join(dir, "cases.json"),
    JSON.stringify(right.map((each) => ({ ...each, expectCompliant: false, documentedExclusions: [] }))),
  );
  const complaints: string[] = [];
  const { total } = await runOracle(scubagear, dir, (line) => complaints.push(line));
  expect(complaints).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(25);
});

test("an exclusion is right only when every part of it is documented, as what it is", async () => {
  const guests = { GuestOrExternalUserTypes: "internalGuest,serviceProvider", ExternalTenants: { MembershipKind: "all" } };
  const { disagree, said } = await judgeCases(
    exclusionCase([], [], true),
    exclusionCase([leaveOut("ExcludeUsers", ["a"])], [], false),
    exclusionCase([leaveOut("ExcludeUsers", ["a", "b"])], [["Users", ["b"]]], false),
    exclusionCase([leaveOut("ExcludeUsers", ["a", "b"])], [["Users", ["b", "a", "c"]]], true),
    exclusionCase([leaveOut("ExcludeGroups", ["a"])], [["Users", ["a"]]], false),
    exclusionCase([leaveOut("ExcludeRoles", ["a"])], [["Roles", ["a"]]], true),
    exclusionCase([leaveOut("ExcludeGuestsOrExternalUsers", guests)], [["GuestUserTypes", ["internalGuest"]]], false),
    exclusionCase([leaveOut("ExcludeGuestsOrExternalUsers", guests)], [["GuestUserTypes", ["internalGuest", "serviceProvider"]]], true),
    exclusionCase([{ op: "add", path: "Conditions/Locations", value: { IncludeLocations: ["All"], ExcludeLocations: ["l1"] } }], [], false),
    exclusionCase([{ op: "replace", path: "State", value: "disabled" }], [], false),
    exclusionCase([{ op: "remove", path: "GrantControls" }], [], false),
  );
  expect(said).toEqual([]);
  expect(disagree).toBe(0);
});

/** Of two policies the first leaves somebody out, and the second is in this state. */
function two(value: string) {
  return {
    patches: [
      { var: "CAP1", base: "ConditionalAccessPolicies", ops: [leaveOut("ExcludeUsers", ["a"])] },
      { var: "CAP2", base: "ConditionalAccessPolicies", ops: [{ op: "replace", path: "State", value }] },
    ],
  };
}

test("one sound policy is enough, and two bad ones are not", async () => {
  const { disagree } = await judgeCases(exclusionCase([], [], true, two("enabled")), exclusionCase([], [], false, two("disabled")));
  expect(disagree).toBe(0);
});

test("a disagreement about an exclusion says whom nobody answers for, and is counted in the matrix", async () => {
  const { said, matrix } = await judgeCases(exclusionCase([leaveOut("ExcludeUsers", ["a"])], [], true), exclusionCase([], [], false));
  expect(said[0]).toContain("they say right; we say wrong: nobody answers for excludeUsers:a");
  expect(matrix).toEqual({ right: { wrong: 1 }, wrong: { right: 1 } });
});

test("a case that cannot be judged is never called right, nor skipped", async () => {
  const { total, matrix, disagree } = await judgeCases(
    exclusionCase(null, [], true),
    exclusionCase([], [], true, { policy: "MS.AAD.99.1v1" }),
    exclusionCase([], [], null, { policy: null }),
    { test: "nothing" },
  );
  expect(total).toBe(4);
  expect(matrix).toEqual({ right: { wrong: 1, "no verdict": 1 }, "no verdict": { "no verdict": 1 } });
  expect(disagree).toBe(3);
});

test("every realm export that others made is read, and tells the same in every version", async (ctx) => {
  const given = join(SHARED_DATA, "keycloak");
  if (!existsSync(given)) ctx.skip(`0 cases: ${given} is not there (set POSTERN_SHARED)`);
  const complaints: string[] = [];
  const { total } = await runOracle(realms, given, (line) => complaints.push(line));
  expect(complaints).toEqual([]);
  expect(total).toBeGreaterThanOrEqual(50);
});

test("a realm that tells something else in another version, or keeps an application from us, is a disagreement", async () => {
  const dir = folder();
  const realm = { realm: "acme", requiredActions: [], clients: [{ clientId: "till", directAccessGrantsEnabled: true }] };
  for (const [version, authenticator] of [
    ["24.0.1", "auth-password-form"],
    ["26.0.1", "webauthn-authenticator-passwordless"],
  ] as const) {
    mkdirSync(join(dir, version));
    writeFileSync(
      join(dir, version, "realm.json"),
      JSON.stringify({
        ...realm,
        authenticationFlows: [{ alias: "browser", authenticationExecutions: [{ requirement: "REQUIRED", authenticator }] }],
      }),
    );
  }
  writeFileSync(join(dir, "half.json"), '{"realm": "acme", "clients": [');
  const said: string[] = [];
  expect(await runOracle(realms, dir, (line) => said.push(line))).toMatchObject({ total: 3, disagree: 2 });
  expect(said.join()).toMatch(/differs from .*24\.0\.1.*policy_demands_less/);
});

/** One of two events fails it; the second is defined by this name. */
const model = (name: string) => `<opsa-mef><define-gate name="g"><or><basic-event name="a"/><basic-event name="b"/></or></define-gate>
    ${["a", name].map((each) => `<define-basic-event name="${each}"><float value="0.5"/></define-basic-event>`).join("")}</opsa-mef>`;

test("a model's known answer is compared, and what is wrong is said with both numbers", async () => {
  const dir = folder();
  const answer = { minimalCutSets: 2, topEventProbability: 0.75 };
  writeFileSync(join(dir, "right.xml"), model("b"));
  writeFileSync(join(dir, "wrong.xml"), model("b"));
  writeFileSync(join(dir, "unsound.xml"), model("c"));
  writeFileSync(join(dir, "unknown.xml"), model("b"));
  const models = { right: answer, wrong: { ...answer, minimalCutSets: 3 }, unsound: answer, missing: answer };
  writeFileSync(join(dir, "counts.json"), JSON.stringify({ models }));
  const said: string[] = [];
  expect(await runOracle(aralia, dir, (line) => said.push(line))).toEqual({ total: 5, agree: 2, disagree: 3 });
  expect(said.join("\n")).toContain("wrong: they say 3 sets and 0.75; we say 2 (complete to null) and 0.75");
  expect(said.join("\n")).toContain("unsound: lockout.nameUndefined");
});

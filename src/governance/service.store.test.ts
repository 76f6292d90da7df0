import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { PersonId } from "../people/person.ts";
import type { Role } from "../people/role.ts";
import type { DesignIssue } from "./design-issue.ts";
import { createGovernanceService, type GovernanceService, type Order, type RiskDraft } from "./service.ts";
import { createRiskFindings } from "./findings-service.ts";
import { governanceReplays } from "./store.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const ROLES: Readonly<Record<string, readonly Role[]>> = { per_ada: ["application_owner"], per_erika: ["executive"], per_rolf: [] };
const by = (id: string, ...roles: Role[]): Order => ({ by: { id: id as PersonId, roles }, now: NOW });
const wanted = (id: string) => ({ about: { kind: "application", id } as const, statement: "Asked for four times." });
const gerda = by("per_gerda", "security_governance");

describeOnBothDatabases("governance", (open) => {
  let database: Database;
  let governance: GovernanceService;
  let roles = ROLES;
  let sets: string | undefined = "idp";
  let mender: PersonId | undefined;
  const openAbout = (id: string) => governance.openIssue({ about: { kind: "application", id }, statement: "It takes no passkey." }, gerda);
  const propose = (issue: DesignIssue, more: Partial<RiskDraft> = {}, order = gerda) =>
    governance.proposeRisk(
      {
        executive: "per_erika" as PersonId,
        statement: "Until the terminal is replaced.",
        exceptions: [],
        designIssue: issue.id,
        operations: [],
        lockOutSets: [],
        findings: [],
        ...more,
        until: addDuration(NOW, duration("P90D")),
      },
      order,
    );

  beforeAll(async () => {
    database = await open();
    governance = createGovernanceService({
      db: database.db,
      ids: randomIds(manualClock(NOW)),
      hash: (text) => `sha256:${text.length}`,
      requestTelling: () => Promise.resolve(),
      world: {
        person: async (id) => (roles[id] === undefined ? undefined : { id: id as PersonId, active: true, roles: roles[id] }),
        actsFor: async (id) => (id === "per_dora" ? ["per_erika" as PersonId] : []),
        applicationOwner: async (id) => (id.startsWith("app_") ? ("per_ada" as PersonId) : undefined),
        wantedBy: async () => ["per_rolf" as PersonId],
        exceptionStanding: async () => undefined,
        async operationStanding(key) {
          if (sets === undefined) throw new Error("the model is being read");
          return key === "payroll" ? { text: sets } : undefined;
        },
        lockOutSetStanding: async (_, failures) => (failures.includes("idp") ? "minimal" : "gone"),
        findingOwner: async () => mender,
        findingStanding: async (id) => (id === "fnd_1" ? { text: "The fallback shares its fate.", isMended: false } : undefined),
      },
    });
  });

  test("of many who open an issue about the same at once one does, and the next may when it has ended", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => openAbout("app_race")));
    const opened = tries.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(opened).toHaveLength(1);
    for (const each of tries)
      if (each.status === "rejected") expect(each.reason).toMatchObject({ reasons: [{ code: "governance.issueOpen" }] });
    expect(await governance.findOpenAbout({ kind: "application", id: "APP_race " })).toEqual(opened[0]);
    await governance.endIssue(opened[0]!.id, "closed", "It is retired next month.", gerda);
    expect(await governance.findOpenAbout({ kind: "application", id: "app_race" })).toBeUndefined();
    expect((await openAbout("app_race")).state).toBe("open");
  });

  test("a rule opens an issue for the application's owner once, and none where nobody owns it", async () => {
    expect(await governance.openIssueByRule(wanted("app_rule"), NOW)).toMatchObject({ owner: "per_ada", openedBy: null, state: "open" });
    expect(await governance.openIssueByRule(wanted("app_rule"), NOW)).toBeUndefined();
    expect(await governance.openIssueByRule(wanted("nobody's"), NOW)).toBeUndefined();
  });

  test("an acceptance counts while it lasts and while its executive is one", async () => {
    const { id } = await propose(await openAbout("app_risk"));
    expect(await governance.findAccepted(id, NOW)).toBeUndefined();
    await governance.acceptRisk(id, "sha256:assertion", by("per_erika", "executive"));
    const end = addDuration(NOW, duration("P90D"));
    expect(await governance.findAccepted(id, NOW)).toMatchObject({ state: "accepted", until: end });
    expect(await governance.findAccepted(id, end)).toBeUndefined();
    roles = { ...ROLES, per_erika: ["auditor"] };
    expect(await governance.findAccepted(id, NOW)).toBeUndefined();
    roles = ROLES;
  });

  test("an acceptance of an operation, its sets and findings is reopened by what changes them, and accepts its findings until then", async () => {
    const issue = await openAbout("app_sets");
    const named = {
      operations: ["payroll"],
      lockOutSets: [{ operation: "payroll", failures: ["time", "idp", "idp"] }],
      findings: ["fnd_1"],
    };
    const unknown = { operations: ["nothing"], lockOutSets: [{ operation: "payroll", failures: ["time"] }], findings: ["fnd_2"] };
    await expect(propose(issue, unknown)).rejects.toMatchObject({ reasons: [{ code: "governance.linkUnknown" }] });
    const { id, standsOn } = await propose(issue, named);
    expect(standsOn?.lockOutSets).toEqual([{ operation: "payroll", failures: ["idp", "time"] }]);
    sets = "idp, time";
    const accept = () => governance.acceptRisk(id, "sha256:assertion", by("per_erika", "executive"));
    await expect(accept()).rejects.toMatchObject({ reasons: [{ code: "governance.changedSince" }] });
    sets = "idp";
    await accept();
    const until = addDuration(NOW, duration("P90D"));
    expect(await governance.acceptedFindings(NOW)).toEqual(new Map([["fnd_1", { risk: id, until }]]));
    expect(await governance.acceptedFindings(until)).toEqual(new Map());
    expect(await governance.reopenChanged(NOW)).toBe(0);
    // What nobody can tell changes nothing.
    sets = undefined;
    expect(await governance.reopenChanged(NOW)).toBe(0);
    sets = "idp, time";
    expect(await governance.reopenChanged(NOW)).toBe(1);
    expect(await governance.reopenChanged(NOW)).toBe(0);
    expect(await governance.loadRisk(id)).toMatchObject({
      state: "reopened",
      reopened: { because: [{ kind: "operation", id: "payroll", what: "changed" }] },
    });
    expect(await governance.findAccepted(id, NOW)).toBeUndefined();
    expect(await governance.acceptedFindings(NOW)).toEqual(new Map());
    expect((await governance.withdrawRisk(id, "The fallback is built anew.", gerda)).state).toBe("withdrawn");
    sets = "idp";
  });

  test("nobody accepts what they put forward or are to mend, or somebody they act for, whoever names them", async () => {
    const refused = { reasons: [{ code: "governance.requesterMayNotAccept" }] };
    const issue = await openAbout("app_own");
    await expect(propose(issue, {}, by("per_erika", "executive"))).rejects.toMatchObject(refused);
    await expect(propose(issue, {}, by("per_dora", "iam"))).rejects.toMatchObject(refused);
    mender = "per_erika" as PersonId;
    await expect(propose(issue, { findings: ["fnd_1"] })).rejects.toMatchObject(refused);
    mender = undefined;
    const { id } = await propose(issue, { findings: ["fnd_1"] });
    mender = "per_dora" as PersonId;
    await expect(governance.acceptRisk(id, "sha256:assertion", by("per_erika", "executive"))).rejects.toMatchObject(refused);
    mender = undefined;
  });

  test("what cannot be looked at is not accepted: it is not known to be what was put forward", async () => {
    const { id } = await propose(await openAbout("app_unknown"), { operations: ["payroll"] });
    sets = undefined;
    await expect(governance.acceptRisk(id, "sha256:assertion", by("per_erika", "executive"))).rejects.toThrow("the model is being read");
    expect((await governance.loadRisk(id)).state).toBe("proposed");
    sets = "idp";
  });

  test("every risk that was reopened is a finding, however many there are", async () => {
    const issue = await openAbout("app_many");
    for (let i = 0; i < 3; i++) {
      const { id } = await propose(issue);
      await governance.acceptRisk(id, "sha256:assertion", by("per_erika", "executive"));
    }
    roles = { ...ROLES, per_erika: [] };
    await governance.reopenChanged(NOW);
    roles = ROLES;
    const inPages = { listRisks: (filter: Parameters<typeof governance.listRisks>[0]) => governance.listRisks({ ...filter, limit: 1 }) };
    const found = await createRiskFindings(inPages).current(NOW);
    const { items } = await governance.listRisks({ where: { status: "reopened" }, limit: 200 });
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(items.map(({ state }) => state.id)));
    expect(found.length).toBeGreaterThanOrEqual(3);
  });

  test("an acceptance is reopened when its executive holds the role no more, also one of before there were digests", async () => {
    const { id } = await propose(await openAbout("app_left"));
    await governance.acceptRisk(id, "sha256:assertion", by("per_erika", "executive"));
    roles = { ...ROLES, per_erika: [] };
    await governance.reopenChanged(NOW);
    roles = ROLES;
    expect(await governance.loadRisk(id)).toMatchObject({ state: "reopened", reopened: { because: [{ what: "executiveLeft" }] } });
  });

  test("every issue and every risk is on exactly one page", async () => {
    for (const list of [governance.listIssues, governance.listRisks]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ where: {}, limit: 1, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.items.map(({ state }) => state.id));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(seen).toEqual((await list({ where: {}, limit: 200 })).items.map(({ state }) => state.id));
      expect(seen.length).toBeGreaterThan(0);
    }
  });

  test("the journal replays to exactly what is stored", async () => {
    await governance.withdrawRisk((await propose(await openAbout("app_again"))).id, "Not now.", gerda);
    const { faults, entries, states } = await replayAll(database, governanceReplays);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(5);
    expect(entries).toBeGreaterThan(states);
  });

  test("tell for which times executives answered for a risk: of the accepted ones only, however many there are", async () => {
    const before = (await governance.acceptedTimes()).length;
    const issue = await openAbout("app_times");
    const accepted = await propose(issue);
    await propose(issue);
    await governance.acceptRisk(accepted.id, "sha256:assertion", by("per_erika", "executive"));
    const times = await governance.acceptedTimes(1);
    expect(times).toHaveLength(before + 1);
    expect(times).toContainEqual({ from: NOW, to: accepted.until });
  });
});

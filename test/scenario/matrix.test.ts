/** Who may call what, for the whole application: every endpoint asked by every role and by nobody. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { writeCursor } from "../../src/kernel/paging.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { ROLES } from "../../src/people/role.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { createBrowser, succeeded } from "../support/browser.ts";
import { runMatrix } from "../support/matrix.ts";
import { openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
});
afterAll(async () => {
  await story.close();
});

test("every endpoint answers every role exactly as its contract says", async () => {
  const endpoints = story.app.routes.map((route) => route.endpoint);
  const headersOf = async (role: string) => {
    // Enrolments of one address are limited by the minute.
    story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
    const yaml = `people:\n  - { key: holder-of-${role.replaceAll("_", "-")}, name: Holder of ${role}, roles: [${role}] }`;
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    const { items } = (await story.admin.ask("GET", "/api/v1/people?limit=200")).body as { items: { id: string; displayName: string }[] };
    const { id } = items.find((person) => person.displayName === `Holder of ${role}`)!;
    const invited = await story.admin.ask("POST", "/api/v1/invitations", {
      person: id,
      assertion: await story.admin.sign("access.invite", id),
    });
    const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
    await browser.enrol(succeeded(invited).body["link"] as string);
    return { Cookie: browser.cookie(), Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" };
  };
  const rows = await runMatrix({ server: story.app.http, origin: ORIGIN, endpoints, roles: ROLES, headersOf });
  expect(rows).toHaveLength(endpoints.length * (ROLES.length + 1));
  expect(endpoints.length).toBeGreaterThan(60);
  expect(rows.filter((row) => row.seen !== row.expected)).toEqual([]);
});

const MAKES_DECIDERS =
  "it says who may decide, from files and the command line too: never in a session that no passkey opened, and whoever may by it signs each decision";

/** Changes that nobody signs, by the reason. */
const UNSIGNED: Readonly<Record<string, string>> = {
  "it is part of a drill, whose result an observer signs with everything that was done":
    "planDrill changeDrillPlan retireDrillPlan startDrill skipDrill abortDrill joinDrill tickDrillStep runDrillProbe judgeDrillCriterion addDrillNote addDrillEvidence",
  "it only asks: what is asked for is decided by others, who sign":
    "openDraft reviseDraft submitException proposeVersion claimBypass claimInherited importExceptions openDesignIssue proposeRisk escalateBypass handOnReview assignFinding takeUpAccessRequest",
  "it only takes away, and may never wait for a passkey":
    "withdrawException revokeException suspendException removeBypass withdrawRisk revokeDelegation revokeInvitation revokeSession endSessions signOut endCalendarOf declineAccessRequest reportLetIn",
  "it says what was done": "acknowledgeEscalation recordControlTest endDesignIssue noteFinding",
  "it says what would happen and changes nothing":
    "previewBulk previewModel previewRequest previewCategory proposeModel checkRuleSet tryRuleSet explainDecision",
  "it reads a provider": "scanConnection tryCanary readBackException importDirectoryPeople",
  "it connects a provider, which lets nobody through": "connectProvider rotateConnectionSecret removeConnection",
  "it keeps an account that exists to be tried, which lets nobody else through": "addCanary changeCanarySecret removeCanary",
  "it says what there is, from files and the command line too":
    "setOrganisation addVendor changeVendor setLeave deactivatePerson addTeam changeTeam addRota changeRota coverShift uncoverShift putComponent putCommonCause",
  [MAKES_DECIDERS]:
    "addPerson changePerson reactivatePerson linkAccount delegate applyEstate addApplication changeApplication addDeviceClass changeDeviceClass putOperation applyProposal importFaultTree addJourney changeJourney",
  "it is about the invented organisation, an instance of its own": "loadExampleOrganisation removeExampleOrganisation",
  "it is about one's own messages": "setMessagePreferences makeCalendarAddress endCalendarAddress readMessage sendTrialMessage",
  "it is part of signing in, or of signing":
    "beginSignIn finishSignIn beginCompanySignIn finishCompanySignIn beginEnrolment finishEnrolment beginAssertion grantCli exchangeCliCode addPasskey",
};

test("every change is signed with a passkey, or is named with the reason why not", () => {
  const changes = story.app.routes.map((route) => route.endpoint).filter(({ method }) => method !== "GET");
  const unsigned = changes.filter(({ assertion }) => !assertion);
  expect(unsigned.map(({ id }) => id).sort()).toEqual(Object.values(UNSIGNED).join(" ").split(" ").sort());
  for (const { id, assertion, body } of changes) {
    const missing = body.safeParse({}).error?.issues.some(({ path }) => path[0] === "assertion") ?? false;
    expect(missing, id).toBe(assertion);
  }
});

test("what changes who may decide is kept from sessions that no passkey opened", () => {
  const kept = story.app.routes.map((route) => route.endpoint).filter(({ makesDeciders }) => makesDeciders);
  expect(kept.map(({ id }) => id).sort()).toEqual(UNSIGNED[MAKES_DECIDERS]!.split(" ").sort());
});

const takesCursor = ({ query }: { query: object }) => "shape" in query && "cursor" in (query.shape as object);

test("a cursor that is none of ours is refused by every list, by its code and not by a fault", async () => {
  const lists = story.app.routes.map((route) => route.endpoint).filter((endpoint) => endpoint.method === "GET" && takesCursor(endpoint));
  expect(lists.length).toBeGreaterThan(15);
  const cursors = [1, 2, 3, 4].map((parts) => writeCursor(Array.from({ length: parts }, () => "soon")));
  for (const { id, path } of lists) {
    for (const cursor of cursors) {
      const { status } = await story.admin.ask("GET", `${path.replaceAll(/:[a-zA-Z]+/g, "none")}?cursor=${encodeURIComponent(cursor)}`);
      // 404: the one asked of is not there, or nothing of it is shown to an administrator.
      expect([200, 400, 404], `${id} ${status}`).toContain(status);
    }
  }
});

test("every endpoint has an id and an address of its own", () => {
  const endpoints = story.app.routes.map((route) => route.endpoint);
  expect(new Set(endpoints.map((endpoint) => endpoint.id)).size).toBe(endpoints.length);
  expect(new Set(endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`)).size).toBe(endpoints.length);
});

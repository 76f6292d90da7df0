/** Every page and its address. The address bar holds the state: what cannot be read in it is left out, never guessed. */
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import type { ExplanationView } from "../src/decisions/contract-log.ts";
import { getException } from "../src/exceptions/contract.ts";
import { readLockOut } from "../src/lockout/contract.ts";
import { mayCall } from "./can.ts";
import { BASE, isExample } from "./instance.ts";
import { ACCEPTED_RISKS } from "./pages/governance/accepted-risks.ts";
import { LOCK_OUT, WORST_OPERATIONS, WRONG } from "./pages/governance/lock-out-of-board.ts";
import { delegationsOf } from "./pages/queue/queue-queries.ts";
import { draftsOf, peopleLike } from "./pages/request/request-queries.ts";
import { EMERGENCIES, REQUESTS_FOR_ME, requestsOf } from "./pages/access-requests/queries.ts";
import { findingsOf } from "./pages/today/findings-query.ts";
import { queries, read } from "./queries.ts";
import { root, signedIn } from "./routes-frame.tsx";
import { drillRoutes } from "./routes-drills.ts";
import { accountabilityRoutes } from "./routes-accountability.ts";
import { findingRoutes } from "./routes-findings.ts";
import { operationRoutes } from "./routes-operations.ts";
import { ruleRoutes } from "./routes-rules.ts";
import {
  administrationSearch,
  peopleSearch,
  teamsSearch,
  bypassesSearch,
  inventorySearch,
  cliSearch,
  connectionsSearch,
  decisionsSearch,
  deliveriesSearch,
  journalSearch,
  issuesSearch,
  proposeRiskSearch,
  queueSearch,
  registerSearch,
  repeatsSearch,
  requestSearch,
  risksSearch,
  signInSearch,
} from "./searches.ts";

// What parts of a page would ask for only when the page's first answer is there is asked for by its loader; the page does not
// wait for it. test/e2e/waterfall.test.ts counts the rounds.

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("./pages/access/sign-in-page.tsx"), "SignInPage"),
});

const companyReturn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/company",
  component: lazyRouteComponent(() => import("./pages/access/company-return-page.tsx"), "CompanyReturnPage"),
});

// The guided first hour of the example organisation; the real instance has none.
const firstHour = createRoute({
  getParentRoute: () => signedIn,
  path: "/first-hour",
  component: lazyRouteComponent(() => import("./pages/example/first-hour-page.tsx"), "FirstHourPage"),
});

const enrol = createRoute({
  getParentRoute: () => root,
  path: "/enrol",
  component: lazyRouteComponent(() => import("./pages/access/enrol-page.tsx"), "EnrolPage"),
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/today" });
  },
});

const today = createRoute({
  getParentRoute: () => signedIn,
  path: "/today",
  loader: ({ context }) => {
    void queries.prefetchQuery(findingsOf(context.session.person.id));
    void queries.prefetchQuery(REQUESTS_FOR_ME);
    void queries.prefetchQuery(EMERGENCIES);
    if (mayCall(readLockOut, context.session.roles)) void queries.prefetchQuery(read(readLockOut, {}));
  },
  component: lazyRouteComponent(() => import("./pages/today/today-page.tsx"), "TodayPage"),
});

const register = createRoute({
  getParentRoute: () => signedIn,
  path: "/register",
  validateSearch: registerSearch,
  component: lazyRouteComponent(() => import("./pages/exceptions/register-page.tsx"), "RegisterPage"),
});

const approvals = createRoute({
  getParentRoute: () => signedIn,
  path: "/approvals",
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import("./pages/queue/queue-page.tsx"), "QueuePage"),
});

const review = createRoute({
  getParentRoute: () => signedIn,
  path: "/approvals/reviews/$review",
  component: lazyRouteComponent(() => import("./pages/queue/review-page.tsx"), "ReviewPage"),
});

const away = createRoute({
  getParentRoute: () => signedIn,
  path: "/away",
  loader: () => void queries.prefetchQuery(peopleLike("")),
  component: lazyRouteComponent(() => import("./pages/queue/away-page.tsx"), "AwayPage"),
});

const request = createRoute({
  getParentRoute: () => signedIn,
  path: "/request",
  validateSearch: requestSearch,
  loader: ({ context }) => void queries.prefetchQuery(draftsOf(context.session.person.id)),
  component: lazyRouteComponent(() => import("./pages/request/request-page.tsx"), "RequestPage"),
});

const exception = createRoute({
  getParentRoute: () => signedIn,
  path: "/exceptions/$id",
  loader: ({ params }) => {
    void queries.prefetchQuery(read(getException, { params }));
    void queries.prefetchQuery(requestsOf(params.id));
  },
  component: lazyRouteComponent(() => import("./pages/exceptions/exception-page.tsx"), "ExceptionPage"),
});

const decide = createRoute({
  getParentRoute: () => signedIn,
  path: "/exceptions/$id/decide",
  loader: ({ params, context }) => {
    void queries.prefetchQuery(read(getException, { params }));
    void queries.prefetchQuery(requestsOf(params.id));
    void queries.prefetchQuery(delegationsOf(context.session.person.id));
  },
  component: lazyRouteComponent(() => import("./pages/exceptions/decide-page.tsx"), "DecidePage"),
});

const inventory = createRoute({
  getParentRoute: () => signedIn,
  path: "/inventory",
  validateSearch: inventorySearch,
  component: lazyRouteComponent(() => import("./pages/bypasses/inventory-page.tsx"), "InventoryPage"),
});

const bypasses = createRoute({
  getParentRoute: () => signedIn,
  path: "/bypasses",
  validateSearch: bypassesSearch,
  component: lazyRouteComponent(() => import("./pages/bypasses/bypasses-page.tsx"), "BypassesPage"),
});

const decisions = createRoute({
  getParentRoute: () => signedIn,
  path: "/decisions",
  validateSearch: decisionsSearch,
  loader: () => void queries.prefetchQuery(peopleLike("")),
  component: lazyRouteComponent(() => import("./pages/decisions/decisions-page.tsx"), "DecisionsPage"),
});

const journal = createRoute({
  getParentRoute: () => signedIn,
  path: "/journal",
  validateSearch: journalSearch,
  component: lazyRouteComponent(() => import("./pages/journal/journal-page.tsx"), "JournalPage"),
});

const entry = createRoute({
  getParentRoute: () => signedIn,
  path: "/journal/$entry",
  component: lazyRouteComponent(() => import("./pages/journal/entry-page.tsx"), "EntryPage"),
});

const policies = createRoute({
  getParentRoute: () => signedIn,
  path: "/policies",
  component: lazyRouteComponent(() => import("./pages/policies/policies-page.tsx"), "PoliciesPage"),
});

const policy = createRoute({
  getParentRoute: () => signedIn,
  path: "/policies/$key",
  component: lazyRouteComponent(() => import("./pages/policies/policy-page.tsx"), "PolicyPage"),
});

const repeats = createRoute({
  getParentRoute: () => signedIn,
  path: "/repeats",
  validateSearch: repeatsSearch,
  component: lazyRouteComponent(() => import("./pages/governance/repeats-page.tsx"), "RepeatsPage"),
});

const issues = createRoute({
  getParentRoute: () => signedIn,
  path: "/issues",
  validateSearch: issuesSearch,
  component: lazyRouteComponent(() => import("./pages/governance/issues-page.tsx"), "IssuesPage"),
});

const issue = createRoute({
  getParentRoute: () => signedIn,
  path: "/issues/$id",
  component: lazyRouteComponent(() => import("./pages/governance/issue-page.tsx"), "IssuePage"),
});

const risks = createRoute({
  getParentRoute: () => signedIn,
  path: "/risks",
  validateSearch: risksSearch,
  component: lazyRouteComponent(() => import("./pages/governance/risks-page.tsx"), "RisksPage"),
});

const risk = createRoute({
  getParentRoute: () => signedIn,
  path: "/risks/$id",
  component: lazyRouteComponent(() => import("./pages/governance/risk-page.tsx"), "RiskPage"),
});

const riskProposal = createRoute({
  getParentRoute: () => signedIn,
  path: "/risks/propose",
  validateSearch: proposeRiskSearch,
  component: lazyRouteComponent(() => import("./pages/governance/propose-risk-page.tsx"), "ProposeRiskPage"),
});

const metrics = createRoute({
  getParentRoute: () => signedIn,
  path: "/figures",
  component: lazyRouteComponent(() => import("./pages/governance/metrics-page.tsx"), "MetricsPage"),
});

const board = createRoute({
  getParentRoute: () => signedIn,
  path: "/board",
  loader: () => {
    void queries.prefetchQuery(ACCEPTED_RISKS);
    void queries.prefetchQuery(LOCK_OUT);
    void queries.prefetchQuery(WORST_OPERATIONS);
    void queries.prefetchQuery(WRONG);
  },
  component: lazyRouteComponent(() => import("./pages/governance/board-page.tsx"), "BoardPage"),
});

const connections = createRoute({
  getParentRoute: () => signedIn,
  path: "/connections",
  validateSearch: connectionsSearch,
  component: lazyRouteComponent(() => import("./pages/connections/connections-page.tsx"), "ConnectionsPage"),
});

const people = createRoute({
  getParentRoute: () => signedIn,
  path: "/people",
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import("./pages/people/people-page.tsx"), "PeoplePage"),
});

const access = createRoute({
  getParentRoute: () => signedIn,
  path: "/access",
  component: lazyRouteComponent(() => import("./pages/access/access-page.tsx"), "AccessPage"),
});

const administration = createRoute({
  getParentRoute: () => signedIn,
  path: "/administration",
  validateSearch: administrationSearch,
  component: lazyRouteComponent(() => import("./pages/administration/administration-page.tsx"), "AdministrationPage"),
});

const person = createRoute({
  getParentRoute: () => signedIn,
  path: "/people/$id",
  component: lazyRouteComponent(() => import("./pages/people/person-page.tsx"), "PersonPage"),
});

const teams = createRoute({
  getParentRoute: () => signedIn,
  path: "/teams",
  validateSearch: teamsSearch,
  component: lazyRouteComponent(() => import("./pages/people/teams-page.tsx"), "TeamsPage"),
});

const welcome = createRoute({
  getParentRoute: () => signedIn,
  path: "/welcome",
  component: lazyRouteComponent(() => import("./pages/welcome/welcome-page.tsx"), "WelcomePage"),
});

const importing = createRoute({
  getParentRoute: () => signedIn,
  path: "/import",
  component: lazyRouteComponent(() => import("./pages/welcome/import-page.tsx"), "ImportPage"),
});

const messages = createRoute({
  getParentRoute: () => signedIn,
  path: "/messages",
  component: lazyRouteComponent(() => import("./pages/messages/messages-page.tsx"), "MessagesPage"),
});

const deliveries = createRoute({
  getParentRoute: () => signedIn,
  path: "/deliveries",
  validateSearch: deliveriesSearch,
  component: lazyRouteComponent(() => import("./pages/messages/deliveries-page.tsx"), "DeliveriesPage"),
});

const cli = createRoute({
  getParentRoute: () => signedIn,
  path: "/cli",
  validateSearch: cliSearch,
  component: lazyRouteComponent(() => import("./pages/access/cli-page.tsx"), "CliPage"),
});

// Not built into what is shipped.
const development = import.meta.env.DEV
  ? [
      createRoute({
        getParentRoute: () => root,
        path: "/parts",
        component: lazyRouteComponent(() => import("./pages/parts/parts-page.tsx"), "PartsPage"),
      }),
    ]
  : [];

const inside = [
  ...(isExample ? [firstHour] : []),
  home,
  today,
  register,
  approvals,
  review,
  away,
  request,
  exception,
  decide,
  bypasses,
  inventory,
  decisions,
  journal,
  entry,
  policies,
  policy,
  repeats,
  issues,
  issue,
  ...drillRoutes,
  ...accountabilityRoutes,
  ...findingRoutes,
  ...operationRoutes,
  ...ruleRoutes,
  risks,
  riskProposal,
  risk,
  metrics,
  board,
  connections,
  people,
  access,
  administration,
  person,
  teams,
  welcome,
  importing,
  messages,
  deliveries,
  cli,
];

export const router = createRouter({
  basepath: isExample ? BASE : "/",
  routeTree: root.addChildren([signIn, companyReturn, enrol, signedIn.addChildren(inside), ...development]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** What a new request begins with: it comes from another page, and stays with this entry of the browser's history. */
    begun?: ExplanationView["draft"];
  }
}

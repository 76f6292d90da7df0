/**
 * The pages one goes to, by the job they are for: one line a page. The frame, the palette and the titles (pageWords) are made from it.
 * `needs` is what a page cannot do without: who may not call it is not shown the way there.
 */
import { listBypasses } from "../src/bypasses/contract.ts";
import { listCanaries } from "../src/canaries/contract.ts";
import { listRuleSets, putRuleSet } from "../src/decisions/contract-rules.ts";
import { listDecisions } from "../src/decisions/contract-log.ts";
import { listDrillPlans } from "../src/drills/contract.ts";
import { readInventory } from "../src/discovery/contract.ts";
import { listCommonCauses, listComponents } from "../src/estate/contract-model.ts";
import { readInstallation } from "../src/installation/contract.ts";
import { registerBoard } from "../src/exceptions/contract-board.ts";
import { listRepeats } from "../src/exceptions/contract-lists.ts";
import { listRiskAcceptances } from "../src/governance/contract.ts";
import type { Endpoint } from "../src/kernel/contract.ts";
import { listOperationAnswers, listOutages } from "../src/lockout/contract.ts";
import { listDeliveries } from "../src/messages/contract.ts";
import { mayCall } from "./can.ts";
import type { IconName } from "./parts/drawings.ts";

/** In the order of the day: first what is mine, last what is set up once. */
export const JOBS = { mine: "For me", watch: "Watch", govern: "Govern", prove: "Prove", run: "Run" } as const;
export type Job = keyof typeof JOBS;

/** What may wait on a page; the frame shows the number beside its name. */
export type Waiting = "mine" | "overstaying" | "bypasses";

export interface PageByJob {
  readonly to: string;
  readonly words: string;
  readonly icon: IconName;
  /** Absent: not in the navigation, found by the palette only. */
  readonly job?: Job;
  readonly needs?: Endpoint;
  readonly waiting?: Waiting;
  /** Other words people look for it by. */
  readonly also?: string;
}

export const PAGES = [
  { to: "/today", words: "Today", icon: "sun", job: "mine", waiting: "mine", also: "start home what needs me" },
  {
    to: "/approvals",
    words: "My queue",
    icon: "key",
    job: "mine",
    also: "to decide approve reject votes review recertify escalations reminders",
  },
  { to: "/request", words: "Request an exception", icon: "plus", job: "mine", also: "ask new draft" },
  { to: "/register", words: "Register", icon: "list", job: "watch", waiting: "overstaying", also: "exceptions list" },
  { to: "/bypasses", words: "Bypasses found", icon: "door", job: "watch", needs: listBypasses, waiting: "bypasses", also: "unregistered" },
  {
    to: "/inventory",
    words: "Inventory",
    icon: "count",
    job: "watch",
    needs: readInventory,
    also: "discover doors how many people get in without passkey sum",
  },
  {
    to: "/decisions",
    words: "Decisions",
    icon: "shield",
    job: "watch",
    needs: listDecisions,
    also: "authzen decision point ask why denied permitted explain log callers rate latency",
  },
  {
    to: "/operations",
    words: "Critical operations",
    icon: "door",
    job: "watch",
    needs: listOperationAnswers,
    also: "lock-out locked out single point of failure ways in",
  },
  {
    to: "/components",
    words: "Components",
    icon: "plug",
    needs: listComponents,
    also: "model what sign-ins hang on providers certificates dns",
  },
  {
    to: "/common-causes",
    words: "Common causes",
    icon: "chain",
    needs: listCommonCauses,
    also: "what fails together region tenant contract carrier model",
  },
  { to: "/what-if", words: "What if", icon: "warning", needs: listOutages, also: "outage failure lock-out simulate azure" },
  {
    to: "/drills",
    words: "Drills",
    icon: "refresh",
    job: "watch",
    needs: listDrillPlans,
    also: "exercise rehearsal overdue run sheet probe",
  },
  {
    to: "/canaries",
    words: "Canaries",
    icon: "key",
    needs: listCanaries,
    also: "accounts probes sign-in drills secret test account",
  },
  {
    to: "/accountability",
    words: "Accountability",
    icon: "people",
    job: "govern",
    also: "who answers owner approver maintainer on call journeys ways in gaps recovery break-glass",
  },
  { to: "/rotas", words: "Rotas", icon: "calendar", also: "on call on point shifts pager calendar feed" },
  {
    to: "/findings",
    words: "Findings",
    icon: "flag",
    job: "watch",
    also: "wrong gap overdue due owner mended accepted single point of failure",
  },
  { to: "/repeats", words: "Repeats", icon: "refresh", job: "govern", needs: listRepeats, also: "clusters again split" },
  { to: "/issues", words: "Design issues", icon: "flag", job: "govern", also: "faults owners" },
  { to: "/risks", words: "Risk acceptances", icon: "warning", job: "govern", needs: listRiskAcceptances, also: "executive accept passkey" },
  { to: "/figures", words: "Metrics", icon: "chart", job: "govern", needs: registerBoard, also: "figures overstay age charts trend" },
  { to: "/board", words: "Board view", icon: "book", job: "govern", needs: registerBoard, also: "executive print report" },
  { to: "/policies", words: "Policies", icon: "shield", job: "govern", also: "categories rules approvers terms" },
  {
    to: "/rules",
    words: "Decision rules",
    icon: "book",
    needs: listRuleSets,
    also: "rule sets decision point authzen permit deny yaml dry run",
  },
  { to: "/new-rules", words: "New rule set", icon: "plus", needs: putRuleSet, also: "write rules decision point" },
  { to: "/journal", words: "Journal and proofs", icon: "chain", job: "prove", also: "log entries checkpoints verify audit history" },
  { to: "/connections", words: "Connections", icon: "plug", job: "run", also: "providers directories" },
  { to: "/people", words: "People", icon: "people", job: "run", also: "roles invitations" },
  { to: "/away", words: "Leave and delegation", icon: "calendar", also: "absence holiday deputy stand in act for delegate" },
  { to: "/access", words: "Your access", icon: "lock", also: "sessions company account sign-in devices" },
  { to: "/messages", words: "Messages", icon: "bell", also: "mail mute quiet language calendar notifications" },
  {
    to: "/deliveries",
    words: "Deliveries",
    icon: "bell",
    job: "run",
    needs: listDeliveries,
    also: "mail sent bounced deferred smtp trial administration",
  },
  {
    to: "/administration",
    words: "Administration",
    icon: "lock",
    job: "run",
    needs: readInstallation,
    also: "passkeys sessions invitations keys backups version storage",
  },
  { to: "/teams", words: "Teams", icon: "people", also: "members lead groups" },
  { to: "/welcome", words: "Welcome", icon: "flag", also: "first steps start organisation" },
  { to: "/import", words: "Import a list", icon: "upload", also: "csv json spreadsheet" },
] as const satisfies readonly PageByJob[];

/** The words of a page, for its title. */
export function pageWords(to: (typeof PAGES)[number]["to"]): string {
  return PAGES.find((page) => page.to === to)?.words ?? "";
}

/** The pages somebody with these roles is shown. */
export function pagesFor(roles: readonly string[]): readonly PageByJob[] {
  return PAGES.filter((page: PageByJob) => page.needs === undefined || mayCall(page.needs, roles));
}

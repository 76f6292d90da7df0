import { sql } from "kysely";

import { resourceText } from "../exceptions/repeats.ts";
import type { Replays } from "../journal/replay.ts";
import { createSubjects, replayOf, type SubjectSpec } from "../journal/subjects.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { DesignIssue, DesignIssueEvent } from "./design-issue.ts";
import { evolveIssue, evolveRisk } from "./evolve.ts";
import type { RiskAcceptance, RiskAcceptanceEvent } from "./risk-acceptance.ts";
import { signedAcceptance } from "./signing.ts";

const ISSUES: SubjectSpec<DesignIssue, DesignIssueEvent> = {
  kind: "designIssue",
  table: "design_issue",
  evolve: evolveIssue,
  columns: ({ state, about, owner }) => ({ status: state, about: resourceText(about), owner }),
};
const RISKS: SubjectSpec<RiskAcceptance, RiskAcceptanceEvent> = {
  kind: "riskAcceptance",
  table: "risk_acceptance",
  evolve: evolveRisk,
  columns: ({ state, executive, until }) => ({ status: state, executive, accepted_until: until }),
};

/** More than one person answers for. */
const MOST_ANSWERED = 200;

/** Rows of design issues and risk acceptances; the only file here that knows SQL. */
export function createGovernanceStore(db: Db) {
  const issues = createSubjects(db, ISSUES);
  const risks = createSubjects(db, RISKS);
  return {
    issues,
    risks,
    async listTimed(since: Instant, until: Instant): Promise<string[]> {
      const { rows } = await sql<{ id: string }>`
        select id from design_issue where status = 'open'
        union all select id from risk_acceptance where status = 'reopened'
        union all select id from risk_acceptance where status = 'accepted' and accepted_until between ${since} and ${until}`.execute(db);
      return rows.map(({ id }) => id);
    },
    /** Accepted, and not over: more than a few hundred would not be governed. */
    async inForce(now: Instant): Promise<RiskAcceptance[]> {
      const { rows } = await sql<{ state: RiskAcceptance }>`
        select state from risk_acceptance where status = 'accepted' and accepted_until > ${now} order by id`.execute(db);
      return rows.map(({ state }) => state);
    },
    /** The newest of what a person answers for. */
    async answeredBy(person: string): Promise<{ issues: DesignIssue[]; risks: RiskAcceptance[] }> {
      const limit = MOST_ANSWERED;
      const open = await issues.list({ where: { owner: person, status: "open" }, limit });
      const accepted = await risks.list({ where: { executive: person, status: "accepted" }, limit });
      return { issues: open.items.map(({ state }) => state), risks: accepted.items.map(({ state }) => state) };
    },
    findOpenAbout: async (about: DesignIssue["about"]): Promise<DesignIssue | undefined> =>
      (await issues.list({ where: { about: resourceText(about), status: "open" }, limit: 1 })).items[0]?.state,
  };
}
export type GovernanceStore = ReturnType<typeof createGovernanceStore>;

export const governanceReplays: Replays = {
  designIssue: replayOf(ISSUES),
  riskAcceptance: {
    ...replayOf(RISKS),
    decision: (before, entry, hash) => signedAcceptance(before as RiskAcceptance | undefined, entry, hash),
  },
};

/** Evaluates an approval plan: which stage is open, which of its seats are, and whether all is met. */
import type { ApprovalPlan, Role, Stage, Version, Vote } from "./version.ts";

/** The votes that stand for this version: approvals on exactly its hash that no later look has discounted. */
export function standingApprovals(version: Version): readonly Vote[] {
  return version.votes.filter(
    (vote) =>
      vote.decision === "approve" && vote.discounted === null && vote.version === version.n && vote.contentHash === version.contentHash,
  );
}

/** Roles of a stage that a further vote could fill. Empty when the stage is met. */
export function openSeats(stage: Stage, index: number, votes: readonly Vote[]): readonly Role[] {
  if (stageMet(stage, index, votes)) return [];
  if (stage.rule.kind !== "ALL") return stage.roles;
  return stage.roles.filter((role) => !votesIn(stage, index, votes).some((vote) => vote.seat === role));
}

/**
 * ALL: every role is filled, each by another person. ANY: one is. QUORUM(n): n different people hold any of the roles.
 * A person counts once, as do a delegate and the holder voted for: two hats do not make two approvals.
 */
export function stageMet(stage: Stage, index: number, votes: readonly Vote[]): boolean {
  const counted = votesIn(stage, index, votes);
  switch (stage.rule.kind) {
    case "ALL":
      return stage.roles.every((role) => counted.some((vote) => vote.seat === role));
    case "ANY":
      return counted.length >= 1;
    case "QUORUM":
      return counted.length >= stage.rule.n;
  }
}

function votesIn(stage: Stage, index: number, votes: readonly Vote[]): readonly Vote[] {
  const used = new Set<string>();
  const counted: Vote[] = [];
  for (const vote of votes) {
    if (isCounted(vote, used) && vote.stage === index && stage.roles.includes(vote.seat)) counted.push(vote);
    used.add(vote.person);
    if (vote.onBehalfOf !== null) used.add(vote.onBehalfOf);
  }
  return counted;
}

function isCounted(vote: Vote, used: ReadonlySet<string>): boolean {
  return !used.has(vote.person) && (vote.onBehalfOf === null || !used.has(vote.onBehalfOf));
}

/** Index of the first stage that is not met; `plan.stages.length` when all are. An empty plan approves nothing. */
export function currentStage(plan: ApprovalPlan, votes: readonly Vote[]): number {
  const open = plan.stages.findIndex((stage, index) => !stageMet(stage, index, votes));
  return open === -1 ? plan.stages.length : open;
}

/** True when every stage is met, and there is one. */
export function planMet(plan: ApprovalPlan, votes: readonly Vote[]): boolean {
  return plan.stages.length > 0 && currentStage(plan, votes) === plan.stages.length;
}

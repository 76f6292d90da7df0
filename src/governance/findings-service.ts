/** Risks that somebody has to decide on anew, as a source of findings. */
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import type { RiskAcceptance } from "./risk-acceptance.ts";
import type { GovernanceService } from "./service.ts";

const PAGE = 200;

export function createRiskFindings(governance: Pick<GovernanceService, "listRisks">): FindingSource {
  return {
    name: "risks",
    kinds: ["riskReopened"],
    async current() {
      const found: FindingSeen[] = [];
      for (let cursor: string | undefined; ;) {
        const { items, next } = await governance.listRisks({
          where: { status: "reopened" },
          limit: PAGE,
          ...(cursor !== undefined && { cursor }),
        });
        found.push(...items.map(({ state }) => findingOf(state)));
        if (next === undefined) return found;
        cursor = next;
      }
    },
  };
}

function findingOf({ id, executive, statement }: RiskAcceptance): FindingSeen {
  return {
    kind: "riskReopened",
    key: id,
    subject: { kind: "risk", id },
    statement: `A risk that was accepted is not any more what it was: ${statement}`.slice(0, 1000),
    owner: executive,
    dueInDays: 14,
    severity: "high",
  };
}

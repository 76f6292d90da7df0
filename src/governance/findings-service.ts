/** Risks that somebody has to decide on anew, as a source of findings. */
import type { FindingSource } from "../findings/index.ts";
import type { GovernanceService } from "./service.ts";

const MOST = 200;

export function createRiskFindings(governance: Pick<GovernanceService, "listRisks">): FindingSource {
  return {
    name: "risks",
    kinds: ["riskReopened"],
    async current() {
      const { items } = await governance.listRisks({ where: { status: "reopened" }, limit: MOST });
      return items.map(({ state: { id, executive, statement } }) => ({
        kind: "riskReopened",
        key: id,
        subject: { kind: "risk", id },
        statement: `A risk that was accepted is not any more what it was: ${statement}`.slice(0, 1000),
        owner: executive,
        dueInDays: 14,
        severity: "high",
      }));
    },
  };
}

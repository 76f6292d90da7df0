import { listRiskAcceptances } from "../../../src/governance/contract.ts";
import { read } from "../../queries.ts";

/** What executives answer for now, as the board's page shows it. */
export const ACCEPTED_RISKS = read(listRiskAcceptances, { query: { state: "accepted", limit: 200 } });

/** Proposals for the model, from connections and real endpoints: shown, tried, and taken over by a person. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";
import { planView } from "./contract.ts";
import { PROPOSAL_SOURCES } from "./proposals.ts";
import { ESTATE_REFUSALS } from "./refusals.ts";

const KEEPERS = ["administrator", "iam"] as const;

const proposalView = z.strictObject({
  key: z.string(),
  source: z.enum(PROPOSAL_SOURCES),
  words: z.string(),
  /** What it would add or change. */
  items: z.array(z.strictObject({ kind: z.enum(["component", "commonCause", "operation"]), key: z.string(), name: z.string() })),
});
export type ProposalView = z.output<typeof proposalView>;

export const proposeModel = endpoint({
  id: "proposeModel",
  method: "POST",
  path: "/api/v1/estate/proposals",
  summary: "What connections say that the model does not; with `certificates`, endpoints of components are read now. Changes nothing",
  access: KEEPERS,
  body: z.strictObject({ certificates: z.boolean().default(false) }),
  reply: z.strictObject({
    items: z.array(proposalView),
    /** Endpoints that could not be read, and why. */
    unread: z.array(z.strictObject({ component: z.string(), address: z.string(), words: z.string() })),
  }),
});

export const applyProposal = endpoint({
  id: "applyProposal",
  method: "POST",
  path: "/api/v1/estate/proposals/apply",
  summary: "Take one proposal over, or say what that would change",
  access: KEEPERS,
  makesDeciders: true,
  body: z.strictObject({ key: z.string().max(700), dryRun: z.boolean() }),
  reply: planView,
  refusals: Object.keys(ESTATE_REFUSALS).filter((code) => !["estate.changedMeanwhile", "estate.ifMatchNeeded"].includes(code)),
});

/** A policy as it is being typed: the next version of the one that was read. */
import type { z } from "zod";

import { isSame } from "../../../src/kernel/field-change.ts";
import { OPTIONAL_FIELDS, type policyView, previewCategory, SEATS } from "../../../src/exceptions/contract-policy.ts";

export type Policy = z.input<typeof policyView>;
export type PolicyBody = z.input<(typeof previewCategory)["body"]>;
export type Seat = Policy["reviewerRoles"][number];
export type Stage = Policy["approvalPlan"]["stages"][number];

/** Every role a policy can name. */
export const SEAT_CHOICES = SEATS;
export const FIELD_CHOICES = OPTIONAL_FIELDS;

/** What is sent: the typed demands as the version after the one in force. */
export function bodyOf({ key: _key, ...demands }: Policy, inForce: number): PolicyBody {
  return { ...demands, version: inForce + 1 };
}

/** Names of the demands that differ. */
export function changedFields(before: Policy, after: Policy): readonly (keyof Policy)[] {
  return (Object.keys(after) as (keyof Policy)[]).filter((field) => field !== "version" && !isSame(before[field], after[field]));
}

const FIELD_WORDS: Partial<Record<keyof Policy, string>> = {
  title: "Name",
  ownerRolesAllowed: "May own it",
  ownerRolesForbidden: "May never own it",
  implementerRoles: "May implement it",
  reviewerRoles: "Review it",
  approvalPlan: "Who decides",
  renewalLadder: "Renewals also need",
  maxTerm: "One term",
  maxCumulative: "In all",
  maxRenewals: "Renewals",
  reviewEvery: "Review every",
  reviewAnswerWithin: "Time to answer",
  noResponse: "When nobody answers",
  minCompensatingControls: "Controls",
  controlTestMaxAge: "A control's test counts for",
  headcountCeiling: "People in one item",
  requiredFields: "Also needed",
  repeatLimits: "Repeats",
};

export function fieldWords(field: keyof Policy): string {
  return FIELD_WORDS[field] ?? field.replaceAll(/([A-Z])/g, " $1").toLowerCase();
}

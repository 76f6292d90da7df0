/** Emergencies that nobody foresaw and that are over: each is a finding until somebody who had no part in it has looked back on it. */
import { barredFromReview, type ExceptionState } from "../exceptions/index.ts";
import { standingApprovals } from "../exceptions/plan.ts";
import { shownContent } from "../exceptions/projection.ts";
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import type { RequestService } from "./service.ts";

/** As long as a review within a working week. */
const DUE_IN_DAYS = 5;

export function createEmergencyFindings(service: Pick<RequestService, "unreviewed">): FindingSource {
  return {
    name: "emergencies",
    kinds: ["emergencyNotReviewed"],
    current: async (now) => (await service.unreviewed(now)).map(findingOf),
  };
}

function findingOf(exception: ExceptionState): FindingSeen {
  const { id, ref, owner, versions } = exception.dossier;
  const title = shownContent(exception)?.title ?? "";
  const approved = versions.flatMap(standingApprovals).flatMap(({ person, onBehalfOf }) => [person, onBehalfOf]);
  const hasPart = owner === null || barredFromReview(exception).has(owner) || approved.includes(owner);
  return {
    key: `${id} emergency`,
    kind: "emergencyNotReviewed",
    subject: { kind: "exception", id },
    statement: `${title === "" ? ref : `${ref} (${title})`} was granted as an emergency, and nobody who had no part in it has said since whether that was right.`,
    // Whoever owns it and had a part in it cannot say so: then governance is told.
    owner: hasPart ? null : owner,
    dueInDays: DUE_IN_DAYS,
    severity: "high",
  };
}

/** What an approval buys: the grant, what it replaces, and the orders that follow. */
import { durationMs, durationOfMs, earliest, type Instant, msBetween } from "../kernel/time.ts";
import type { Deciding } from "./deciding.ts";
import type { ExceptionEvent, GrantCut } from "./events.ts";
import { evolve } from "./evolve.ts";
import { type Dossier, type ExceptionState, type Grant, type GrantKind, grantedUntil } from "./exception.ts";
import { ordersAt } from "./orders.ts";
import { type CategoryPolicy, grantedSoFar } from "./policy.ts";
import { grantStart } from "./request-rules.ts";
import type { Purpose, Version } from "./version.ts";

const KIND: Readonly<Record<Purpose, GrantKind>> = { initial: "initial", extension: "extension", change: "change", reduction: "change" };

/** The grant that a met plan buys, and the orders it changes beside a grant in force. An extension leaves the old grant its end. */
export function grantOf(state: ExceptionState, version: Version, { now, facts, stamp }: Deciding): readonly ExceptionEvent[] {
  const { dossier } = state;
  const cuts = KIND[version.purpose] === "change" ? cutsFrom(dossier, now, `replaced by version ${version.n}`) : [];
  const grant = newGrant(dossier, version, cuts, facts.policy, now);
  const owner = version.content.accountability.businessOwner;
  const approved = stamp("VersionApproved", { version: version.n, grant, cuts, owner });
  if (state.state !== "active") return [approved];
  const orders = ordersAt(evolve(state, approved).dossier, now);
  return orders.length === 0 ? [approved] : [approved, stamp("BindingsOrdered", { orders, overstayFrom: now })];
}

/** Ends every grant that would outlast `at` there. One that has not begun is cut to nothing. */
export function cutsFrom(dossier: Dossier, at: Instant, why: string): readonly GrantCut[] {
  return dossier.grants
    .filter((grant) => grant.kind !== "emergency" && grant.validUntil > at)
    .map((grant) => ({ seq: grant.seq, to: grant.validFrom > at ? grant.validFrom : at, why }));
}

function newGrant(dossier: Dossier, version: Version, cuts: readonly GrantCut[], policy: CategoryPolicy, now: Instant): Grant {
  const { purpose, content } = version;
  const validFrom = grantStart(dossier, purpose, content.requestedFrom, now);
  const end = grantedUntil(dossier);
  const kind = KIND[purpose];
  const validUntil = kind === "change" && end !== undefined ? earliest(content.requestedUntil, end) : content.requestedUntil;
  const cutAway = cuts.reduce(
    (sum, { seq, to }) => sum + msBetween(to, dossier.grants.find((one) => one.seq === seq)?.validUntil ?? to),
    0,
  );
  const cumulative = durationOfMs(durationMs(grantedSoFar(dossier)) - cutAway + msBetween(validFrom, validUntil));
  return {
    seq: dossier.grants.length + 1,
    version: version.n,
    contentHash: version.contentHash,
    kind,
    validFrom,
    validUntil,
    originalValidUntil: validUntil,
    cumulative,
    grantedAt: now,
    perUse: policy.maxPerUse,
    cuts: [],
  };
}

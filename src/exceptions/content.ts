/** The content of a version: its canonical text, its hash, and how two of them compare. */
import { canonicalText } from "../kernel/canonical.ts";
import type { Draft } from "./exception.ts";
import type { Accountability, Content, DraftContent, ExceptionId, ExitPlan, Milestone, ScopeItem } from "./version.ts";

/**
 * What a vote and its WebAuthn assertion are bound to. The exception and the version's number are part of the text, so the same
 * words put forward again hash differently: votes never carry over.
 */
export function contentHash(exception: ExceptionId, n: number, content: Content, hash: (text: string) => string): string {
  return hash(canonicalText({ v: "postern-exception-version-1", exception, n, content }));
}

/** A frozen version as a draft again, to be edited. */
export function draftOf(content: Content): DraftContent {
  return {
    ...content,
    scope: content.scope.map(({ subject, resource, conditions, ceiling }) => ({ subject, resource, conditions, ceiling })),
  };
}

/** What identifies a scope item: subject, resource and conditions, whatever the subject is called today. */
export function scopeKey(item: Pick<ScopeItem, "subject" | "resource" | "conditions">): string {
  const { connection, kind, key } = item.subject;
  return canonicalText([connection, kind, key, item.resource, item.conditions]);
}

/** Same bypass for the same subjects: what an extension must leave as it is. */
export function allowsTheSame(a: Content, b: Content): boolean {
  return reachText(a) === reachText(b);
}

/** Whom it lets through to what, past which control; of a draft as far as it is filled in. */
export function reachText(content: Partial<DraftContent>): string {
  const { weakenedControl = null, fallbackMethodAllowed = null } = content;
  const scope = (content.scope ?? []).map((item) => canonicalText([scopeKey(item), item.ceiling])).sort();
  return canonicalText([weakenedControl, fallbackMethodAllowed, scope]);
}

/** True when `less` lets through nothing that `more` does not, for no longer, and is not the same. */
export function isSmaller(less: Content, more: Content): boolean {
  const kept = new Map(more.scope.map((item) => [scopeKey(item), item.ceiling]));
  const within = less.scope.every((item) => item.ceiling <= (kept.get(scopeKey(item)) ?? -1));
  const sameControl =
    canonicalText([less.weakenedControl, less.fallbackMethodAllowed]) === canonicalText([more.weakenedControl, more.fallbackMethodAllowed]);
  const shorter = less.requestedUntil < more.requestedUntil;
  return within && sameControl && less.requestedUntil <= more.requestedUntil && (shorter || !allowsTheSame(less, more));
}

/** Fields that every request needs and that a draft may still lack. */
export const NEEDED = [
  "reasonClass",
  "weakenedControl",
  "fallbackMethodAllowed",
  "inherentRisk",
  "residualRisk",
  "requestedUntil",
  "exitPlan",
  "accountability",
] as const satisfies readonly (keyof DraftContent)[];

/**
 * Freezes a draft with the headcounts of the moment (by subject key). Undefined while a needed field is missing or a subject
 * was not counted: the refusals of the request rules say which.
 */
export function completeContent(draft: Draft["content"], headcounts: Readonly<Record<string, number>>): Content | undefined {
  const { reasonClass, weakenedControl, fallbackMethodAllowed, inherentRisk, residualRisk, requestedUntil } = draft;
  const [exitPlan, accountability] = [completePlan(draft), completeAccountability(draft)];
  if (reasonClass === null || weakenedControl === null || fallbackMethodAllowed === null) return undefined;
  if (inherentRisk === null || residualRisk === null || requestedUntil === null) return undefined;
  if (exitPlan === undefined || accountability === undefined) return undefined;
  const scope: ScopeItem[] = [];
  for (const item of draft.scope) {
    const headcountAtApproval = headcounts[item.subject.key];
    if (headcountAtApproval === undefined) return undefined;
    scope.push({ ...item, headcountAtApproval });
  }
  const needed = {
    reasonClass,
    weakenedControl,
    fallbackMethodAllowed,
    inherentRisk,
    residualRisk,
    requestedUntil,
    exitPlan,
    accountability,
  };
  return { ...draft, ...needed, scope };
}

function completePlan({ exitPlan }: DraftContent): ExitPlan | undefined {
  if (exitPlan === null || exitPlan.owner === null) return undefined;
  const milestones = exitPlan.milestones.filter((milestone): milestone is Milestone => milestone.by !== null);
  return milestones.length < exitPlan.milestones.length ? undefined : { ...exitPlan, owner: exitPlan.owner, milestones };
}

function completeAccountability({ accountability: who }: DraftContent): Accountability | undefined {
  if (who === null || who.businessOwner === null || who.implementer === null) return undefined;
  return { ...who, businessOwner: who.businessOwner, implementer: who.implementer };
}

export interface Hole {
  readonly at: string;
  readonly words: string;
}

/** What is begun and not finished, and where. */
export function unfinished({ weakenedControl: control, exitPlan, accountability: who, vendorContract }: DraftContent): readonly Hole[] {
  const holes: readonly (readonly [boolean, string, string])[] = [
    [control !== null && control.policy === "", "/weakenedControl/policy", "Name the policy that is weakened."],
    [control !== null && control.lostMethod === "", "/weakenedControl/lostMethod", "Name the method that is lost."],
    [exitPlan !== null && exitPlan.what.trim() === "", "/exitPlan/what", "Say what replaces it."],
    [exitPlan !== null && exitPlan.owner === null, "/exitPlan/owner", "Name who brings that about."],
    ...(exitPlan?.milestones ?? []).map(
      ({ what, by }, i) =>
        [what.trim() === "" || by === null, `/exitPlan/milestones/${i}`, `Say what milestone ${i + 1} is, and by which day.`] as const,
    ),
    [who !== null && who.businessOwner === null, "/accountability/businessOwner", "Name the business owner."],
    [who !== null && who.implementer === null, "/accountability/implementer", "Name the implementer."],
    [vendorContract !== null && vendorContract.contract === "", "/vendorContract/contract", "Name the contract."],
  ];
  return holes.flatMap(([isHole, at, words]) => (isHole ? [{ at, words }] : []));
}

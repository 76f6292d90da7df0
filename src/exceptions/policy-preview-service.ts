/** What a changed policy would do to every exception that lives, told before anybody changes it. Reads, and changes nothing. */
import type { Instant } from "../kernel/time.ts";
import type { CategoryRegister } from "./category-register.ts";
import type { AffectedView, PolicyPreviewView } from "./contract-policy.ts";
import { STATES, versionInEffect } from "./exception.ts";
import { type CategoryPolicy, validatePolicy } from "./policy.ts";
import { effectsOf, type PolicyEffects } from "./policy-effects.ts";
import type { ExceptionStore } from "./store.ts";
import { END_STATES } from "./transitions.ts";

export interface PreviewDependencies {
  readonly store: Pick<ExceptionStore, "list">;
  readonly categories: Pick<CategoryRegister, "find">;
}

/** Rows read at a time: few enough that other requests get their turn. */
const PAGE = 200;
const MOST_LISTED = 200;
const LIVE = STATES.filter((state) => !(END_STATES as readonly string[]).includes(state));

export async function previewPolicy(
  { store, categories }: PreviewDependencies,
  after: CategoryPolicy,
  now: Instant,
): Promise<PolicyPreviewView> {
  const before = (await categories.find(after.key)) ?? after;
  const counts = { endEarlier: 0, endLater: 0, reachLess: 0, reachMore: 0, otherApprovers: 0, unmet: 0 };
  const items: AffectedView[] = [];
  let live = 0;
  for (let cursor: string | undefined, isLast = false; !isLast;) {
    const page = await store.list({
      category: after.key,
      statuses: LIVE,
      sort: "ref",
      descending: false,
      limit: PAGE,
      ...(cursor && { cursor }),
    });
    live += page.items.length;
    for (const { exception } of page.items) {
      const effects = effectsOf(exception, before, after, now);
      if (effects === undefined) continue;
      count(counts, effects);
      const { id, ref } = exception.dossier;
      const title = versionInEffect(exception.dossier)?.content.title ?? "";
      if (items.length < MOST_LISTED) items.push({ id, ref, title, state: exception.state, ...writable(effects) });
    }
    cursor = page.next;
    isLast = page.next === undefined;
  }
  return {
    faults: validatePolicy(after).map(({ code, detail, at }) => ({ code, detail, ...(at !== undefined && { at }) })),
    live,
    counts,
    items,
  };
}

function count(counts: PolicyPreviewView["counts"], { silentEnd, furthestEnd, approvers, unmet }: PolicyEffects): void {
  if (silentEnd !== null) counts[silentEnd.after < silentEnd.before ? "endEarlier" : "endLater"] += 1;
  if (furthestEnd !== null) counts[furthestEnd.after < furthestEnd.before ? "reachLess" : "reachMore"] += 1;
  if (approvers.added.length + approvers.removed.length > 0) counts.otherApprovers += 1;
  if (unmet.length > 0) counts.unmet += 1;
}

function writable({ silentEnd, furthestEnd, approvers, unmet }: PolicyEffects): Omit<AffectedView, "id" | "ref" | "title" | "state"> {
  return { silentEnd, furthestEnd, approvers: { added: [...approvers.added], removed: [...approvers.removed] }, unmet: [...unmet] };
}

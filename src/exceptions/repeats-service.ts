/** Needs that keep coming back: the design issues that are due for them, and the list that governance reads. */
import { type Instant, subtractDuration } from "../kernel/time.ts";
import type { RepeatsView } from "./contract-lists.ts";
import { fingerprintTexts } from "./fingerprint-texts.ts";
import { loadRepeats, recordOf } from "./load-repeats.ts";
import { shownContent } from "./projection.ts";
import type { Cluster, RepeatStore } from "./repeat-store.ts";
import { countRepeats, isForDrills, levelsReached, partsOf, REPEAT_WINDOW, type RepeatLevel } from "./repeats.ts";
import { type ExceptionDependencies, load, policyOf } from "./service.ts";
import type { StoredException } from "./store.ts";
import { RESOURCE_KINDS, type Resource } from "./version.ts";

/** A design issue that is due: the next request for the same is refused without it. */
export interface IssueDue {
  readonly application: string;
  readonly statement: string;
}

/** The issues that are due because an exception was put forward: one for each application it is about, where a limit is reached. */
export async function issuesDue(deps: ExceptionDependencies, exception: string, now: Instant): Promise<readonly IssueDue[]> {
  const state = (await load(deps, exception)).exception;
  const content = shownContent(state);
  if (content === undefined) return [];
  const { id, category, openedAt, ref } = state.dossier;
  const drills = await deps.world.drillSubjects();
  if (isForDrills(content, drills)) return [];
  const { counted: others, mine } = await loadRepeats(
    deps.store,
    { id, category, content, openedAt },
    recordOf(state).headcount,
    now,
    drills,
  );
  const counts = countRepeats(others, mine, now);
  // Itself is one of those that the next one counts.
  const next = { same: counts.same + 1, resource: counts.resource + 1, subject: counts.subject + 1, split: counts.split };
  const levels = levelsReached(next, (await policyOf(deps, category)).repeatLimits);
  if (levels.length === 0) return [];
  const counted = levels.map((level) => `${next[level]} (${LEVEL_WORDS[level]})`).join(", ");
  const statement = `Asked for again and again in 365 days, with ${ref} the last: ${counted}. What would make these exceptions needless?`;
  const applications = content.scope.flatMap(({ resource }) => (resource.kind === "application" ? [resource.id] : []));
  return [...new Set(applications)].map((application) => ({ application, statement }));
}

const LEVEL_WORDS = {
  same: "by the same subject for the same",
  resource: "for the same by anybody",
  subject: "by the same subject for anything",
  split: "parts of what was refused",
} as const;

export interface RepeatsDependencies extends ExceptionDependencies {
  readonly repeatStore: RepeatStore;
  /** The open design issue about a resource. */
  readonly openIssueAbout: (about: Resource) => Promise<string | undefined>;
}

export interface RepeatsQuery {
  readonly level: RepeatLevel;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Page {
  readonly items: RepeatsView[];
  readonly next?: string;
}

/** Clusters of one level within the window, the largest first; parts of what was refused, the latest refusal first. */
export async function listRepeats(deps: RepeatsDependencies, query: RepeatsQuery, now: Instant): Promise<Page> {
  const since = subtractDuration(now, REPEAT_WINDOW);
  const { level, ...page } = query;
  if (level === "split") return listSplits(deps, page, since);
  const { items, next } = await deps.repeatStore.clusters(level, { ...page, since });
  const views: RepeatsView[] = [];
  for (const cluster of items) views.push(await viewOf(deps, level, cluster, await deps.repeatStore.findAll(cluster.newest), null));
  return { items: views, ...(next !== undefined && { next }) };
}

async function listSplits(deps: RepeatsDependencies, page: Omit<RepeatsQuery, "level">, since: Instant): Promise<Page> {
  const { items, next } = await deps.repeatStore.refused({ ...page, since });
  const views: RepeatsView[] = [];
  for (const refused of items) {
    const { dossier } = refused.exception;
    const content = shownContent(refused.exception);
    const texts = content === undefined ? [] : fingerprintTexts(dossier.category, content).filter((text) => text.startsWith("resource:"));
    const others = (await deps.store.withFingerprints(texts, since)).filter((each) => each.exception.dossier.id !== dossier.id);
    const ids = new Set(
      partsOf(
        recordOf(refused.exception),
        others.map(({ exception }) => recordOf(exception)),
      ).map((part) => part.exception),
    );
    const parts = others.filter(({ exception }) => ids.has(exception.dossier.id));
    if (parts.length > 0) views.push(await viewOf(deps, "split", { key: texts[0]!, count: parts.length, newest: [] }, parts, refused));
  }
  return { items: views, ...(next !== undefined && { next }) };
}

async function viewOf(
  deps: RepeatsDependencies,
  level: RepeatLevel,
  { key, count }: Cluster,
  members: readonly StoredException[],
  refused: StoredException | null,
): Promise<RepeatsView> {
  const policies = await Promise.all(members.map(({ exception }) => policyOf(deps, exception.dossier.category)));
  const limit = Math.min(...policies.map((policy) => policy.repeatLimits[level]));
  const about = resourceIn(key);
  const designIssue = about === null ? undefined : await deps.openIssueAbout(about);
  return {
    level,
    key,
    count,
    limit,
    limitReached: count >= limit,
    about,
    designIssue: designIssue ?? null,
    refused: refused === null ? null : memberView(refused),
    members: members.map(memberView),
  };
}

function memberView({ exception: { state, dossier }, exception }: StoredException): RepeatsView["members"][number] {
  return { id: dossier.id, ref: dossier.ref, title: shownContent(exception)?.title ?? "", state, openedAt: dossier.openedAt };
}

/** The resource that a fingerprint names; none at the level of subjects. */
function resourceIn(key: string): Resource | null {
  const named = key.startsWith("same:") ? key.split("|")[2] : key.startsWith("resource:") ? key.slice("resource:".length) : undefined;
  const kind = RESOURCE_KINDS.find((each) => named?.startsWith(`${each} `));
  return kind === undefined || named === undefined ? null : { kind, id: named.slice(kind.length + 1) };
}

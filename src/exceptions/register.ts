/** Reading the register for people: rows and whole exceptions with names, time line and what the reader may do. */
import type { Instant } from "../kernel/time.ts";
import { actionsFor } from "./actions.ts";
import type { ExceptionRowView, ExceptionView } from "./contract-views.ts";
import type { ExceptionEvent } from "./events.ts";
import { type ExceptionDependencies, load, policyOf } from "./service.ts";
import type { ListFilter, StoredException } from "./store.ts";
import { LANES, sentenceOf } from "./timeline.ts";
import { fullView, type Names, peopleIn, rowView } from "./view.ts";

export interface RegisterDependencies extends ExceptionDependencies {
  /** Journal entries of a subject, oldest first. */
  readonly entriesOf: (subject: string) => Promise<readonly RegisterEntry[]>;
}

/** A journal entry as the time line needs it. */
export interface RegisterEntry {
  readonly id: string;
  readonly type: string;
  readonly at: Instant;
  readonly actor: { readonly kind: "person" | "system"; readonly id: string; readonly onBehalfOf?: string };
  readonly data: unknown;
}

interface Reader {
  readonly id: string;
  readonly roles: readonly string[];
}

export async function listRegister(
  deps: RegisterDependencies,
  filter: ListFilter,
  now: Instant,
): Promise<{ items: ExceptionRowView[]; next?: string }> {
  const { items, next } = await deps.store.list(filter);
  const names = await namesOf(
    deps,
    items.flatMap(({ exception }) => ownerOf(exception)),
  );
  const rows: ExceptionRowView[] = [];
  for (const { exception } of items) rows.push(rowView(exception, await policyOf(deps, exception.dossier.category), now, names));
  return { items: rows, ...(next !== undefined && { next }) };
}

const ownerOf = (state: StoredException["exception"]): string[] => peopleIn(state).slice(0, 3);

/** One exception as its reader sees it. Throws `exceptions.notFound`. */
export async function showException(deps: RegisterDependencies, idOrRef: string, reader: Reader, now: Instant): Promise<ExceptionView> {
  const stored = await load(deps, idOrRef);
  return show(deps, stored, reader, now);
}

export async function show(deps: RegisterDependencies, stored: StoredException, reader: Reader, now: Instant): Promise<ExceptionView> {
  const { exception, version } = stored;
  const entries = await deps.entriesOf(exception.dossier.id);
  const names = await namesOf(deps, [
    ...peopleIn(exception),
    ...entries.filter((entry) => entry.actor.kind === "person").map((entry) => entry.actor.id),
  ]);
  return fullView(exception, {
    policy: await policyOf(deps, exception.dossier.category),
    now,
    names,
    version,
    timeline: entries.map((entry) => timelineOf(entry, names)),
    actions: actionsFor(exception, reader),
  });
}

function timelineOf(entry: RegisterEntry, names: Names): ExceptionView["timeline"][number] {
  const event = { type: entry.type, ...(entry.data as object) } as ExceptionEvent;
  return {
    entry: entry.id,
    at: entry.at,
    type: entry.type,
    lane: LANES[event.type],
    actor: { ...entry.actor },
    actorName: names[entry.actor.id] ?? null,
    words: sentenceOf(event),
  };
}

async function namesOf(deps: RegisterDependencies, ids: readonly string[]): Promise<Names> {
  const names: Record<string, string> = {};
  for (const id of new Set(ids)) {
    const person = await deps.world.person(id);
    if (person !== undefined) names[id] = person.name;
  }
  return names;
}

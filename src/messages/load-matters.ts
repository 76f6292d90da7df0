/** Finds out whom the matters of a subject concern, and whether what was noted is still so. */
import { type AddresseesWorld, barredFromOpen, type ExceptionState, loadAddressees, partialTo } from "../exceptions/index.ts";
import { shownContent } from "../exceptions/projection.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { type MatterFound, otherMattersFor, type OtherMattersWorld } from "./load-other-matters.ts";
import { type Matter, type MatterKind, mattersOf } from "./matter.ts";
import type { Line } from "./notification.ts";

export type MattersWorld = AddresseesWorld & OtherMattersWorld;

/** What only tells how something ended is no news any more after this: an upgrade does not tell of last year. */
export const NEWS_FOR = duration("P3D");

/** Every matter of a subject as it stands, with the people it concerns: an exception, or what a prefix says otherwise. */
export async function mattersFor(world: MattersWorld, subject: string, now: Instant): Promise<readonly MatterFound[]> {
  const found = (await otherMattersFor(world, subject, now)) ?? (await exceptionMatters(world, subject));
  return found.filter(({ matter: { since } }) => since === null || addDuration(since, NEWS_FOR) >= now);
}

async function exceptionMatters(world: MattersWorld, exception: string): Promise<readonly MatterFound[]> {
  const state = await world.exception(exception);
  if (state === undefined) return [];
  const barred: Partial<Record<MatterKind, ReadonlySet<string>>> = { decide: barredFromOpen(state), review: partialTo(state) };
  const found: MatterFound[] = [];
  for (const matter of mattersOf(state)) {
    const seated = matter.seats.length === 0 ? [] : await loadAddressees(world, state, matter.seats);
    const persons = [...new Set([...seated, ...matter.persons])].filter((id) => barred[matter.kind]?.has(id) !== true);
    found.push({ matter, line: lineOf(state, matter), persons });
  }
  return found;
}

export interface Noted {
  readonly key: string;
  readonly subject: string;
}

/** What of this is still so and still theirs, as lines; `over` is the rest. */
export async function linesOf(
  world: MattersWorld,
  person: string,
  noted: readonly Noted[],
  now: Instant,
): Promise<{ lines: readonly { key: string; line: Line }[]; over: readonly string[] }> {
  const current = new Map<string, MatterFound>();
  for (const subject of new Set(noted.map((each) => each.subject))) {
    for (const each of await mattersFor(world, subject, now)) if (each.persons.includes(person)) current.set(each.matter.key, each);
  }
  const lines = noted.flatMap(({ key }) => {
    const found = current.get(key);
    return found === undefined ? [] : [{ key, line: found.line }];
  });
  return { lines, over: noted.map(({ key }) => key).filter((key) => !current.has(key)) };
}

function lineOf(state: ExceptionState, { kind, until, path }: Matter): Line {
  return { kind, ref: state.dossier.ref, title: shownContent(state)?.title ?? "", until, path };
}

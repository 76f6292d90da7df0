/** Finds out whom the matters of a subject concern, and whether what was noted is still so. */
import { type AddresseesWorld, barredFromOpen, barredFromReview, type ExceptionState, loadAddressees } from "../exceptions/index.ts";
import { shownContent } from "../exceptions/projection.ts";
import { seatsOfRoles } from "../exceptions/seats.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { type MatterFound, otherMattersFor, type OtherMattersWorld } from "./load-other-matters.ts";
import { type Matter, type MatterKind, mattersOf } from "./matter.ts";
import type { Line } from "./notification.ts";

export interface MattersWorld extends AddresseesWorld, OtherMattersWorld {
  /** To whom a person handed their decisions for now; `role` null: all of them. */
  delegatesOf(person: string, now: Instant): Promise<readonly { readonly to: string; readonly role: string | null }[]>;
}

/** What only tells how something ended is no news any more after this: an upgrade does not tell of last year. */
export const NEWS_FOR = duration("P3D");

/** Every matter of a subject as it stands, with the people it concerns: an exception, or what a prefix says otherwise. */
export async function mattersFor(world: MattersWorld, subject: string, now: Instant): Promise<readonly MatterFound[]> {
  const found = (await otherMattersFor(world, subject, now)) ?? (await exceptionMatters(world, subject, now));
  return found.filter(({ matter: { since } }) => since === null || addDuration(since, NEWS_FOR) >= now);
}

async function exceptionMatters(world: MattersWorld, exception: string, now: Instant): Promise<readonly MatterFound[]> {
  const state = await world.exception(exception);
  if (state === undefined) return [];
  const barred: Partial<Record<MatterKind, ReadonlySet<string>>> = { decide: barredFromOpen(state), review: barredFromReview(state) };
  const found: MatterFound[] = [];
  for (const matter of mattersOf(state)) {
    const seated = matter.seats.length === 0 ? [] : await loadAddressees(world, state, matter.seats);
    const acting = matter.kind === "decide" ? await delegatesOf(world, seated, matter, now) : [];
    const persons = [...new Set([...seated, ...acting, ...matter.persons])].filter(
      (id) => barred[matter.kind]?.has(id) !== true && matter.barred?.includes(id) !== true,
    );
    found.push({ matter, line: lineOf(state, matter), persons });
  }
  return found;
}

/** Who may vote in the place of those who are asked. They are asked beside them: whoever delegates need not be away. */
async function delegatesOf(world: MattersWorld, seated: readonly string[], { seats }: Matter, now: Instant): Promise<readonly string[]> {
  const found = await Promise.all(seated.map((person) => world.delegatesOf(person, now)));
  const mayVote = (role: string | null) => role === null || seatsOfRoles([role]).some((seat) => seats.includes(seat));
  return found.flat().flatMap(({ to, role }) => (mayVote(role) ? [to] : []));
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

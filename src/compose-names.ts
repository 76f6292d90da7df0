/** What people call the things the journal is about. The journal knows ids only; their states know the names. */
import type { EstateService } from "./estate/index.ts";
import type { JournalService } from "./journal/service.ts";
import type { PersonId } from "./people/index.ts";

/** As far as the states of all kinds say what a thing is called, or whose it is. */
interface Called {
  readonly displayName?: string;
  readonly name?: string;
  readonly statement?: string;
  readonly object?: string;
  readonly about?: { readonly key?: string };
  readonly person?: string;
  readonly from?: string;
  readonly dossier?: { readonly ref: string };
  readonly seen?: { readonly subject: { readonly name: string } };
  readonly policy?: { readonly title: string };
  readonly run?: { readonly sheet: { readonly name: string } };
}

function ownName(state: Called): string | undefined {
  const ofParts = state.dossier?.ref ?? state.seen?.subject.name ?? state.policy?.title ?? state.run?.sheet.name;
  return ofParts ?? state.displayName ?? state.name ?? state.statement ?? wordOf(state);
}

/** Of what has no name of its own: what it was seen at, or what a way in leads to. */
function wordOf({ object, about }: Called): string | undefined {
  return object ?? about?.key;
}

/** Of a passkey, an invitation or a delegation one asks whose it is. */
function holderOf({ person, from }: Called): string | undefined {
  return person ?? from;
}

type Named = { readonly subject_kind: string; readonly subject: string; readonly actor: string };

/** The names of everybody and everything in these entries: one question a kind, however many entries there are. */
export function createNames(journal: Pick<JournalService, "statesOf">) {
  const namesOfPersons = async (ids: readonly string[]) =>
    new Map((await journal.statesOf("person", [...new Set(ids)])).map(({ subject, state }) => [subject, ownName(state as Called)]));
  return async (entries: readonly Named[]): Promise<ReadonlyMap<string, string>> => {
    const byKind = Map.groupBy(entries, (entry) => entry.subject_kind);
    const found = await Promise.all(
      [...byKind].map(([kind, those]) => journal.statesOf(kind, [...new Set(those.map((each) => each.subject))])),
    );
    const states = found.flat().map(({ subject, state }) => ({ subject, state: state as Called }));
    const holders = states.flatMap(({ state }) => holderOf(state) ?? []);
    const persons = await namesOfPersons([...entries.map(({ actor }) => actor), ...holders]);
    const names = new Map<string, string>();
    for (const [id, name] of persons) if (name !== undefined) names.set(id, name);
    for (const { subject, state } of states) {
      const name = ownName(state) ?? persons.get(holderOf(state) ?? "");
      if (name !== undefined) names.set(subject, name);
    }
    return names;
  };
}

/** Those who answer for something, by id, as answers name them. */
export function createPeopleViews(estate: Pick<EstateService, "findAnswering">) {
  return async (ids: readonly string[]) => {
    const found = await estate.findAnswering(ids as readonly PersonId[]);
    return new Map([...found].map(([id, { displayName: name, active }]) => [id as string, { id, name, active }]));
  };
}

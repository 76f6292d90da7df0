/** Teams, applications, device classes and vendors of a file: matched by key, and decided as if changed by hand. */
import type { Decision } from "../kernel/decision.ts";
import type { IdKind } from "../kernel/id.ts";
import { decideTeam, evolveTeam, type Team, type TeamEvent } from "../people/team.ts";
import { type Answerable, decideApplication, decideDeviceClass, decideOrganisation, decideVendor } from "./decide.ts";
import { type EstateEvent, ORGANISATION_ID, type Organisation } from "./estate.ts";
import { evolveApplication, evolveDeviceClass, evolveOrganisation, evolveVendor } from "./evolve.ts";
import type { EstateFile, Path } from "./file.ts";
import { type At, noteReasons, personOf, personOrNull, type Planning, type Step } from "./planning.ts";

interface Keyed {
  readonly key: string;
  readonly id: string;
}

interface Rules<Item, State, Event> {
  readonly kind: IdKind;
  /** What the item asks for; undefined when it refers to somebody who is not there, which is noted. */
  readonly wanted: (item: Item, own: { readonly id: never; readonly key: string }, path: Path) => State | undefined;
  readonly decide: (state: State | undefined, wanted: State) => Decision<Event>;
  readonly evolve: (state: State | undefined, event: Event) => State;
  /** The file's words for fields that are called otherwise. */
  readonly words?: Readonly<Record<string, string>>;
}

export function planList<Item extends { readonly key: string }, State extends Keyed, Event>(
  planning: Planning,
  section: keyof EstateFile,
  items: readonly Item[],
  known: readonly At<State>[],
  rules: Rules<Item, State, Event>,
): readonly Step<State, Event>[] {
  const byKey = new Map(known.map((each) => [each.state.key, each]));
  return items.flatMap((item, i) => {
    const path = [section, i];
    const before = byKey.get(item.key);
    const id = (before?.state.id ?? planning.ids.next(rules.kind)) as never;
    const wanted = rules.wanted(item, { id, key: item.key }, path);
    if (wanted === undefined) return [];
    const decision = rules.decide(before?.state, wanted);
    if (!decision.accepted) {
      noteReasons(planning, decision.reasons, path, rules.words);
      return [];
    }
    const after = decision.events.reduce<State | undefined>(rules.evolve, before?.state)!;
    return [{ before, after, events: decision.events }];
  });
}

export function planOrganisation({ file, known }: Planning): readonly Step<Organisation, EstateEvent>[] {
  if (file.organisation === null || file.organisation === undefined) return [];
  const before = known.organisation;
  const decision = decideOrganisation(before?.state, { ...file.organisation, id: ORGANISATION_ID });
  if (!decision.accepted) return [];
  const after = decision.events.reduce<Organisation | undefined>(evolveOrganisation, before?.state)!;
  return [{ before, after, events: decision.events }];
}

export function planTeams(planning: Planning): readonly Step<Team, TeamEvent>[] {
  const everybody = new Set(planning.personIds.values());
  return planList(planning, "teams", planning.file.teams, planning.known.teams, {
    kind: "team",
    wanted: ({ name, lead, members }, own, path) => {
      const known = members.map((member, i) => personOf(planning, member, [...path, "members", i]));
      const present = known.filter((id) => id !== undefined);
      const wanted = { ...own, name, lead: personOrNull(planning, lead, [...path, "lead"]), members: [...new Set(present)].toSorted() };
      return present.length < known.length ? undefined : { ...wanted, status: "active" as const };
    },
    decide: (state, wanted) => decideTeam(state, wanted, everybody),
    evolve: evolveTeam,
  });
}

/** Applications, device classes and vendors; `people` are those who may answer, as the file leaves them. */
export function planEstate(planning: Planning, people: Answerable) {
  const { file, known } = planning;
  return {
    applications: planList(planning, "applications", file.applications, known.applications, {
      kind: "application",
      wanted: ({ name, owner: key, tier, provider, supportsPasskeys, status }, own, path) => {
        const owner = personOf(planning, key, [...path, "owner"]);
        const hint =
          provider === null || provider === undefined ? null : { connection: provider.connection, policy: provider.policy ?? null };
        return owner === undefined ? undefined : { ...own, name, owner, tier, provider: hint, supportsPasskeys, status };
      },
      decide: (state, wanted) => decideApplication(state, wanted, people),
      evolve: evolveApplication,
    }),
    deviceClasses: planList(planning, "deviceClasses", file.deviceClasses, known.deviceClasses, {
      kind: "deviceClass",
      wanted: ({ name, lead: key, status }, own, path) => {
        const lead = personOf(planning, key, [...path, "lead"]);
        return lead === undefined ? undefined : { ...own, name, lead, status };
      },
      decide: (state, wanted) => decideDeviceClass(state, wanted, people),
      evolve: evolveDeviceClass,
    }),
    vendors: planList(planning, "vendors", file.vendors, known.vendors, {
      kind: "vendor",
      wanted: ({ name, manager: key, contracts }, own, path) => {
        const manager = personOf(planning, key, [...path, "manager"]);
        return manager === undefined ? undefined : { ...own, name, manager, contracts };
      },
      decide: (state, wanted) => decideVendor(state, wanted, people),
      evolve: evolveVendor,
    }),
  };
}

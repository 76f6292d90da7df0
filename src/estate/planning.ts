/** What the parts of a plan share: what is known, what was found wrong, and who a key of the file stands for. */
import type { Journey } from "../accountability/journey.ts";
import type { AccountabilityRefusal } from "../accountability/refusals.ts";
import type { Feed, Rota } from "../accountability/rota.ts";
import type { Ids } from "../kernel/id.ts";
import { type Refusal, refusal } from "../kernel/problem.ts";
import type { Instant, Zone } from "../kernel/time.ts";
import type { PersonFacts } from "../people/decide.ts";
import type { Person, PersonId } from "../people/person.ts";
import type { Team } from "../people/team.ts";
import type { Application, DeviceClass, Organisation, Vendor } from "./estate.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation } from "./model-event.ts";
import { type EstateFile, type Path, type PlaceOf, SECTIONS } from "./file.ts";
import type { EstateRefusal } from "./refusals.ts";

export interface At<State> {
  readonly version: number;
  readonly state: State;
}

/** All that is known of what the file names, and of what it does not. */
export interface Known {
  readonly organisation: At<Organisation> | undefined;
  /** Persons the file names by key or account, those whom they and the estate refer to, and all administrators. */
  readonly persons: readonly At<Person>[];
  readonly teams: readonly At<Team>[];
  readonly applications: readonly At<Application>[];
  readonly deviceClasses: readonly At<DeviceClass>[];
  readonly vendors: readonly At<Vendor>[];
  readonly components: readonly At<KeptComponent>[];
  readonly commonCauses: readonly At<KeptCommonCause>[];
  readonly operations: readonly At<KeptOperation>[];
  readonly rotas: readonly At<Rota>[];
  readonly journeys: readonly At<Journey>[];
  /** Persons an earlier file gave a key; the first few hundred of them. */
  readonly keyedPersons: readonly { readonly key: string; readonly name: string }[];
  /** Ids of connections by their keys. */
  readonly connections: ReadonlyMap<string, string>;
}

export const NOTHING_KNOWN: Known = {
  organisation: undefined,
  persons: [],
  teams: [],
  applications: [],
  deviceClasses: [],
  vendors: [],
  components: [],
  commonCauses: [],
  operations: [],
  rotas: [],
  journeys: [],
  keyedPersons: [],
  connections: new Map(),
};

export interface PlanRequest {
  readonly file: EstateFile;
  readonly placeOf: PlaceOf;
  readonly known: Known;
  readonly actor: PersonFacts["actor"];
  readonly now: Instant;
  readonly ids: Ids;
  /** What is kept in the open of a calendar's address; undefined where none can be read from it. */
  readonly feedOf: (address: string) => Feed | undefined;
}

export interface Planning extends PlanRequest {
  /** The organisation's, as it will be. */
  readonly zone: Zone;
  readonly faults: Refusal[];
  /** Persons by key: of the file, or of an earlier one. */
  readonly personIds: ReadonlyMap<string, PersonId>;
}

/** What happens to one thing of the file. */
export interface Step<State, Event> {
  readonly before: At<State> | undefined;
  readonly after: State;
  readonly events: readonly Event[];
}

export function note(
  planning: Pick<Planning, "faults" | "placeOf">,
  code: EstateRefusal | AccountabilityRefusal,
  detail: string,
  path: Path,
): void {
  planning.faults.push(refusal(code, detail, { at: planning.placeOf(path) }));
}

/** Refusals of a decision, placed where the file says what is refused. `fields` are the file's words for the state's. */
export function noteReasons(
  planning: Pick<Planning, "faults" | "placeOf">,
  reasons: readonly Refusal[],
  path: Path,
  fields: Readonly<Record<string, string>> = {},
): void {
  for (const reason of reasons) {
    const within = (reason.at ?? "")
      .split("/")
      .slice(1)
      .map((part) => (/^\d+$/.test(part) ? Number(part) : (fields[part] ?? part)));
    planning.faults.push({ ...reason, at: planning.placeOf([...path, ...within]) });
  }
}

/** Who a key stands for. Notes `estate.referenceDangling` when nobody does. */
export function personOf(planning: Planning, key: string, path: Path): PersonId | undefined {
  const found = planning.personIds.get(key);
  if (found === undefined)
    note(planning, "estate.referenceDangling", `There is no person with the key "${key}", here or from an earlier file.`, path);
  return found;
}

/** The same for a reference that may be left out. */
export function personOrNull(planning: Planning, key: string | null | undefined, path: Path): PersonId | null {
  return key === null || key === undefined ? null : (personOf(planning, key, path) ?? null);
}

export function noteKeysTwice(planning: Planning): void {
  for (const section of SECTIONS) {
    const seen = new Set<string>();
    for (const [i, { key }] of planning.file[section].entries()) {
      if (seen.has(key)) note(planning, "estate.keyTwice", `"${key}" is the key of an item above.`, [section, i, "key"]);
      seen.add(key);
    }
  }
}

/** The model an estate file tells all by itself, for an analysis without a server: what it says of people is taken as it stands. */
import type { Ids } from "../kernel/id.ts";
import type { Refusal } from "../kernel/problem.ts";
import { instant, type Zone } from "../kernel/time.ts";
import type { LockoutModel } from "../lockout/model.ts";
import type { PersonId } from "../people/person.ts";
import type { EstateFile, PlaceOf } from "./file.ts";
import { planModel } from "./plan-model.ts";
import { NOTHING_KNOWN, noteKeysTwice, type Planning } from "./planning.ts";

export interface ModelOfFile {
  /** What is active. A person is named by their key. */
  readonly model: LockoutModel;
  /** When there is any, the model is not to be trusted. */
  readonly faults: readonly Refusal[];
}

export function modelOfFile(file: EstateFile, placeOf: PlaceOf): ModelOfFile {
  const { components, operations } = file;
  const persons = [
    ...components.map(({ owner }) => owner),
    ...operations.flatMap(({ businessOwner, modelApprover, maintainer, onCall }) => [businessOwner, modelApprover, maintainer, onCall]),
  ];
  const personIds = new Map(persons.flatMap((key) => (key === null || key === undefined ? [] : [[key, key as PersonId] as const])));
  const planning: Planning = {
    file,
    placeOf,
    known: {
      ...NOTHING_KNOWN,
      connections: new Map(components.flatMap(({ connection }) => (connection ? [[connection, connection]] : []))),
    },
    actor: null,
    now: instant("1970-01-01T00:00:00Z"),
    ids: KEYLESS,
    feedOf: () => undefined,
    zone: "UTC" as Zone,
    faults: [],
    personIds,
  };
  noteKeysTwice(planning);
  const people = new Map([...personIds.values()].map((id) => [id, { active: true, roles: [] }]));
  const named = operations.flatMap(({ application }) => application ?? []);
  const steps = planModel(planning, { people, applications: named.map((key) => ({ key, status: "active" })) });
  return {
    model: {
      components: steps.components.map(({ after }) => after).filter(isActive),
      commonCauses: steps.commonCauses.map(({ after }) => after).filter(isActive),
      operations: steps.operations.map(({ after }) => after).filter(isActive),
    },
    faults: planning.faults,
  };
}

const isActive = ({ status }: { readonly status: string }): boolean => status === "active";

/** Nothing is kept of what is planned, so that nothing needs an id of its own. */
const KEYLESS: Ids = { next: (kind) => kind as never };

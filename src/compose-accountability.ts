/** What the accountability module asks of the others, answered. */
import {
  type AccountabilityService,
  type AccountabilityWorld,
  type Answered,
  createAccountabilityFindings,
  createAccountabilityService,
  type ReadCalendar,
} from "./accountability/index.ts";
import type { Effects } from "./compose-effects.ts";
import type { EstateService } from "./estate/index.ts";
import type { FindingSource } from "./findings/index.ts";
import type { CommitContext } from "./journal/append.ts";
import { createTeamStore, type PeopleService, type Team } from "./people/index.ts";
import { readCalendarText } from "./platform/calendar-text.ts";
import type { Db } from "./platform/db.ts";
import { readHttpsText } from "./platform/https-text.ts";
import type { Seal } from "./platform/seal.ts";

export interface AccountabilityGround {
  readonly context: CommitContext;
  readonly people: PeopleService;
  readonly estate: EstateService;
  readonly sealer: Seal;
  readonly hash: (text: string) => string;
  readonly effects: Effects;
}

/** A year of shifts of a large team is a tenth of it. */
const MOST_BYTES = 2 * 1024 * 1024;
const ANSWER_MS = 20_000;

/** Nothing on this machine is read, whoever gives its address: an address is given by somebody signed in, not by who runs this. */
const readCalendar: ReadCalendar = async (address, window) => {
  const read = await readHttpsText(address, { maxBytes: MOST_BYTES, timeoutMs: ANSWER_MS });
  return read.kind === "failed" ? read : readCalendarText({ ...window, text: read.text });
};

export function createAccountability({ context, people, estate, sealer, hash, effects }: AccountabilityGround): AccountabilityService {
  return createAccountabilityService({
    ...context,
    sealer,
    hash,
    world: createAccountabilityWorld(people, estate, context.db),
    readCalendar,
    model: () => estate.model.loadModel(),
    requestFeed: (tx, rota) => effects.requestFeed(tx, rota),
  });
}

function crewOf({ id, name, status, lead, members }: Team) {
  return { id, name, isDissolved: status === "dissolved", lead, members };
}

/** What is missing around all of it, for the list of findings. */
export function createGapFindings(
  accountability: AccountabilityService,
  { people, estate, context: { db } }: Pick<AccountabilityGround, "people" | "estate" | "context">,
): readonly FindingSource[] {
  return createAccountabilityFindings({
    rows: (now) => accountability.rows(now),
    teams: async () => (await createTeamStore(db).all()).map(({ team }) => crewOf(team)),
    model: () => estate.model.loadModel(),
    answered: () => listAnswered(estate),
    world: createAccountabilityWorld(people, estate, db),
  });
}

const PAGE = 500;

async function listAnswered({ applications, deviceClasses, vendors }: EstateService): Promise<readonly Answered[]> {
  const [apps, devices, selling] = await Promise.all([everyOf(applications.list), everyOf(deviceClasses.list), everyOf(vendors.list)]);
  return [
    ...apps.filter(({ status }) => status !== "retired").map(({ id, name, owner: holder }) => ({ id, name, holder })),
    ...devices.filter(({ status }) => status === "active").map(({ id, name, lead: holder }) => ({ id, name, holder })),
    ...selling.map(({ id, name, manager: holder }) => ({ id, name, holder })),
  ];
}

type List<State> = (filter: {
  limit: number;
  cursor?: string;
}) => Promise<{ items: readonly { state: State }[]; next: string | undefined }>;

async function everyOf<State>(list: List<State>): Promise<readonly State[]> {
  const found: State[] = [];
  for (let cursor: string | undefined; ;) {
    const { items, next } = await list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    found.push(...items.map(({ state }) => state));
    if (next === undefined) return found;
    cursor = next;
  }
}

function createAccountabilityWorld(people: PeopleService, estate: EstateService, db: Db): AccountabilityWorld {
  const teams = createTeamStore(db);
  return {
    zone: async () => (await estate.loadOrganisation()).zone,
    persons: (ids) => people.findPersons(ids),
    async teams(ids) {
      if (ids.length === 0) return [];
      const found = await Promise.all(ids.map((id) => teams.find(id)));
      return found.flatMap((stored) => (stored === undefined ? [] : [crewOf(stored.team)]));
    },
    actsFor: (id, now) => people.actsFor(id, now),
    async personsOfMails(mails) {
      return new Map([...(await people.findPersonsByMails(mails))].map(([mail, { id }]) => [mail, id]));
    },
    async nameOf({ kind, key }) {
      if (kind === "operation") {
        const operation = await estate.model.operations.find(key);
        return operation?.status === "active" ? operation.name : undefined;
      }
      const application = await estate.findApplicationByKey(key);
      return application === undefined || application.status === "retired" ? undefined : application.name;
    },
    async nameOfDeviceClass(key) {
      const found = await estate.deviceClasses.findByKey(key);
      return found?.status === "active" ? found.name : undefined;
    },
    operation: (key) => estate.model.operations.find(key),
  };
}

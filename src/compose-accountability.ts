/** What the accountability module asks of the others, answered. */
import {
  type AccountabilityService,
  type AccountabilityWorld,
  createAccountabilityService,
  type ReadCalendar,
} from "./accountability/index.ts";
import type { Effects } from "./compose-effects.ts";
import type { EstateService } from "./estate/index.ts";
import type { CommitContext } from "./journal/append.ts";
import { createTeamStore, type PeopleService } from "./people/index.ts";
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
    requestFindings: () => Promise.resolve(),
    readCalendar,
    requestFeed: (tx, rota) => effects.requestFeed(tx, rota),
  });
}

function createAccountabilityWorld(people: PeopleService, estate: EstateService, db: Db): AccountabilityWorld {
  const teams = createTeamStore(db);
  return {
    zone: async () => (await estate.loadOrganisation()).zone,
    persons: (ids) => people.findPersons(ids),
    async teams(ids) {
      if (ids.length === 0) return [];
      const found = await Promise.all(ids.map((id) => teams.find(id)));
      return found.flatMap((stored) => {
        if (stored === undefined) return [];
        const { id, name, status, lead, members } = stored.team;
        return [{ id, name, isDissolved: status === "dissolved", lead, members }];
      });
    },
    actsFor: (id, now) => people.actsFor(id, now),
    async personsOfMails(mails) {
      const found = await Promise.all(mails.map(async (mail) => [mail, await people.findPersonByReference(mail)] as const));
      return new Map(found.flatMap(([mail, person]) => (person === undefined ? [] : [[mail, person.id] as const])));
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

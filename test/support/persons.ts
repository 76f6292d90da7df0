/** Persons as the people module keeps them, with ids a test can name and no ceremony to make them. */
import type { PersonDirectory } from "../../src/access/index.ts";
import { commit, type CommitContext } from "../../src/journal/append.ts";
import type { Clock } from "../../src/kernel/time.ts";
import { createPeopleService, type PersonId, type Role } from "../../src/people/index.ts";
import { NOTHING_KNOWN } from "../../src/people/person-service.ts";
import { orderedRoles } from "../../src/people/role.ts";
import { personChange } from "../../src/people/store.ts";

export interface Persons extends PersonDirectory {
  add(id: string, roles: readonly string[], name?: string): Promise<string>;
  setRoles(id: string, roles: readonly string[]): Promise<void>;
  leave(id: string): Promise<void>;
  /** Says that an account of a connection is this person's. */
  link(id: string, connection: string, key: string): Promise<void>;
}

export function createPersons(context: CommitContext, clock: Clock): Persons {
  const people = createPeopleService(context);
  const order = () => ({ by: { id: "per_somebody" as PersonId, roles: ["administrator"] }, now: clock.now() });
  return {
    loadCaller: (id) => people.loadCaller(id),
    findByAccount: async (connection, key) => (await people.findPersonByKey(connection, key))?.id,
    createFirstAdministrator: (person, now) => people.createFirstAdministrator(person, now),
    async add(id, roles, name = id) {
      const fields = { ...NOTHING_KNOWN, id: id as PersonId, displayName: name, roles: orderedRoles(roles as Role[]) };
      const { change } = personChange(undefined, [{ type: "personAdded", data: { ...fields, source: "api", accounts: [] } }]);
      await commit(context, { at: clock.now(), actor: { kind: "system", id: "test" }, changes: [change] });
      return id;
    },
    setRoles: async (id, roles) => void (await people.changePerson(id, { roles: roles as Role[] }, order())),
    link: async (id, connection, key) => void (await people.linkAccount(id, { connection, key, secondary: false }, order())),
    leave: async (id) => void (await people.deactivate(id, "left", order())),
  };
}

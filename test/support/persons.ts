/** Persons for tests of access alone: what {@link PersonDirectory} promises, over a table of the test's own. */
import type { PersonDirectory } from "../../src/access/index.ts";
import { type Db, executeSql } from "../../src/platform/db.ts";

export interface Persons extends PersonDirectory {
  add(id: string, roles: readonly string[], name?: string): Promise<string>;
  setRoles(id: string, roles: readonly string[]): Promise<void>;
  leave(id: string): Promise<void>;
}

interface State {
  name: string;
  roles: readonly string[];
  active: boolean;
}

export async function createPersons(db: Db): Promise<Persons> {
  await executeSql(db, "create table test_person (id text primary key, version integer not null, state jsonb not null)");
  const set = (id: string, part: Partial<State>) =>
    executeSql(db, "update test_person set state = state || $2::jsonb where id = $1", [id, JSON.stringify(part)]);
  return {
    async loadCaller(person) {
      const { rows } = await executeSql(db, "select state from test_person where id = $1", [person]);
      return (rows[0] as { state: State } | undefined)?.state;
    },
    createFirstAdministrator: ({ id, name }) =>
      Promise.resolve({
        kind: "person",
        subject: id,
        fromVersion: 0,
        entries: [{ type: "joined", data: { name } }],
        state: { name, roles: ["administrator"], active: true } satisfies State,
        table: "test_person",
      }),
    async add(id, roles, name = id) {
      const state: State = { name, roles, active: true };
      await executeSql(db, "insert into test_person (id, version, state) values ($1, 1, $2)", [id, JSON.stringify(state)]);
      return id;
    },
    setRoles: async (id, roles) => void (await set(id, { roles })),
    leave: async (id) => void (await set(id, { active: false })),
  };
}

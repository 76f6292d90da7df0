/** Teams: added and changed. */
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { commitOnce, decided, type Order, refuseStale } from "./person-service.ts";
import type { PersonStore } from "./store.ts";
import { decideTeam, type Team, type TeamFields } from "./team.ts";
import { type StoredTeam, teamChange, type TeamFilter, type TeamStore } from "./team-store.ts";

export interface TeamDependencies extends CommitContext {
  readonly store: PersonStore;
  readonly teams: TeamStore;
}

export function createTeamCommands(deps: TeamDependencies) {
  async function settle(before: StoredTeam | undefined, wanted: Team, order: Order): Promise<StoredTeam> {
    const named = [...wanted.members, ...(wanted.lead === null ? [] : [wanted.lead])];
    const known = new Set((await deps.store.findAll(named)).map(({ person }) => person.id));
    const events = decided(decideTeam(before?.team, wanted, known));
    if (events.length === 0) return before!;
    const change = teamChange(before, events);
    await commitOnce(deps, { at: order.now, actor: { kind: "person", id: order.by.id }, changes: [change] });
    return { version: change.fromVersion + events.length, team: change.state as Team };
  }

  async function loadTeam(id: string): Promise<StoredTeam> {
    const found = await deps.teams.find(id);
    if (found === undefined) throw new Refused([refusal("people.notFound", `There is no team ${id}.`)], 404);
    return found;
  }

  return {
    loadTeam,
    /** Teams by name, a page at a time. */
    listTeams: (filter: TeamFilter) => deps.teams.list(filter),
    /** Adds a team. Refuses `people.keyTaken` (409). */
    addTeam: (team: Pick<Team, "key"> & Omit<TeamFields, "status">, order: Order): Promise<StoredTeam> =>
      retryOnConflict(async () => {
        if ((await deps.teams.findByKey(team.key)) !== undefined)
          throw new Refused([refusal("people.keyTaken", `A team "${team.key}" exists already.`, { at: "/key" })], 409);
        return settle(undefined, { ...team, members: sorted(team.members), id: deps.ids.next("team"), status: "active" }, order);
      }),
    /** Changes a team to what is given. */
    changeTeam: (id: string, fields: TeamFields, order: Order): Promise<StoredTeam> =>
      retryOnConflict(async () => {
        const before = await loadTeam(id);
        refuseStale(before.version, order.ifMatch);
        const { key, id: own } = before.team;
        return settle(before, { ...fields, members: sorted(fields.members), key, id: own }, order);
      }),
  };
}

function sorted<T extends string>(ids: readonly T[]): readonly T[] {
  return [...new Set(ids)].toSorted();
}

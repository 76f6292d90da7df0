export { decide as decidePerson, type PersonFacts } from "./decide.ts";
export { type Delegation, delegationInForce } from "./delegation.ts";
export { evolve as evolvePerson } from "./evolve.ts";
export type { ImportResult } from "./import-service.ts";
export {
  type Account,
  isAvailable,
  isOnLeave,
  type Person,
  type PersonFact,
  type PersonFields,
  type PersonId,
  type PersonSource,
} from "./person.ts";
export { type AnnouncePeople, commitOnce, foldPersons, type Order, type PersonStep } from "./person-service.ts";
export { PEOPLE_REFUSALS } from "./refusals.ts";
export { isHelpDesk, type Role, ROLES } from "./role.ts";
export { peopleRoutes } from "./routes.ts";
export { createPeopleService, type PeopleDependencies, type PeopleService } from "./service.ts";
export { createPersonStore, peopleReplays, type PersonStore, type StoredPerson } from "./store.ts";
export type { Team } from "./team.ts";
export { createTeamStore, type StoredTeam, teamChange } from "./team-store.ts";

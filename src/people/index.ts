export { isOnLeave, type Person, type PersonFact, type PersonId } from "./person.ts";
export { type AnnouncePeople, commitOnce, foldPersons, type Order } from "./person-service.ts";
export type { Role } from "./role.ts";
export { peopleRoutes } from "./routes.ts";
export { createPeopleService, type PeopleService } from "./service.ts";
export { createPersonStore, peopleReplays, type PersonStore, type StoredPerson } from "./store.ts";
export { createTeamStore, teamChange } from "./team-store.ts";
export type { Team } from "./team.ts";

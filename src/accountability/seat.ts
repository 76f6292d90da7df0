import type { PersonId } from "../people/person.ts";
import type { TeamId } from "../people/team.ts";

/** Somebody who answers, or a team that does. */
export type Seat = { readonly kind: "person"; readonly id: PersonId } | { readonly kind: "team"; readonly id: TeamId };

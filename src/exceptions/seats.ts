/**
 * Which seats of a plan a person may fill for one exception. A category speaks of seats (`application_owner`, `sponsor`); a
 * seat is held for this exception only: the owner of the application in its scope, not whoever owns some application.
 */
import { isHelpDesk, type Role as GeneralRole } from "../people/role.ts";
import type { PersonId, Role } from "./version.ts";

export interface SeatGrounds {
  readonly generalRoles: readonly string[];
  /** Owners of the applications in the scope; empty when the scope names none. */
  readonly applicationOwners: readonly PersonId[];
  /** Leads of the device classes in the scope. */
  readonly deviceClassLeads: readonly PersonId[];
  readonly requesterManager: PersonId | null;
  readonly businessOwner: PersonId | null;
  /** The scope rests on an application at all. */
  readonly namesApplication: boolean;
}

/** Seats that a general role fills for every exception. `ciso` and `board` are the executives' in this release. */
const BY_GENERAL_ROLE: Readonly<Record<string, readonly Role[]>> = {
  iam: ["iam", "iam_on_call", "step_up_approver"],
  network_security: ["network_security"],
  endpoint: ["endpoint", "endpoint_lead"],
  security_governance: ["security_governance"],
  security_architecture: ["security_architecture"],
  vendor_manager: ["vendor_manager"],
  site_operations: ["site_operations", "site_manager"],
  operations: ["operations_owner"],
  executive: ["executive", "ciso", "board"],
  help_desk: ["help_desk"],
};

/** Owners in the business: of an application, a service, a workload, a sponsored third party. */
const OWNER_SEATS: readonly Role[] = ["application_owner", "service_owner", "workload_owner", "sponsor"];

/** Every seat that somebody can come to fill, or be told in. */
export const SEATS: readonly Role[] = [
  ...new Set([...Object.values(BY_GENERAL_ROLE).flat(), ...OWNER_SEATS, "endpoint_lead", "manager", "owner", "deputy"]),
];

export function seatsOf(person: PersonId, grounds: SeatGrounds): readonly Role[] {
  const seats = new Set(grounds.generalRoles.flatMap((role) => BY_GENERAL_ROLE[role] ?? []));
  if (isHelpDesk(grounds.generalRoles as readonly GeneralRole[])) return [...seats];
  const ownsScope = grounds.applicationOwners.includes(person);
  const ownsSomething = grounds.generalRoles.includes("application_owner") && !grounds.namesApplication;
  if (ownsScope || ownsSomething) for (const seat of OWNER_SEATS) seats.add(seat);
  if (grounds.deviceClassLeads.includes(person)) seats.add("endpoint_lead");
  if (grounds.requesterManager === person) seats.add("manager");
  if (grounds.businessOwner === person) seats.add("owner");
  return [...seats];
}

/** Seats that these general roles may fill for some exception: what a queue shows. The vote asks for the exception at hand. */
export function seatsOfRoles(generalRoles: readonly string[]): readonly Role[] {
  if (isHelpDesk(generalRoles as readonly GeneralRole[])) return [];
  const seats = generalRoles.flatMap((role) => BY_GENERAL_ROLE[role] ?? []);
  return generalRoles.includes("application_owner") ? [...seats, ...OWNER_SEATS] : seats;
}

/** The general roles that fill any of these seats for some exception: where to look for those who are to be told. */
export function generalRolesFor(seats: readonly Role[]): readonly string[] {
  const filling = Object.entries(BY_GENERAL_ROLE).filter(([, filled]) => filled.some((seat) => seats.includes(seat)));
  const roles = filling.map(([role]) => role);
  return seats.some((seat) => OWNER_SEATS.includes(seat)) ? [...roles, "application_owner"] : roles;
}

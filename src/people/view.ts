/** People as the API shows them. */
import type { z } from "zod";

import type { Instant } from "../kernel/time.ts";
import type { delegationView, personDetails, personView, teamView } from "./contract.ts";
import { type Delegation, delegationInForce } from "./delegation.ts";
import { type Account, isOnLeave, type Person } from "./person.ts";
import type { Team } from "./team.ts";

/** What everybody signed in may know of everybody. */
export function minimalView(person: Person, now: Instant): z.input<typeof personView> {
  const { id, key, displayName, unit, roles, active } = person;
  return { id, key, displayName, unit, roles: [...roles], active, onLeave: isOnLeave(person, now) };
}

export function detailedView(
  { version, person }: { readonly version: number; readonly person: Person },
  showsDetails: boolean,
  now: Instant,
): z.input<typeof personDetails> {
  const { email, manager, deputy, leave, source, accounts, left } = person;
  const details = { email, manager, deputy, leave: [...leave], source, accounts: accounts.map(shown), left };
  return { ...minimalView(person, now), version, ...(showsDetails && { details }) };
}

const shown = ({ connection, key, enabled, secondary }: Account) => ({ connection, key, enabled, secondary });

export function viewOfTeam({ version, team }: { readonly version: number; readonly team: Team }): z.input<typeof teamView> {
  return { ...team, version, members: [...team.members] };
}

export function viewOfDelegation(delegation: Delegation, names: ReadonlyMap<string, string>, now: Instant): z.input<typeof delegationView> {
  const nameOf = (id: string) => names.get(id) ?? id;
  return {
    ...delegation,
    fromName: nameOf(delegation.from),
    toName: nameOf(delegation.to),
    inForce: delegationInForce(delegation, now),
  };
}

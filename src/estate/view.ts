/** The estate as the API shows it. */
import type { z } from "zod";

import { endOfDay, type Zone } from "../kernel/time.ts";
import type { Person, PersonId } from "../people/person.ts";
import type { applicationView, deviceClassView, organisationView, planView, vendorView } from "./contract.ts";
import type { Application, DeviceClass, Organisation, Vendor } from "./estate.ts";
import type { Plan } from "./plan-words.ts";

export interface At<State> {
  readonly version: number;
  readonly state: State;
}

export type People = ReadonlyMap<PersonId, Pick<Person, "displayName" | "active">>;

export function viewOfOrganisation({ version, state }: At<Organisation>): z.input<typeof organisationView> {
  return { version, name: state.name, zone: state.zone, isNamed: version > 0 };
}

export function viewOfApplication({ version, state }: At<Application>, people: People): z.input<typeof applicationView> {
  return { ...state, version, owner: answering(state.owner, people) };
}

export function viewOfDeviceClass({ version, state }: At<DeviceClass>, people: People): z.input<typeof deviceClassView> {
  return { ...state, version, lead: answering(state.lead, people) };
}

export function viewOfVendor({ version, state }: At<Vendor>, people: People, zone: Zone): z.input<typeof vendorView> {
  const contracts = state.contracts.map(({ ref, endsOn }) => ({ ref, endsOn, endsAt: endOfDay(endsOn, zone) }));
  return { ...state, version, manager: answering(state.manager, people), contracts };
}

export function viewOfPlan(plan: Plan): z.input<typeof planView> {
  return {
    ...plan,
    created: [...plan.created],
    changed: plan.changed.map((item) => ({ ...item, fields: [...item.fields] })),
    leftAlone: [...plan.leftAlone],
  };
}

export function answering(id: PersonId, people: People) {
  const person = people.get(id);
  return { id, name: person?.displayName ?? id, active: person?.active ?? false };
}

import { type Decision, unless } from "../kernel/decision.ts";
import { fieldChanges } from "../kernel/field-change.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { PersonId } from "../people/person.ts";
import { isHelpDesk, type Role } from "../people/role.ts";
import type {
  Application,
  ApplicationEvent,
  ApplicationFields,
  DeviceClass,
  DeviceClassEvent,
  DeviceClassFields,
  Organisation,
  OrganisationEvent,
  OrganisationFields,
  Vendor,
  VendorEvent,
  VendorFields,
} from "./estate.ts";
import { refuseIf } from "./refusals.ts";

/** Persons who are to answer for something, by id; who is not here is not known. */
export type Answerable = ReadonlyMap<PersonId, { readonly active: boolean; readonly roles: readonly Role[] }>;

export function decideOrganisation(state: Organisation | undefined, wanted: Organisation): Decision<OrganisationEvent> {
  const { name, zone } = wanted;
  return unless<OrganisationEvent>([], () =>
    state === undefined ? [{ type: "organisationNamed", data: wanted }] : fieldChanges<OrganisationFields>(state, { name, zone }),
  );
}

/** Decides what an application shall be. Its owner is there and not of the help desk when they come to own it. */
export function decideApplication(state: Application | undefined, wanted: Application, people: Answerable): Decision<ApplicationEvent> {
  const { id: _, key: __, ...fields } = wanted;
  return unless<ApplicationEvent>(answerReasons(state?.owner, wanted.owner, people, "/owner"), () =>
    state === undefined ? [{ type: "applicationAdded", data: wanted }] : fieldChanges<ApplicationFields>(state, fields),
  );
}

export function decideDeviceClass(state: DeviceClass | undefined, wanted: DeviceClass, people: Answerable): Decision<DeviceClassEvent> {
  const { id: _, key: __, ...fields } = wanted;
  return unless<DeviceClassEvent>(answerReasons(state?.lead, wanted.lead, people, "/lead"), () =>
    state === undefined ? [{ type: "deviceClassAdded", data: wanted }] : fieldChanges<DeviceClassFields>(state, fields),
  );
}

export function decideVendor(state: Vendor | undefined, given: Vendor, people: Answerable): Decision<VendorEvent> {
  const wanted = { ...given, contracts: given.contracts.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)) };
  const twice = given.contracts.flatMap(({ ref }, i) =>
    refuseIf(
      given.contracts.slice(0, i).some((other) => other.ref === ref),
      "estate.contractTwice",
      `The contract ${ref} is listed twice.`,
      `/contracts/${i}`,
    ),
  );
  const { id: _, key: __, ...fields } = wanted;
  return unless<VendorEvent>([...answerReasons(state?.manager, wanted.manager, people, "/manager"), ...twice], () =>
    state === undefined ? [{ type: "vendorAdded", data: wanted }] : fieldChanges<VendorFields>(state, fields),
  );
}

/** Looked at when somebody comes to answer for it: that they left since is a fact which wakes exceptions, not a bad edit. */
export function answerReasons(before: PersonId | undefined, person: PersonId, people: Answerable, at: string): readonly Refusal[] {
  if (before === person) return [];
  const found = people.get(person);
  return [
    ...refuseIf(found === undefined, "estate.personUnknown", `There is no person ${person}.`, at),
    ...refuseIf(found?.active === false, "estate.personNotActive", "Name somebody who is still there.", at),
    ...refuseIf(
      found !== undefined && isHelpDesk(found.roles),
      "estate.helpDeskMayNotOwn",
      "The help desk never answers for anything.",
      at,
    ),
  ];
}

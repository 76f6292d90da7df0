import { type FieldChanged, isFieldChange } from "../kernel/field-change.ts";
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

type Added<State> = { readonly type: string; readonly data: State };

/** Folds one event of something that is made by its first event and changed field by field. */
function fold<State extends Fields, Fields extends object>(
  state: State | undefined,
  event: Added<State> | FieldChanged<Fields>,
  added: string,
  fields: Readonly<Record<keyof Fields & string, true>>,
): State {
  if (event.type === added) return event.data as State;
  if (state === undefined) throw new RangeError(`${event.type} before ${added}`);
  if (!isFieldChange<Fields>(event, fields)) throw new RangeError(`${event.type} is no event of this`);
  return { ...state, ...event.data };
}

export function evolveOrganisation(state: Organisation | undefined, event: OrganisationEvent): Organisation {
  return fold<Organisation, OrganisationFields>(state, event, "organisationNamed", { name: true, zone: true });
}

export function evolveApplication(state: Application | undefined, event: ApplicationEvent): Application {
  return fold<Application, ApplicationFields>(state, event, "applicationAdded", {
    name: true,
    owner: true,
    tier: true,
    provider: true,
    supportsPasskeys: true,
    status: true,
  });
}

export function evolveDeviceClass(state: DeviceClass | undefined, event: DeviceClassEvent): DeviceClass {
  return fold<DeviceClass, DeviceClassFields>(state, event, "deviceClassAdded", { name: true, lead: true, status: true });
}

export function evolveVendor(state: Vendor | undefined, event: VendorEvent): Vendor {
  return fold<Vendor, VendorFields>(state, event, "vendorAdded", { name: true, manager: true, contracts: true });
}

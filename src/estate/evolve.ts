import { type FieldChanged, isFieldChange } from "../kernel/field-change.ts";
import type { CommonCauseFields, ComponentFields } from "./component.ts";
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
import type { CommonCauseEvent, ComponentEvent, KeptCommonCause, KeptComponent, KeptOperation, OperationEvent } from "./model-event.ts";
import type { OperationFields } from "./operation.ts";

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

export function evolveComponent(state: KeptComponent | undefined, event: ComponentEvent): KeptComponent {
  return fold<KeptComponent, ComponentFields>(state, event, "componentAdded", {
    name: true,
    kind: true,
    layer: true,
    owner: true,
    evidence: true,
    unavailability: true,
    requires: true,
    connection: true,
    endpoints: true,
    status: true,
  });
}

export function evolveCommonCause(state: KeptCommonCause | undefined, event: CommonCauseEvent): KeptCommonCause {
  return fold<KeptCommonCause, CommonCauseFields>(state, event, "commonCauseAdded", {
    name: true,
    kind: true,
    members: true,
    unavailability: true,
    status: true,
  });
}

export function evolveOperation(state: KeptOperation | undefined, event: OperationEvent): KeptOperation {
  return fold<KeptOperation, OperationFields>(state, event, "operationAdded", {
    name: true,
    criticality: true,
    application: true,
    businessOwner: true,
    modelApprover: true,
    maintainer: true,
    onCall: true,
    tolerates: true,
    withinMinutes: true,
    paths: true,
    status: true,
  });
}

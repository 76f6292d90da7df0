import { type FieldChanged, isFieldChange } from "../kernel/field-change.ts";
import type { Journey, JourneyEvent, JourneyFields } from "./journey.ts";
import type { Rota, RotaEvent, RotaFields } from "./rota.ts";

const JOURNEY_FIELDS: Readonly<Record<keyof JourneyFields, true>> = {
  model: true,
  businessOwner: true,
  approver: true,
  maintainer: true,
  rota: true,
  platformOwner: true,
  operationOwner: true,
  status: true,
};

export function evolveJourney(journey: Journey | undefined, event: JourneyEvent): Journey {
  if (event.type === "journeyAdded") return { ...event.data, approval: null };
  if (journey === undefined) throw new RangeError(`${event.type} before journeyAdded`);
  if (event.type === "modelApproved") return { ...journey, approval: event.data };
  return { ...journey, ...changed<JourneyFields>(event, JOURNEY_FIELDS) };
}

const ROTA_FIELDS: Readonly<Record<keyof RotaFields, true>> = { name: true, owner: true, source: true, overrides: true, status: true };

export function evolveRota(rota: Rota | undefined, event: RotaEvent): Rota {
  if (event.type === "rotaAdded") return event.data;
  if (rota === undefined) throw new RangeError(`${event.type} before rotaAdded`);
  return { ...rota, ...changed<RotaFields>(event, ROTA_FIELDS) };
}

function changed<Fields>(event: FieldChanged<Fields>, fields: Readonly<Record<keyof Fields & string, true>>): Partial<Fields> {
  if (!isFieldChange<Fields>(event, fields)) throw new RangeError(`${(event as { type: string }).type} is no event of this`);
  return event.data as Partial<Fields>;
}

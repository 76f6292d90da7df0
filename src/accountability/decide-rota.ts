import { type Decision, unless } from "../kernel/decision.ts";
import { fieldChanges } from "../kernel/field-change.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { holdersOf, type Seated } from "./approval.ts";
import { seatReasons } from "./decide.ts";
import { refuseIf } from "./refusals.ts";
import { MOST_OVERRIDES, type Override, type Rota, type RotaEvent, type RotaFields } from "./rota.ts";

/** Roles that keep every rota. */
export const ROTA_KEEPERS = ["administrator", "iam", "security_governance"] as const;

/** `resting`: journeys in use that name it. */
export function decideRota(state: Rota | undefined, wanted: Rota, seated: Seated, resting: number): Decision<RotaEvent> {
  const { id: _, key: __, ...fields } = wanted;
  const { source } = wanted;
  const before = state?.source.kind === "rotation" ? state.source.people : [];
  const people = source.kind === "rotation" ? source.people : [];
  const isRetired = wanted.status === "retired" && state?.status === "active";
  const reasons = [
    ...(state?.owner?.id === wanted.owner?.id ? [] : seatReasons(wanted.owner, seated, "/owner")),
    ...refuseIf(
      source.kind === "rotation" && people.length === 0,
      "accountability.rotationEmpty",
      "Name who takes turns.",
      "/source/people",
    ),
    ...people.flatMap((person, i) => (before.includes(person) ? [] : personReasons(person, seated, `/source/people/${i}`))),
    ...refuseIf(isRetired && resting > 0, "accountability.rotaInUse", `${resting} journeys name it. Give them another first.`, "/status"),
  ];
  return unless<RotaEvent>(reasons, () =>
    state === undefined ? [{ type: "rotaAdded", data: wanted }] : fieldChanges<RotaFields>(state, fields),
  );
}

/** Help-desk agents are on point for what fails as anybody is: being woken is no decision. They have to be there. */
function personReasons(person: PersonId, seated: Seated, at: string): readonly Refusal[] {
  const found = seated.person(person);
  return [
    ...refuseIf(found === undefined, "accountability.seatUnknown", `There is no person ${person}.`, at),
    ...refuseIf(found?.active === false, "accountability.seatEmpty", "Name somebody who is still there.", at),
  ];
}

interface Asking {
  readonly by: PersonId;
  readonly roles: readonly string[];
  readonly now: Instant;
}

/** Somebody of the rota, its owner or its keepers say who covers. */
export function decideCover(rota: Rota, override: Override, { by, roles, now }: Asking, seated: Seated): Decision<RotaEvent> {
  const kept = rota.overrides.filter(({ until }) => until > now);
  const reasons = [
    ...mayTouch(rota, by, roles, seated),
    ...refuseIf(
      override.until <= override.from || override.until <= now,
      "accountability.overrideUnordered",
      "Give it an end after its beginning, and not in the past.",
      "/until",
    ),
    ...personReasons(override.person, seated, "/person"),
    ...refuseIf(kept.length >= MOST_OVERRIDES, "accountability.tooManyOverrides", `There are ${kept.length} already.`),
  ];
  return unless<RotaEvent>(reasons, () => fieldChanges<RotaFields>(rota, { overrides: [...kept, override] }));
}

/** Takes back who was to cover from a moment on. */
export function decideUncover(rota: Rota, from: Instant, { by, roles }: Asking, seated: Seated): Decision<RotaEvent> {
  const kept = rota.overrides.filter((each) => each.from !== from);
  const reasons = [
    ...mayTouch(rota, by, roles, seated),
    ...refuseIf(kept.length === rota.overrides.length, "accountability.notFound", `Nobody was to cover from ${from}.`, "/from"),
  ];
  return unless<RotaEvent>(reasons, () => fieldChanges<RotaFields>(rota, { overrides: kept }));
}

function mayTouch(rota: Rota, by: PersonId, roles: readonly string[], seated: Seated): readonly Refusal[] {
  const turns = rota.source.kind === "rotation" ? rota.source.people : [];
  const may = ROTA_KEEPERS.some((role) => roles.includes(role)) || turns.includes(by) || holdersOf(rota.owner, seated).includes(by);
  return [
    ...refuseIf(!may, "accountability.notYours", "Only those of the rota, its owner, IAM and governance may do this."),
    ...refuseIf(rota.status === "retired", "accountability.retired", "The rota is retired."),
  ];
}

/** What people call a journey, which has no name of its own. */
import type { Journey, JourneyIdentity } from "./journey.ts";

const POPULATION_NAMES: Readonly<Record<JourneyIdentity["population"], string>> = {
  human: "People",
  privileged: "Privileged people",
  machine: "Machines",
  "third-party": "Third parties",
};

/** `People to Payroll on Managed laptops` */
export function journeyName({
  journey: { population, about, deviceClass },
  aboutName,
  deviceClassName,
}: {
  readonly journey: Journey;
  readonly aboutName: string | undefined;
  readonly deviceClassName: string | undefined;
}): string {
  const on = deviceClass === null ? "" : ` on ${deviceClassName ?? deviceClass}`;
  return `${POPULATION_NAMES[population]} to ${aboutName ?? about.key}${on}`;
}

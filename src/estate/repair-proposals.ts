/** What drills measured of repairs, as proposals for how often components are away. */
import type { PlainDate } from "../kernel/time.ts";
import type { Unavailability } from "./component.ts";
import type { KeptComponent } from "./model-event.ts";

/** How long the last repair took, where a drill really let exactly this component fail. */
export interface RepairSeen {
  /** Key of the component. */
  readonly component: string;
  readonly minutes: number;
  readonly on: PlainDate;
  /** Id of the drill. */
  readonly drill: string;
}

/** The least that a component is away which fails at all: once a year, for as long as the repair took. How often it fails no drill says. */
const MINUTES_A_YEAR = 525_600;

export function forRepairs(components: readonly KeptComponent[], repairs: readonly RepairSeen[]) {
  return repairs.flatMap((repair) => {
    const found = components.find(({ key, status }) => key === repair.component && status === "active");
    const p = Math.min(1, Number((repair.minutes / MINUTES_A_YEAR).toPrecision(3)));
    if (found === undefined || p === 0 || isSaid(found.unavailability, p, repair.on)) return [];
    const { id: _, ...fields } = found;
    const words =
      `${found.name} was back ${repair.minutes} minutes after a drill let it fail (${repair.drill}, ${repair.on}). Failing so once a year it is away ` +
      `${Number((p * 100).toPrecision(3))} % of the time${said(found.unavailability)}. Keep that as measured.`;
    return [
      {
        key: `repair:${found.key}`,
        source: "drill" as const,
        words,
        components: [{ ...fields, unavailability: { p, source: "measured" as const, asOf: repair.on } }],
        commonCauses: [],
        operations: [],
      },
    ];
  });
}

/** What somebody estimated to be worse stays: a drill shows how long a repair takes, and not that the component fails rarely. */
function isSaid(kept: Unavailability | null, p: number, on: PlainDate): boolean {
  if (kept === null) return false;
  return kept.source === "measured" ? kept.asOf >= on : kept.p >= p;
}

function said(kept: Unavailability | null): string {
  return kept === null ? "" : `; the model says ${Number((kept.p * 100).toPrecision(3))} % (${kept.source}, ${kept.asOf})`;
}

/** Who is on point when: a calendar of our own, or one kept elsewhere that is read. */
import type { FieldChanged } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant, PlainDate } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Seat } from "./seat.ts";

export type RotaId = Id<"rota">;

/** One after the other, from the first day on; each hands over at the same time of the day in the organisation's zone. */
export interface Rotation {
  readonly kind: "rotation";
  readonly people: readonly PersonId[];
  readonly startsOn: PlainDate;
  /** `09:00` */
  readonly handoverAt: string;
  readonly everyDays: number;
}

/**
 * A calendar that another program keeps, read from an https address. Whoever has the address reads the calendar, so it is sealed
 * beside the journal; here stands whose it is, and a mark that tells when it changes.
 */
export interface Feed {
  readonly kind: "feed";
  readonly host: string;
  readonly mark: string;
}

/** Somebody covers for whoever it would be. Of two at the same time the later in the list counts. */
export interface Override {
  readonly from: Instant;
  readonly until: Instant;
  readonly person: PersonId;
}

export interface RotaFields {
  readonly name: string;
  /** Who keeps it filled. */
  readonly owner: Seat | null;
  readonly source: Rotation | Feed;
  readonly overrides: readonly Override[];
  readonly status: "active" | "retired";
}

export interface Rota extends RotaFields {
  readonly id: RotaId;
  /** Slug; unique, never changes. */
  readonly key: string;
}

export type RotaEvent = { readonly type: "rotaAdded"; readonly data: Rota } | FieldChanged<RotaFields>;

/** More than anybody plans; what is over goes when the next one is added. */
export const MOST_OVERRIDES = 200;

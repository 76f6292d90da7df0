/** What decision points passed on asks of people: of whom it is about, and of whoever is on point where an exception stands ready. Pure. */
import type { AccessRequest } from "../access-requests/access-request.ts";
import type { Role } from "../exceptions/version.ts";
import type { Matter } from "./matter.ts";

/** One that waits, and whom it concerns. */
export interface WaitingRequest {
  readonly request: Pick<AccessRequest, "id" | "person" | "emergency" | "expiresAt">;
  /** Who stands in for whom it is about. */
  readonly inPlace: readonly string[];
  /** Null where no exception stands ready for it. */
  readonly onPoint: readonly string[] | null;
  /** Whom it is about, and everybody tied to them: they begin nothing for themselves. */
  readonly tied: readonly string[];
}

/** Where a rota names nobody who may begin it. */
const ANSWERING: readonly Role[] = ["iam_on_call", "operations_owner"];

export function mattersOfAccessRequest({ request, inPlace, onPoint, tied }: WaitingRequest): readonly Matter[] {
  const { id, person, emergency, expiresAt } = request;
  const told = { seats: [], since: null, until: expiresAt, path: "/today" } as const;
  const asked: Matter = {
    ...told,
    key: `${id} asked`,
    kind: "accessRequested",
    urgency: emergency ? "incident" : "digest",
    persons: [person, ...inPlace],
  };
  if (onPoint === null) return [asked];
  const seats = onPoint.length === 0 ? ANSWERING : [];
  return [asked, { ...told, key: `${id} emergency`, kind: "emergency", urgency: "incident", persons: onPoint, seats, barred: tied }];
}

import type { Instant } from "../kernel/time.ts";
import type { AccessRequest } from "./access-request.ts";
import type { AccessRequestView } from "./contract.ts";

/** From which device somebody tried is for them, and for those who look after sign-ins. */
const MAY_SEE_ADDRESSES = ["administrator", "iam", "network_security", "security_governance", "auditor"];

export interface RequestReader {
  readonly personId: string;
  readonly roles: readonly string[];
}

export interface Names {
  readonly personName: string;
  readonly resourceName: string;
  readonly reviewerName: string;
  readonly toLookBackOn: AccessRequestView["toLookBackOn"];
  /** Only for whoever may begin a use of it. */
  readonly standing?: AccessRequestView["standing"];
}

export function viewOf(
  request: AccessRequest,
  { standing = null, toLookBackOn, reviewerName, ...names }: Names,
  reader: RequestReader,
  now: Instant,
): AccessRequestView {
  const { id, denial, person, justification, wantedUntil, emergency, filedAt, expiresAt } = request;
  const { caller, subject, resource, action, method, networks, deviceClasses, code, deniedAt } = denial;
  const seesAddress = person === reader.personId || reader.roles.some((role) => MAY_SEE_ADDRESSES.includes(role));
  return {
    id,
    state: stateOf(request, now),
    caller,
    person,
    ...names,
    subject,
    resource,
    action,
    method,
    address: seesAddress ? denial.address : null,
    networks: [...networks],
    deviceClasses: [...deviceClasses],
    code,
    deniedAt,
    filedAt,
    expiresAt,
    justification,
    wantedUntil,
    emergency,
    standing,
    exception: request.state === "taken_up" ? request.exception : null,
    toLookBackOn,
    lookedBack: lookedBackOf(request, reviewerName),
  };
}

function lookedBackOf(request: AccessRequest, byName: string): AccessRequestView["lookedBack"] {
  if (request.state !== "taken_up" || request.lookedBack === undefined) return null;
  const { by, sentence, at } = request.lookedBack;
  return { by, byName, sentence, at };
}

function stateOf({ state, expiresAt }: AccessRequest, now: Instant): AccessRequestView["state"] {
  if (state === "lapsed") return "expired";
  return state === "waiting" && expiresAt <= now ? "expired" : state;
}

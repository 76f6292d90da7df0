/**
 * A denial that may be asked about, as it is handed to whoever asked and comes back from there: every word of it that an access request
 * rests on. It is no credential: it shows that this was denied to this caller a short time ago, and lets nobody through anything. Pure.
 */
import { canonicalText } from "../kernel/canonical.ts";
import { duration, type Instant, parseInstant } from "../kernel/time.ts";

export interface Named {
  readonly type: string;
  readonly id: string;
}

/** The question, as far as it says who wants what, by which method and under which circumstances. */
export interface Asked {
  readonly subject: Named;
  readonly resource: Named;
  readonly action: string;
  readonly method: string | null;
  readonly address: string | null;
  readonly networks: readonly string[];
  readonly deviceClasses: readonly string[];
}

export interface Denial extends Asked {
  /** Names the evaluation, and is used once. */
  readonly evaluation: string;
  /** Name of the caller it was told, who alone may bring it back. */
  readonly caller: string;
  /** Name and digest of the rule set that asked the register, and the place of the journal the register stood at. */
  readonly rules: string;
  readonly digest: string;
  readonly sequence: number;
  /** Why, as a reason code of the decision. */
  readonly code: string;
  /** The one that nearly would have let through, where there is one. */
  readonly exception: string | null;
  readonly deniedAt: Instant;
  readonly expiresAt: Instant;
}

/** Long enough for somebody to write why, short enough that the circumstances are still those. */
export const DENIAL_HOLDS_FOR = duration("PT10M");

/** Says what the text is for, so that no other text under the same key is ever taken for one. */
const PURPOSE = "postern-access-request-1";

export function denialText(denial: Denial): string {
  return JSON.stringify([
    PURPOSE,
    denial.evaluation,
    denial.caller,
    denial.rules,
    denial.digest,
    denial.sequence,
    denial.code,
    denial.exception,
    denial.deniedAt,
    denial.expiresAt,
    denial.subject.type,
    denial.subject.id,
    denial.resource.type,
    denial.resource.id,
    denial.action,
    denial.method,
    denial.address,
    denial.networks,
    denial.deviceClasses,
  ]);
}

/** Reads what {@link denialText} wrote; undefined for anything else. Only ever given what its mark was found right for. */
export function readDenial(text: string): Denial | undefined {
  const read: unknown = parsed(text);
  if (!Array.isArray(read) || read.length !== 19 || read[0] !== PURPOSE) return undefined;
  const [, evaluation, caller, rules, digest, sequence, code, exception, deniedAt, expiresAt, ...asked] = read as never[];
  const [subjectType, subjectId, resourceType, resourceId, action, method, address, networks, deviceClasses] = asked;
  if (parseInstant(deniedAt ?? "") === undefined || parseInstant(expiresAt ?? "") === undefined) return undefined;
  return {
    evaluation: evaluation!,
    caller: caller!,
    rules: rules!,
    digest: digest!,
    sequence: sequence!,
    code: code!,
    exception: exception ?? null,
    deniedAt: deniedAt!,
    expiresAt: expiresAt!,
    subject: { type: subjectType!, id: subjectId! },
    resource: { type: resourceType!, id: resourceId! },
    action: action!,
    method: method ?? null,
    address: address ?? null,
    networks: networks!,
    deviceClasses: deviceClasses!,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What makes two requests one: who wants what by which method. Where they stood when they asked does not make another need of it. */
export function twinText(person: string, { resource, action, method }: Asked): string {
  return canonicalText([person, resource, action, method]);
}

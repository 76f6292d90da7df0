/** Entries of the System Log in our words. Pure. */
import type { Instant } from "../../kernel/time.ts";
import type { ProviderChange, ProviderSignIn, ProviderSubject } from "../port.ts";
import { objectOf, shown } from "./map.ts";

interface Party {
  readonly id?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly alternateId?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly detailEntry?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface LogEntry {
  readonly uuid: string;
  readonly published: Instant;
  readonly eventType: string;
  readonly actor: Party;
  readonly outcome?: { readonly result?: string | null | undefined; readonly reason?: string | null | undefined } | null | undefined;
  readonly target?: readonly Party[] | null | undefined;
  readonly authenticationContext?: { readonly externalSessionId?: string | null | undefined } | null | undefined;
  readonly debugContext?: { readonly debugData?: Readonly<Record<string, unknown>> | null | undefined } | null | undefined;
}

/** What changes who is let through, and what it does to the object. */
export const CHANGES: Readonly<Record<string, ProviderChange["action"]>> = {
  "group.user_membership.add": "added",
  "group.user_membership.remove": "removed",
  "group.lifecycle.create": "added",
  "group.lifecycle.delete": "deleted",
  "group.profile.update": "modified",
  "policy.lifecycle.update": "modified",
  "policy.lifecycle.activate": "modified",
  "policy.lifecycle.deactivate": "modified",
  "policy.lifecycle.delete": "deleted",
  "policy.rule.add": "modified",
  "policy.rule.update": "modified",
  "policy.rule.activate": "modified",
  "policy.rule.deactivate": "modified",
  "policy.rule.delete": "modified",
};

/** What this connection governs: by id, or by a name of ours. */
export interface Governed {
  readonly ids: ReadonlySet<string>;
  readonly isOurs: (groupName: string) => boolean;
  /** How the log calls us. */
  readonly ourselves: string;
}

/** Undefined: it touched nothing that is governed. */
export function changeOf(entry: LogEntry, { ids, isOurs, ourselves }: Governed): ProviderChange | undefined {
  const action = CHANGES[entry.eventType];
  const targets = entry.target ?? [];
  const object = targets.find(({ id, type, displayName }) => ids.has(id ?? "") || (type === "UserGroup" && isOurs(displayName ?? "")));
  if (action === undefined || object === undefined || entry.outcome?.result === "FAILURE") return undefined;
  const user = targets.find(({ type }) => type === "User");
  const subject = user === undefined ? undefined : subjectOf(user);
  const by = nameOf(entry.actor);
  return {
    at: entry.published,
    object: `${object.displayName ?? ""} (${object.id})`.trim(),
    action,
    ...(subject !== undefined && { subject }),
    ...(by !== undefined && { by }),
    ours: entry.actor.id === ourselves,
  };
}

function nameOf({ alternateId, displayName, id }: Party): string | undefined {
  return alternateId ?? displayName ?? id ?? undefined;
}

function subjectOf(user: Party): ProviderSubject | undefined {
  return typeof user.id === "string" ? { kind: "user", key: user.id, name: nameOf(user)! } : undefined;
}

export const SIGN_INS = ["user.session.start", "user.authentication.auth_via_mfa"];

/**
 * Undefined: nobody is named. What was really used stands on the authenticator's enrolment among the targets; the factor beside it also
 * names a password a factor.
 */
export function signInOf(entry: LogEntry): ProviderSignIn | undefined {
  if (typeof entry.actor.id !== "string") return undefined;
  const { methodTypeUsed, methodUsedVerifiedProperties } = objectOf(
    entry.target?.find(({ type }) => type === "AuthenticatorEnrollment")?.detailEntry,
  );
  const factor = textOf(entry.debugContext?.debugData?.["factor"]);
  const used = textOf(methodTypeUsed);
  const properties = textOf(methodUsedVerifiedProperties);
  return {
    id: entry.uuid,
    at: entry.published,
    subject: entry.actor.id,
    succeeded: entry.outcome?.result === "SUCCESS",
    method: used ?? factor ?? "unknown",
    raw: {
      ...circumstancesOf(entry),
      factor,
      methodTypeUsed: used,
      verifiedProperties: properties,
      phishingResistant: properties === undefined ? undefined : /\bPHISHING_RESISTANT\b/i.test(properties),
    },
  };
}

/** Chosen one by one: the log has more of a person than is needed here. */
function circumstancesOf({ eventType, actor, outcome, authenticationContext }: LogEntry): Readonly<Record<string, unknown>> {
  return {
    eventType,
    login: textOf(actor.alternateId),
    result: textOf(outcome?.result),
    reason: textOf(outcome?.reason),
    session: textOf(authenticationContext?.externalSessionId),
  };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : shown(value);
}

/** Ways in that the authentication-methods policy leaves open, and passes that were handed out. */
import { addDuration, duration, type Instant } from "../../kernel/time.ts";
import type { Bypass, BypassSubject } from "../port.ts";
import { EVERYBODY } from "./map-bypasses.ts";
import { nameOf, type Names } from "./map-exclusions.ts";
import { catchAllsOf } from "./map-held.ts";
import { ALL_USERS, type MethodsPolicy, type SignInMethod, type Target } from "./map-methods.ts";
import type { Pass, Tenant } from "./map-tenant.ts";

export function methodBypasses({ methods, names, policies }: Tenant): readonly Bypass[] {
  if (methods === undefined) return [];
  const isHeld = catchAllsOf({ policies }).length > 0;
  return [
    ...methods.methods.flatMap((method) => [...allowed(method, names), ...leftOut(method, names, isHeld)]),
    ...notAsked(methods, names),
  ];
}

/** Weak methods in use; what nobody knows is not taken for strong. */
function allowed(method: SignInMethod, names: Names): readonly Bypass[] {
  if (method.state === "disabled" || method.strength === "phishing_resistant") return [];
  // A method that is on without a target is on for everybody.
  const targets = method.include.length === 0 ? [{ kind: "group", id: ALL_USERS } as const] : method.include;
  return targets.map((target) => ({
    key: `method:${method.id}:${target.kind}:${target.id}`,
    form: "weak_method_allowed",
    subject: subjectOf(target, names),
    object: method.id,
    critical: method.strength === "weakest" && target.id === ALL_USERS,
    evidence: {
      method: method.id,
      state: method.state,
      strength: method.strength,
      ...(method.exclude.length > 0 && { exceptFor: method.exclude.map(({ id }) => nameOf(id, names)).join(", ") }),
      ...(method.lifetimeMinutes !== undefined && { lifetimeMinutes: String(method.lifetimeMinutes) }),
      ...(method.isUsableOnce !== undefined && { isUsableOnce: String(method.isUsableOnce) }),
    },
  }));
}

/** Who may not use a strong method has to use another: a strong one where a policy holds everybody to that. */
function leftOut(method: SignInMethod, names: Names, isHeld: boolean): readonly Bypass[] {
  if (method.state === "disabled" || method.strength !== "phishing_resistant") return [];
  return method.exclude.map((target) => ({
    key: `method:${method.id}:exclude:${target.kind}:${target.id}`,
    form: "ungoverned_exemption",
    subject: subjectOf(target, names),
    object: method.id,
    ...(isHeld && { opens: false }),
    critical: false,
    evidence: { method: method.id, condition: "excludeTargets", value: target.id },
  }));
}

function notAsked({ campaignExcludes }: MethodsPolicy, names: Names): readonly Bypass[] {
  return campaignExcludes.map((target) => ({
    key: `campaign:exclude:${target.kind}:${target.id}`,
    form: "enrolment_open",
    subject: subjectOf(target, names),
    object: "Registration campaign",
    critical: false,
    evidence: { condition: "excludeTargets", value: target.id },
  }));
}

function subjectOf({ kind, id }: Target, names: Names): BypassSubject {
  return id === ALL_USERS ? EVERYBODY : { kind, key: id, name: nameOf(id, names) };
}

/** Passes that still let somebody in; one whose end cannot be told is taken to. */
export function passBypasses({ passes, names }: Tenant, now: Instant): readonly Bypass[] {
  return passes
    .filter((pass) => isLive(pass, now))
    .map((pass) => ({
      key: `pass:${pass.user}:${pass.id}`,
      form: "temporary_pass",
      subject: { kind: "user", key: pass.user, name: pass.user === "" ? "somebody the file does not name" : nameOf(pass.user, names) },
      object: "Temporary access pass",
      critical: false,
      evidence: { until: endOf(pass) ?? "unknown" },
      ...(pass.startsAt !== undefined && { since: pass.startsAt }),
    }));
}

function isLive(pass: Pass, now: Instant): boolean {
  const end = endOf(pass);
  // Not usable yet is not over: only the end counts.
  return end === undefined ? pass.isUsable !== false : now < end;
}

function endOf({ startsAt, lifetimeMinutes }: Pass): Instant | undefined {
  return startsAt === undefined || lifetimeMinutes === undefined ? undefined : addDuration(startsAt, duration(`PT${lifetimeMinutes}M`));
}

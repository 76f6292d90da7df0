/** What the register says about bypasses seen in a provider: whose they are, and whether they should still be there. */
import type { Bypass as SeenBypass } from "../connectors/port.ts";
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type ExceptionDependencies, load, perform } from "./service.ts";
import type { ExceptionStore } from "./store.ts";
import { END_STATES } from "./transitions.ts";

export interface CoverageFound {
  readonly exception: string;
  readonly live: boolean;
}

/** A lookup over all bindings of a connection, built once per read of the provider. */
export async function coverageOf(store: ExceptionStore, connection: string): Promise<(bypass: SeenBypass) => CoverageFound | undefined> {
  const bindings = await store.bindingsOf(connection);
  const byGrant = new Map<string, { exception: string; live: boolean }>();
  const byBypass = new Map<string, { exception: string; live: boolean }>();
  const bySubject = new Map<string, { exception: string; live: boolean }>();
  for (const { exception, live, desired, grant_ref, subject_key, policy, bypass_key } of bindings) {
    const found = { exception, live: live && (desired === "present" || bypass_key !== null) };
    keepLive(byGrant, `${grant_ref} ${policy} ${subject_key}`, found);
    if (bypass_key !== null) keepLive(byBypass, bypass_key, found);
    // An attribute has no place for our reference: the subject and the policy are all there is to go by.
    keepLive(bySubject, `${policy} ${subject_key}`, found);
  }
  return (bypass) => {
    const known = byBypass.get(bypass.key);
    if (known !== undefined) return known;
    if (bypass.grantRef !== undefined) return byGrant.get(`${bypass.grantRef} ${bypass.policy ?? ""} ${bypass.subject.key}`);
    return bypass.form === "requirement_cleared" ? bySubject.get(`${bypass.policy ?? ""} ${bypass.subject.key}`) : undefined;
  };
}

function keepLive(map: Map<string, CoverageFound>, key: string, found: CoverageFound): void {
  if (map.get(key)?.live !== true) map.set(key, found);
}

/** A closed exception's bypass is there again: it is opened again and taken away again. */
export async function reopenFor(deps: ExceptionDependencies, exception: string, bypass: SeenBypass, now: Instant): Promise<void> {
  const { exception: state } = await load(deps, exception);
  if (state.state !== "closed") return;
  const binding = state.dossier.bindings.find(
    (each) => each.subject.key === bypass.subject.key && (bypass.policy === undefined || each.policy === bypass.policy),
  );
  if (binding === undefined) return;
  try {
    await perform(deps, state.dossier.id, {
      command: { type: "reopen", binding: binding.id, seenAt: now, addedBy: bypass.addedBy ?? null },
      actor: { kind: "system", id: "scan" },
      now,
    });
  } catch (error) {
    // Two may read the same provider at once; the other one has opened it.
    if (error instanceof Refused && (await load(deps, exception)).exception.state !== "closed") return;
    throw error;
  }
}

/** Those of these exceptions that have ended, granted or not. */
export async function endedOf(store: ExceptionStore, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all([...new Set(ids)].map((id) => store.find(id)));
  const over = found.filter((stored) => stored !== undefined && END_STATES.some((end) => end === stored.exception.state));
  return new Set(over.map((stored) => stored!.exception.dossier.id));
}

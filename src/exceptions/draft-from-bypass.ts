/** A draft out of what is known of a bypass: who, which policy, since when. What is not known stays for a person to fill in. */
import { type Bypass as SeenBypass, type Connector, governable, type ProviderSubject } from "../connectors/port.ts";
import type { SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import { type ExceptionDependencies, perform } from "./service.ts";
import type { ConnectionId, DraftContent } from "./version.ts";

export interface BypassClaim {
  readonly connection: string;
  readonly seen: SeenBypass;
  readonly category: string;
  readonly unit: string;
  readonly requester: string;
  readonly now: Instant;
  /** The claim, as part of the transaction that opens the draft: one is never without the other. */
  readonly claimed: (exception: string) => Promise<SubjectChange>;
}

/** Opens the draft and returns the exception's id. */
export async function openDraftFromBypass(deps: ExceptionDependencies, claim: BypassClaim): Promise<string> {
  const connection = claim.connection as ConnectionId;
  const connector = await deps.world.connector(connection);
  const policy = connector.policies.find((each) => each.key === claim.seen.policy);
  const subject = governable(claim.seen.subject);
  const content: DraftContent = {
    title: `${claim.seen.subject.name}: ${claim.seen.form.replaceAll("_", " ")}`,
    justification: "",
    reasonClass: null,
    weakenedControl: policy === undefined ? null : { connection, policy: policy.key, lostMethod: policy.demands.slice(0, 200) },
    fallbackMethodAllowed: policy?.leaves ?? null,
    fallbackDependencies: [],
    // A bypass for a role, an application or everybody says nothing of who needs it: that is for the claimant to say.
    scope: subject === undefined ? [] : [await scopeFor(deps, connector, claim, subject)],
    compensatingControls: [],
    inherentRisk: null,
    residualRisk: null,
    requestedFrom: claim.now,
    requestedUntil: null,
    exitPlan: null,
    accountability: null,
    vendorContract: null,
    evidence: [],
    designIssue: null,
    riskAcceptance: null,
  };
  const id = deps.ids.next("exception");
  const ref = await deps.store.nextRef(claim.now);
  const actor = { kind: "person", id: claim.requester } as const;
  await perform(deps, undefined, {
    command: { type: "openDraft", id, ref, category: claim.category, unit: claim.unit, content },
    actor,
    now: claim.now,
    together: async () => [await claim.claimed(id)],
  });
  return id;
}

async function scopeFor(
  deps: ExceptionDependencies,
  connector: Connector,
  { connection, seen }: BypassClaim,
  { kind, key, name }: ProviderSubject,
): Promise<DraftContent["scope"][number]> {
  const id = connection as ConnectionId;
  const person = (await deps.world.personOfSubject(id, key)) ?? null;
  return {
    subject: { kind: kind === "service" ? "workload" : kind, key, name, connection: id, person },
    resource: { kind: "policy", id: connector.policies.find((each) => each.key === seen.policy)?.key ?? seen.form },
    conditions: { networks: null, deviceClasses: null, hours: null },
    ceiling: Math.max(1, (await connector.accountsBehind({ kind, key, name })).length),
  };
}

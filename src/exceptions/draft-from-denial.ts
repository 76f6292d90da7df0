/** A draft out of what a decision point denied: who, what, by which method and from where. The rest is for the person who asks. */
import type { Connector } from "../connectors/port.ts";
import type { SubjectChange } from "../journal/append.ts";
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type ExceptionDependencies, perform } from "./service.ts";
import { type ConnectionId, type DraftContent, type PersonId, type Resource, RESOURCE_KINDS, type WeakenedControl } from "./version.ts";

export interface DenialClaim {
  /** The account the question was about, and whose it is. */
  readonly account: { readonly connection: string; readonly key: string; readonly name: string; readonly person: PersonId };
  readonly resource: { readonly type: string; readonly id: string };
  readonly method: string | null;
  readonly networks: readonly string[];
  readonly deviceClasses: readonly string[];
  readonly justification: string;
  readonly wantedUntil: Instant | null;
  readonly emergency: boolean;
  readonly category: string;
  readonly unit: string;
  readonly requester: string;
  readonly now: Instant;
  /** What is committed with the draft: one is never without the other. */
  readonly together: (exception: string) => Promise<readonly SubjectChange[]>;
}

/** What a draft holds; what is longer was said by a caller and is for the person to say again. */
const LONGEST = { title: 200, method: 200, name: 300, resource: 300, circumstance: 100 } as const;

const fits = (text: string, longest: number) => text.trim() !== "" && text.length <= longest;

/** Opens the draft and returns the exception's id. */
export async function openDraftFromDenial(deps: ExceptionDependencies, claim: DenialClaim): Promise<string> {
  const connector = await connectorOf(deps, claim.account.connection);
  const resource = resourceOf(claim);
  const content: DraftContent = {
    title: `${claim.account.name}: ${claim.method ?? "another way"} for ${claim.resource.id}`.slice(0, LONGEST.title),
    justification: claim.justification,
    reasonClass: claim.emergency ? "emergency" : null,
    weakenedControl: connector === undefined ? null : weakenedBy(claim, connector),
    fallbackMethodAllowed: claim.method !== null && fits(claim.method, LONGEST.method) ? claim.method : null,
    fallbackDependencies: [],
    scope: resource === undefined ? [] : [scopeOf(claim, resource)],
    compensatingControls: [],
    inherentRisk: null,
    residualRisk: null,
    requestedFrom: claim.now,
    requestedUntil: claim.wantedUntil,
    exitPlan: null,
    accountability: null,
    vendorContract: null,
    evidence: [],
    designIssue: null,
    riskAcceptance: null,
  };
  const id = deps.ids.next("exception");
  const ref = await deps.store.nextRef(claim.now);
  await perform(deps, undefined, {
    command: { type: "openDraft", id, ref, category: claim.category, unit: claim.unit, content },
    actor: { kind: "person", id: claim.requester },
    now: claim.now,
    together: () => claim.together(id),
  });
  return id;
}

/** Undefined where there is no such connection any more: then which control is weakened is for the person to say. */
async function connectorOf(deps: ExceptionDependencies, connection: string): Promise<Connector | undefined> {
  try {
    return await deps.world.connector(connection);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function resourceOf({ resource: { type, id } }: DenialClaim): Resource | undefined {
  const kind = RESOURCE_KINDS.find((each) => each === type);
  return kind !== undefined && fits(id, LONGEST.resource) ? { kind, id } : undefined;
}

/** The policy asked about, or the only one there is; of several nobody can say which. */
function weakenedBy({ account, resource }: DenialClaim, { policies }: Connector): WeakenedControl | null {
  const named = resource.type === "policy" ? policies.find(({ key }) => key === resource.id) : undefined;
  const policy = named ?? (policies.length === 1 ? policies[0] : undefined);
  return policy === undefined
    ? null
    : { connection: account.connection as ConnectionId, policy: policy.key, lostMethod: policy.demands.slice(0, LONGEST.method) };
}

/** Nothing was said of it: then no condition is filled in. */
function asSaid(list: readonly string[]): readonly string[] | null {
  const kept = list.filter((each) => fits(each, LONGEST.circumstance));
  return kept.length === 0 ? null : kept;
}

/** No wider than where they stood when they were denied. */
function scopeOf({ account, networks, deviceClasses }: DenialClaim, resource: Resource): DraftContent["scope"][number] {
  const { connection, key, name, person } = account;
  return {
    subject: { kind: "user", key, name: name.slice(0, LONGEST.name), connection: connection as ConnectionId, person },
    resource,
    conditions: { networks: asSaid(networks), deviceClasses: asSaid(deviceClasses), hours: null },
    ceiling: 1,
  };
}

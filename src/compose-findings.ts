/** Where findings come from: each part gives its source here, and asks nothing of the others. */
import { createEmergencyFindings, type RequestService } from "./access-requests/index.ts";
import { type BypassStore, createBypassFindings } from "./bypasses/index.ts";
import type { ConnectionService } from "./connections/index.ts";
import type { AccountabilityService } from "./accountability/index.ts";
import { createCertificateFindings } from "./compose-certificate-findings.ts";
import { createGapFindings } from "./compose-accountability.ts";
import { listOwners } from "./compose-owners.ts";
import { createAttemptFindings, type UsesService } from "./decisions/index.ts";
import { createDrillFindings, type DrillResults } from "./drills/index.ts";
import type { EstateService } from "./estate/index.ts";
import { createExceptionFindings, createTodayStore, type ExceptionDependencies, isInForce } from "./exceptions/index.ts";
import { createRiskFindings, type GovernanceService } from "./governance/index.ts";
import type { FindingSource } from "./findings/index.ts";
import type { CommitContext } from "./journal/append.ts";
import { createLockOutFindings, type LockOutService } from "./lockout/index.ts";
import type { PeopleService, PersonId } from "./people/index.ts";

export interface FindingGround {
  readonly context: CommitContext;
  readonly people: PeopleService;
  readonly accountability: AccountabilityService;
  readonly estate: EstateService;
  readonly connections: ConnectionService;
  readonly exceptions: ExceptionDependencies;
  readonly bypassStore: BypassStore;
  readonly governance: GovernanceService;
  readonly lockOut: LockOutService;
  readonly uses: UsesService;
  readonly drillResults: DrillResults;
  readonly accessRequests: RequestService;
  readonly trustPem: string | undefined;
  /** False for an example inside of another instance: no visitor makes this machine reach out. */
  readonly reachesOut: boolean;
}

export function createFindingSources(ground: FindingGround): readonly FindingSource[] {
  const ofExceptions = createExceptionFindings(ground.exceptions, createTodayStore(ground.exceptions.db));
  const ofGaps = createGapFindings(ground.accountability, ground);
  const ofDrills = createDrillFindings(ground.drillResults, { model: () => ground.estate.model.loadModel() });
  const components = async () => (await ground.estate.model.loadModel()).components;
  const ofCertificates = ground.reachesOut ? [createCertificateFindings({ components, trustPem: ground.trustPem })] : [];
  const ofRisks = createRiskFindings(ground.governance);
  return [
    bypassFindings(ground),
    ofDrills,
    attemptFindings(ground),
    ...ofExceptions,
    ofRisks,
    createEmergencyFindings(ground.accessRequests),
    createLockOutFindings(ground.lockOut),
    ...ofGaps,
    ...ofCertificates,
  ];
}

function attemptFindings({ uses, exceptions }: FindingGround): FindingSource {
  return createAttemptFindings({
    uses,
    async exception(id, now) {
      const found = (await exceptions.store.find(id))?.exception;
      if (found === undefined) return undefined;
      const { ref, owner } = found.dossier;
      return { named: ref, owner, isInForce: isInForce(found, now) };
    },
  });
}

function bypassFindings({ estate, connections, bypassStore }: FindingGround): FindingSource {
  return createBypassFindings({
    store: bypassStore,
    connectionNames: async () => new Map((await connections.list()).map(({ connection: { id, name } }) => [id, name])),
    async owners() {
      const keys = new Map((await connections.list()).map(({ connection: { id, key } }) => [id as string, key]));
      const found = new Map<string, Awaited<ReturnType<typeof listOwners>>>();
      for (const [id, key] of keys) found.set(id, await listOwners(estate, key));
      return ({ connection, seen }) => {
        const ofPolicy = (found.get(connection) ?? []).filter(({ policy }) => policy === null || policy === seen.policy);
        const owners = new Set(ofPolicy.map(({ owner }) => owner));
        return owners.size === 1 ? ([...owners][0] as PersonId) : null;
      };
    },
  });
}

/** Proposals for the model: worked out anew each time they are asked for, and one at a time taken over as a file would be. */
import { refusal, Refused } from "../kernel/problem.ts";
import { dayIn, type Instant, type PlainDate } from "../kernel/time.ts";
import { type ApplyDependencies, applyModel, type ApplyRequest } from "./apply-service.ts";
import type { Endpoint } from "./component.ts";
import type { Plan } from "./plan-words.ts";
import { type EndpointSeen, type Proposal, type ProposalFacts, proposalsOf } from "./proposals.ts";
import type { RepairSeen } from "./repair-proposals.ts";
import { createItemStore, findOrganisation } from "./store.ts";

export interface ProposalDependencies extends ApplyDependencies {
  /** Those that are connected. */
  readonly listConnections: () => Promise<ProposalFacts["connections"]>;
  /** What drills measured, by the day of the organisation. */
  readonly listRepairs: (now: Instant) => Promise<readonly Measured[]>;
  /** What an endpoint shows now; or, in a sentence, why it was not read. */
  readonly readEndpoint: (
    endpoint: Endpoint,
    now: Instant,
  ) => Promise<Omit<EndpointSeen, "component" | "endpoint"> | { readonly unread: string }>;
}

export interface Measured extends Omit<RepairSeen, "on"> {
  readonly at: Instant;
}

export interface Unread {
  readonly component: string;
  readonly address: string;
  readonly words: string;
}

export interface Proposed {
  readonly proposals: readonly Proposal[];
  readonly unread: readonly Unread[];
}

export type ProposalService = ReturnType<typeof createProposalService>;

export function createProposalService(deps: ProposalDependencies) {
  /** With `certificates`, endpoints of components are read now. */
  async function propose(certificates: boolean, now: Instant): Promise<Proposed> {
    const [components, commonCauses, operations] = [
      await createItemStore(deps.db, "component").all(),
      await createItemStore(deps.db, "commonCause").all(),
      await createItemStore(deps.db, "operation").all(),
    ];
    const applications = await createItemStore(deps.db, "application").all();
    const zone = (await findOrganisation(deps.db))?.state.zone;
    const asked = components.map(({ state }) => state).filter(({ status }) => certificates && status === "active");
    const { seen, unread } = await readAll(deps, asked, now);
    const day = (at: Instant) => (zone === undefined ? (at.slice(0, 10) as PlainDate) : dayIn(at, zone));
    const repairs = (await deps.listRepairs(now)).map(({ at, ...repair }) => ({ ...repair, on: day(at) }));
    const proposals = proposalsOf({
      components: components.map(({ state }) => state),
      commonCauses: commonCauses.map(({ state }) => state),
      operations: operations.map(({ state }) => state),
      applications: applications.map(({ state }) => state),
      connections: await deps.listConnections(),
      seen,
      repairs,
      today: day(now),
    });
    return { proposals, unread };
  }

  return {
    propose,
    /** Takes one over, or with `dryRun` says what that would do. Refuses `estate.notFound` (404) when it does not stand any more. */
    async apply(key: string, request: Omit<ApplyRequest, "text">): Promise<Plan> {
      const { proposals } = await propose(/^(certificate|issuer):/.test(key), request.now);
      const found = proposals.find((proposal) => proposal.key === key);
      if (found === undefined) throw new Refused([refusal("estate.notFound", `The proposal ${key} does not stand any more.`)], 404);
      return applyModel(deps, found, request);
    },
  };
}

/** One after the other: they are few, and nobody's server is asked twice at once. What shows a certificate comes before the certificate. */
async function readAll(
  { readEndpoint }: ProposalDependencies,
  components: ProposalFacts["components"],
  now: Instant,
): Promise<{ seen: readonly EndpointSeen[]; unread: readonly Unread[] }> {
  const seen: EndpointSeen[] = [];
  const unread: Unread[] = [];
  const done = new Set<string>();
  for (const { key, endpoints } of components.toSorted((a, b) => Number(a.kind === "certificate") - Number(b.kind === "certificate"))) {
    for (const endpoint of endpoints) {
      if (endpoint.kind === "http" || done.has(`${endpoint.kind} ${endpoint.address}`)) continue;
      done.add(`${endpoint.kind} ${endpoint.address}`);
      const read = await readEndpoint(endpoint, now);
      if ("unread" in read) unread.push({ component: key, address: endpoint.address, words: read.unread });
      else seen.push({ component: key, endpoint, ...read });
    }
  }
  return { seen, unread };
}

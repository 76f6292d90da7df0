/** What has to be looked up when a version is put forward: the provider's word on its subjects, the estate's, and repeats. */
import type { Connector } from "../connectors/port.ts";
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { ApplicationFacts, RequestFacts } from "./facts.ts";
import { type AskedFor, loadRepeats } from "./load-repeats.ts";
import { askingProvider, providerSubject } from "./provider-subject.ts";
import { countRepeats, isForDrills, NO_REPEATS, type RepeatRecord, resourceText } from "./repeats.ts";
import type { ExceptionStore } from "./store.ts";
import type { DraftContent, PersonId } from "./version.ts";
import type { World } from "./world.ts";

interface Asking extends AskedFor {
  /** Everybody who wants it, and whoever puts it forward. */
  readonly wantedBy: readonly PersonId[];
}

/**
 * Asks the connectors and the estate. Throws {@link Refused} `exceptions.providerUnreachable` when a provider cannot be asked:
 * a subject nobody could look at is not put forward.
 */
export async function loadRequestFacts(world: World, store: ExceptionStore, asking: Asking, now: Instant): Promise<RequestFacts> {
  const { content } = asking;
  const subjects = await subjectFacts(world, content);
  const headcount = Object.values(subjects.headcounts).reduce((sum, n) => sum + n, 0);
  const drills = await world.drillSubjects();
  const { records, counted, mine } = await loadRepeats(store, asking, headcount, now, drills);
  const vendor = content.vendorContract;
  return {
    ...subjects,
    applications: await applicationFacts(world, content),
    twins: records.filter((record) => record.exception !== asking.id && sharesSame(record, mine)).map((record) => record.exception),
    repeats: isForDrills(content, drills) ? NO_REPEATS : countRepeats(counted, mine, now),
    vendorContractUntil: vendor === null ? null : ((await world.vendorContractEnd(vendor.vendor, vendor.contract)) ?? null),
    designIssue: await designIssueFacts(world, content),
    riskAcceptance: await riskAcceptanceFacts(world, asking, now),
  };
}

/** An issue about anything but what is asked for is none. */
async function designIssueFacts(world: World, { designIssue: id, scope }: DraftContent): Promise<RequestFacts["designIssue"]> {
  const issue = id === null ? undefined : await world.designIssue(id);
  if (id === null || issue === undefined) return null;
  const isAbout = scope.some(({ resource }) => resourceText(resource) === resourceText(issue.about));
  return isAbout ? { id, open: issue.open } : null;
}

/** An acceptance that is linked neither to this exception nor to its design issue is none; nobody accepts what they want. */
async function riskAcceptanceFacts(world: World, asking: Asking, now: Instant): Promise<RequestFacts["riskAcceptance"]> {
  const { riskAcceptance: id, designIssue } = asking.content;
  const risk = id === null ? undefined : await world.riskAcceptance(id, now);
  if (id === null || risk === undefined) return null;
  const isLinked = risk.exceptions.includes(asking.id) || (designIssue !== null && risk.designIssue === designIssue);
  const acting = await Promise.all(asking.wantedBy.map((person) => world.actsFor(person, now)));
  const barred = [...asking.wantedBy, ...acting.flat()];
  const { boardVisible, until, executive } = risk;
  return isLinked ? { id, byExecutive: !barred.includes(executive), boardVisible, until } : null;
}

type SubjectFacts = Pick<RequestFacts, "subjectRefusals" | "headcounts" | "policiesKnown">;

async function subjectFacts(world: World, content: DraftContent): Promise<SubjectFacts> {
  const control = content.weakenedControl;
  if (control === null) return { subjectRefusals: {}, headcounts: {}, policiesKnown: [] };
  return askingProvider("about the subjects", async () => {
    const connector = await connectorOf(world, control.connection);
    // Then no policy is known of it, and nobody is counted: said with everything else that stands against it.
    if (connector === undefined) return { subjectRefusals: {}, headcounts: {}, policiesKnown: [] };
    const subjectRefusals: Record<string, string> = {};
    const headcounts: Record<string, number> = {};
    for (const { subject } of content.scope) {
      const known = providerSubject(subject);
      const refused = await connector.refusesSubject(control.policy, known);
      if (refused !== undefined) subjectRefusals[subject.key] = refused;
      headcounts[subject.key] = (await connector.accountsBehind(known)).length;
    }
    return { subjectRefusals, headcounts, policiesKnown: policyKeys(control.connection, connector) };
  });
}

/** Undefined where there is no such connection, or none any more. */
async function connectorOf(world: World, connection: string): Promise<Connector | undefined> {
  try {
    return await world.connector(connection);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

const policyKeys = (connection: string, connector: Connector) => connector.policies.map((policy) => `${connection} ${policy.key}`);

async function applicationFacts(world: World, content: DraftContent): Promise<Record<string, ApplicationFacts>> {
  const facts: Record<string, ApplicationFacts> = {};
  for (const { resource } of content.scope) {
    if (resource.kind !== "application") continue;
    const found = await world.application(resource.id);
    facts[resource.id] = { known: found !== undefined, retired: found?.retired ?? false };
  }
  return facts;
}

function sharesSame(a: RepeatRecord, b: RepeatRecord): boolean {
  return a.fingerprints.some((print) => b.fingerprints.some((other) => other.same === print.same));
}

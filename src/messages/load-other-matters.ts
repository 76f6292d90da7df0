/** Finds out whom bypasses that nobody answers for, drift, drills, design issues, risks and findings concern. */
import { generalRolesFor } from "../exceptions/seats.ts";
import type { AddresseesWorld, ExceptionState } from "../exceptions/index.ts";
import type { Resource } from "../exceptions/version.ts";
import type { Finding } from "../findings/finding.ts";
import type { Drill } from "../drills/drill.ts";
import type { DrillPlan } from "../drills/plan.ts";
import type { DesignIssue } from "../governance/design-issue.ts";
import type { RiskAcceptance } from "../governance/risk-acceptance.ts";
import type { Instant } from "../kernel/time.ts";
import { mattersOfAccessRequest, type WaitingRequest } from "./access-request-matters.ts";
import { mattersOfDrill } from "./drill-matters.ts";
import { findingsSubject, mattersOfFindings } from "./finding-matters.ts";
import type { Matter } from "./matter.ts";
import type { Line } from "./notification.ts";
import { type DriftsRead, mattersOfBypasses, mattersOfDrift, mattersOfIssue, mattersOfRisk, type OpenBypasses } from "./other-matters.ts";

export interface OtherMattersWorld {
  exception(id: string): Promise<ExceptionState | undefined>;
  /** A connection that is there: what nobody answers for in it, and what others changed of late. */
  connection(id: string, now: Instant): Promise<ConnectionNews | undefined>;
  drill(id: string): Promise<{ readonly drill: Drill; readonly plan: DrillPlan } | undefined>;
  /** One that waits; `caller` passed it on, `resource` is what people call what it is about. */
  accessRequest(id: string, now: Instant): Promise<(WaitingRequest & { readonly caller: string; readonly resource: string }) | undefined>;
  designIssue(id: string): Promise<DesignIssue | undefined>;
  riskAcceptance(id: string): Promise<RiskAcceptance | undefined>;
  /** What is there of an owner's findings, and not mended; null is nobody. */
  findingsOf(owner: string | null): Promise<readonly Finding[]>;
  /** What people call an application, a policy or an action. */
  nameOf(about: Resource): Promise<string>;
}

export interface ConnectionNews {
  readonly name: string;
  readonly open: readonly OpenBypasses[];
  readonly drifts: readonly DriftsRead[];
}

export interface MatterFound {
  readonly matter: Matter;
  readonly line: Line;
  readonly persons: readonly string[];
}

type World = OtherMattersWorld & Pick<AddresseesWorld, "person" | "holdersOf">;

/** References in a line; the page it leads to has them all. */
const REFS = 3;

/** By the prefix of the subject's id; undefined where it is none of these. */
export function otherMattersFor(world: World, subject: string, now: Instant): Promise<readonly MatterFound[]> | undefined {
  if (subject.startsWith("con_")) return ofConnection(world, subject, now);
  if (subject.startsWith("drl_")) return ofDrill(world, subject, now);
  if (subject.startsWith("arq_")) return ofAccessRequest(world, subject, now);
  if (subject.startsWith("iss_")) return ofIssue(world, subject, now);
  if (subject.startsWith(findingsSubject(null))) return ofFindings(world, subject, now);
  return subject.startsWith("rsk_") ? ofRisk(world, subject, now) : undefined;
}

async function ofConnection(world: World, connection: string, now: Instant): Promise<readonly MatterFound[]> {
  const found = await world.connection(connection, now);
  if (found === undefined) return [];
  const bypasses = mattersOfBypasses(connection, found.open).map((matter, i) => {
    const { policy, count } = found.open[i]!;
    return withPersons(world, matter, found.name, policy === null ? `× ${count}` : `${policy} × ${count}`);
  });
  const drifts = mattersOfDrift(connection, found.drifts).map((matter, i) =>
    withPersons(world, matter, found.name, `× ${found.drifts[i]!.count}`),
  );
  return Promise.all([...bypasses, ...drifts]);
}

async function ofDrill(world: World, id: string, now: Instant): Promise<readonly MatterFound[]> {
  const found = await world.drill(id);
  if (found === undefined) return [];
  const { drill, plan } = found;
  return Promise.all(mattersOfDrill(drill, plan, now).map((matter) => withPersons(world, matter, plan.name)));
}

async function ofAccessRequest(world: World, id: string, now: Instant): Promise<readonly MatterFound[]> {
  const found = await world.accessRequest(id, now);
  if (found === undefined) return [];
  const matters = mattersOfAccessRequest(found);
  return Promise.all(matters.map((matter) => withPersons(world, matter, found.caller, found.resource)));
}

async function ofIssue(world: World, id: string, now: Instant): Promise<readonly MatterFound[]> {
  const issue = await world.designIssue(id);
  if (issue === undefined) return [];
  const name = await world.nameOf(issue.about);
  return Promise.all(mattersOfIssue(issue, now).map((matter) => withPersons(world, matter, name)));
}

async function ofFindings(world: World, subject: string, now: Instant): Promise<readonly MatterFound[]> {
  const owner = subject.slice(findingsSubject(null).length) || null;
  const matters = mattersOfFindings(subject, owner, await world.findingsOf(owner), now);
  // What was found stays inside: a sentence about it names people and accounts.
  return Promise.all(matters.map(({ matter, count }) => withPersons(world, matter, String(count))));
}

async function ofRisk(world: World, id: string, now: Instant): Promise<readonly MatterFound[]> {
  const risk = await world.riskAcceptance(id);
  if (risk === undefined) return [];
  const matters = mattersOfRisk(risk, now);
  if (matters.length === 0) return [];
  const name = await restingOn(world, risk);
  return Promise.all(matters.map((matter) => withPersons(world, matter, name)));
}

/** What a risk is called by: it has no name of its own, and what it says stays inside. */
async function restingOn(world: World, { exceptions, designIssue, standsOn }: RiskAcceptance): Promise<string> {
  const known = await Promise.all(exceptions.map((id) => world.exception(id)));
  const refs = known.filter((state): state is ExceptionState => state !== undefined).map(({ dossier }) => dossier.ref);
  const { operations = [], lockOutSets = [], findings = [] } = standsOn ?? {};
  const named = [...new Set([...refs, ...operations, ...lockOutSets.map(({ operation }) => operation), ...findings])];
  if (named.length > REFS) return [...named.slice(0, REFS), `+${named.length - REFS}`].join(", ");
  if (named.length > 0) return named.join(", ");
  const issue = designIssue === null ? undefined : await world.designIssue(designIssue);
  return issue === undefined ? "" : world.nameOf(issue.about);
}

/** Who holds a role of these seats, and who is named; when nobody named is here any more, governance. */
async function withPersons(world: World, matter: Matter, ref: string, title = ""): Promise<MatterFound> {
  const named = await Promise.all(matter.persons.map((id) => world.person(id)));
  const here = named.filter((person) => person?.active === true).map((person) => person!.id);
  const seats = here.length === 0 && matter.seats.length === 0 ? (["security_governance"] as const) : matter.seats;
  const holders = seats.length === 0 ? [] : await world.holdersOf(generalRolesFor(seats));
  const seated = holders.filter(({ active, roles }) => active && !roles.includes("help_desk")).map(({ id }) => id);
  const { kind, until, path, barred = [] } = matter;
  const persons = [...new Set([...here, ...seated])].filter((id) => !barred.includes(id));
  return { matter, line: { kind, ref, title, until, path }, persons };
}

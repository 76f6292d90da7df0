import { refusal, Refused } from "../kernel/problem.ts";
import type { PersonId } from "../people/index.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import { mayCare } from "./decide.ts";
import type { Finding } from "./finding.ts";
import type { FindingService, Order } from "./service.ts";
import type { FindingFilter } from "./store.ts";
import { countsOf, viewOf } from "./view.ts";

export interface FindingRoutesDependencies {
  readonly service: FindingService;
  readonly nameOf: (person: string) => Promise<string | undefined>;
}

export function findingRoutes({ service, nameOf }: FindingRoutesDependencies): readonly Route[] {
  const show = async (finding: Finding, call: Call) => (await shown([finding], nameOf, call))[0]!;
  return [
    route(contract.listFindings, async ({ query: { limit, cursor, ...query } }, call) => {
      const page = { limit, ...(cursor !== undefined && { cursor }) };
      const { items, next } = await service.list(filterOf(query, call), page, call.now);
      const findings = items.map(({ finding }) => finding);
      return { items: await shown(findings, nameOf, call), ...(next !== undefined && { next }) };
    }),
    route(contract.countFindings, async ({ query }, call) => {
      const filter = filterOf(query, call);
      const counts = await service.count(filter, call.now);
      const isElsewhere = filter.owner !== undefined && filter.owner !== null;
      const unowned = isElsewhere ? [] : await service.count({ ...filter, owner: null, state: "open" }, call.now);
      const unread = (await service.sources()).flatMap(({ name, readAt, failedAt }) =>
        failedAt === null ? [] : [{ source: name, since: failedAt, readAt }],
      );
      return countsOf(
        counts,
        unowned.reduce((sum, { count }) => sum + count, 0),
        unread,
      );
    }),
    route(contract.getFinding, async ({ params }, call) => show(await readable(service, params.id, call), call)),
    route(contract.assignFinding, async ({ params, body }, call) => {
      await readable(service, params.id, call);
      return show(await service.assign(params.id, body.owner, body.sentence, orderOf(call)), call);
    }),
    route(contract.noteFinding, async ({ params, body }, call) => {
      await readable(service, params.id, call);
      return show(await service.note(params.id, body.text, orderOf(call)), call);
    }),
  ];
}

/** One name is asked for once. */
async function shown(findings: readonly Finding[], nameOf: FindingRoutesDependencies["nameOf"], call: Call) {
  const persons = new Set(findings.flatMap(({ owner, notes }) => [...(owner === null ? [] : [owner]), ...notes.map(({ by }) => by)]));
  const names = new Map<string, string>();
  for (const person of persons) names.set(person, (await nameOf(person)) ?? person);
  const { by } = orderOf(call);
  return findings.map((finding) => viewOf(finding, names, mayCare(finding, by), call.now));
}

function readsAll(call: Call): boolean {
  return contract.FINDING_READERS.some((role) => callerOf(call).roles.includes(role));
}

/** What somebody may not read is not there for them; whoever said something about it reads on. */
async function readable(service: FindingService, id: string, call: Call): Promise<Finding> {
  const { personId } = callerOf(call);
  const finding = await service.find(id);
  const isTheirs = finding?.owner === personId || finding?.notes.some(({ by }) => by === personId) === true;
  if (finding === undefined || !(readsAll(call) || isTheirs)) throw new Refused([refusal("findings.notFound", `There is no ${id}.`)], 404);
  return finding;
}

type Query = Omit<ReturnType<(typeof contract.listFindings)["query"]["parse"]>, "limit" | "cursor">;

function filterOf({ owner, subjectKind, subjectId, ...query }: Query, call: Call): FindingFilter {
  const asked = owner === "nobody" ? null : owner;
  const narrowed = readsAll(call) ? asked : callerOf(call).personId;
  const subject = subjectKind !== undefined && subjectId !== undefined ? { kind: subjectKind, id: subjectId } : undefined;
  return {
    ...Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
    ...(narrowed !== undefined && { owner: narrowed }),
    ...(subject !== undefined && { subject }),
  };
}

function orderOf(call: Call): Order {
  const { personId, roles } = callerOf(call);
  return { by: { id: personId as PersonId, roles }, now: call.now };
}

/** A request decided without committing anything: what it would meet, for whoever is writing it. Reads, and changes nothing. */
import { Refused, type Refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { couldTakeIn, likenessOf, whyOver } from "./alike.ts";
import { type Applying, applyingTo } from "./applying.ts";
import type { ExceptionCommand } from "./commands.ts";
import type { RequestPreview, TwinView, WiderView } from "./contract-preview.ts";
import { decide } from "./decide.ts";
import { replay } from "./evolve.ts";
import type { Actor, ExceptionState } from "./exception.ts";
import type { RequestFacts } from "./facts.ts";
import { fingerprintTexts } from "./fingerprint-texts.ts";
import { loadCovered } from "./load-covered.ts";
import type { CategoryPolicy } from "./policy.ts";
import { rowsOf } from "./register.ts";
import { decideOn, type ExceptionDependencies, factsToDecide, load, policyOf } from "./service.ts";
import type { StoredException } from "./store.ts";
import type { DraftContent, ExceptionId, Purpose } from "./version.ts";
import { ruleWords } from "./view.ts";

export interface PreviewOrder {
  readonly exception: string | null;
  readonly kind: "draft" | "extension" | "change";
  readonly category: string;
  readonly content: DraftContent;
  readonly reader: string;
  readonly now: Instant;
}

/** Rows of either list; whoever has more twins than this needs no longer list to see it. */
const MOST_SHOWN = 10;
/** Twins are told of however old they are; repeats are counted over a year only. */
const EVER = "1970-01-01T00:00:00.000Z" as Instant;

export async function previewRequest(deps: ExceptionDependencies, order: PreviewOrder): Promise<RequestPreview> {
  const { content, now } = order;
  const rehearsed = await rehearse(deps, order);
  const { state, request } = rehearsed;
  const policy = await policyOf(deps, state.dossier.category);
  const purpose: Purpose = order.kind === "draft" ? "initial" : order.kind;
  const applying = applyingTo({ policy, dossier: state.dossier, purpose, requestedFrom: content.requestedFrom, request, now });
  return {
    ...(await alikeTo(deps, state, order)),
    otherPolicies: await otherPoliciesOf(deps, content),
    designIssues: await issuesAbout(deps, content),
    covered: await loadCovered(deps.world, content),
    applying: shown(applying, policy),
    reasons: rehearsed.reasons.map(({ code, detail, at }) => ({ code, detail, ...(at !== undefined && { at }) })),
  };
}

interface Rehearsed {
  readonly state: ExceptionState;
  /** Null where the provider could not be asked; the reason says so. */
  readonly request: RequestFacts | null;
  readonly reasons: readonly Refusal[];
}

/** Puts it forward in thought, by the very decision that will judge it. Twins are shown beside, so they stand against nothing here. */
async function rehearse(deps: ExceptionDependencies, order: PreviewOrder): Promise<Rehearsed> {
  const { now, kind, content } = order;
  const actor: Actor = { kind: "person", id: order.reader };
  const { state, reasons: first } = await written(deps, order, actor);
  const command = (seenTwins: readonly ExceptionId[]): ExceptionCommand => {
    if (kind === "draft") return { type: "submit", seenTwins };
    return { type: kind === "extension" ? "proposeExtension" : "proposeChange", content, seenTwins };
  };
  try {
    const facts = await factsToDecide(deps, state, { command: command([]), actor, now });
    const outcome = decide(state, command(facts.request?.twins ?? []), now, facts);
    return { state, request: facts.request, reasons: [...first, ...(outcome.accepted ? [] : outcome.reasons)] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { state, request: null, reasons: [...first, ...error.reasons] };
  }
}

/** The exception with this content in it, as it would be once it is saved. */
async function written(deps: ExceptionDependencies, { exception, kind, category, content, now }: PreviewOrder, actor: Actor) {
  const before = exception === null ? undefined : await load(deps, exception);
  if (before !== undefined && kind !== "draft") return { state: before.exception, reasons: [] };
  const command: ExceptionCommand =
    before === undefined
      ? { type: "openDraft", id: deps.ids.next("exception"), ref: "-", category, unit: "-", content }
      : { type: "reviseDraft", content };
  const outcome = await decideOn(deps, before, { command, actor, now });
  if (outcome.accepted) return { state: replay(outcome.events, before?.exception), reasons: [] };
  if (before === undefined) throw new Refused(outcome.reasons);
  return { state: before.exception, reasons: outcome.reasons };
}

type Alike = Pick<RequestPreview, "twins" | "wider">;

async function alikeTo(deps: ExceptionDependencies, state: ExceptionState, order: PreviewOrder): Promise<Alike> {
  const { content, now } = order;
  const { id, category } = state.dossier;
  const found = await deps.store.withFingerprints(fingerprintTexts(category, content), EVER);
  const others = found.filter(({ exception }) => exception.dossier.id !== id);
  const asked = { category, content };
  const twins = others.filter(({ exception }) => likenessOf(asked, exception) !== undefined);
  const wider = others.filter((each) => !twins.includes(each) && couldTakeIn(asked, each.exception, now));
  const lifeFirst = twins.toSorted((a, b) => Number(whyOver(a.exception) !== null) - Number(whyOver(b.exception) !== null));
  return {
    twins: await rowsWith<TwinView>(deps, lifeFirst, now, ({ exception }) => ({
      likeness: likenessOf(asked, exception) ?? "same",
      whyOver: whyOver(exception),
    })),
    wider: await rowsWith<WiderView>(deps, wider, now, async ({ exception }) => ({ mayPropose: await mayPropose(deps, exception, order) })),
  };
}

type Beside<View> = Omit<View, keyof Awaited<ReturnType<typeof rowsOf>>[number]>;

async function rowsWith<View>(
  deps: ExceptionDependencies,
  found: readonly StoredException[],
  now: Instant,
  beside: (stored: StoredException) => Beside<View> | Promise<Beside<View>>,
): Promise<View[]> {
  const first = found.slice(0, MOST_SHOWN);
  const rows = await rowsOf(deps, await deps.store.findMany(first.map(({ exception }) => exception.dossier.id)), now);
  return Promise.all(rows.map(async (row, i) => ({ ...row, ...(await beside(first[i]!)) }) as View));
}

async function mayPropose(deps: ExceptionDependencies, { dossier }: ExceptionState, { reader, now }: PreviewOrder): Promise<boolean> {
  if (reader === dossier.requester || reader === dossier.owner) return true;
  return (await deps.world.actsFor(dossier.requester, now)).some((person) => person === reader);
}

async function otherPoliciesOf(
  { world }: ExceptionDependencies,
  { weakenedControl }: DraftContent,
): Promise<RequestPreview["otherPolicies"]> {
  if (weakenedControl === null) return [];
  const connector = await world.connector(weakenedControl.connection).catch(() => undefined);
  const weakened = connector?.policies.find(({ key }) => key === weakenedControl.policy);
  return (connector?.policies ?? [])
    .filter((policy) => policy !== weakened && policy.leaves !== weakened?.leaves)
    .map(({ key, title, demands, leaves }) => ({ key, title, demands, leaves }));
}

async function issuesAbout({ world }: ExceptionDependencies, { scope }: DraftContent): Promise<string[]> {
  const found = await Promise.all(scope.map(({ resource }) => world.openIssueAbout(resource)));
  return [...new Set(found.filter((id) => id !== undefined))];
}

function shown({ stages, ...applying }: Applying, policy: CategoryPolicy): RequestPreview["applying"] {
  return {
    ...applying,
    repeats: applying.repeats && { ...applying.repeats },
    repeatLimits: { ...policy.repeatLimits },
    stages: stages.map(({ roles, rule, answerWithin, isForRenewal }) => ({
      roles: [...roles],
      rule: ruleWords(rule),
      answerWithin,
      isForRenewal,
    })),
  };
}

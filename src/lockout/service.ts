/** The answers about the model as it is: worked out once for each of its versions. */
import type { Expression } from "../estate/expression.ts";
import type { VersionedModel } from "../estate/index.ts";
import type { AccessPath, Operation } from "../estate/operation.ts";
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Analyst } from "./analyst-service.ts";
import type { Edit } from "./estate-engine/estate-graph.ts";
import { type EstateAnswers, estateAnswers } from "./estate-answers.ts";
import { ESTATE_FINDINGS } from "./findings-of-estate.ts";
import { type StruckHere, struckHere } from "./outages.ts";
import { readLeaf } from "./leaf.ts";
import { createSupport } from "./support.ts";
import type { OperationStands, OperationTold } from "./thinking.ts";
import type { TreeFault } from "./tree-of-operation.ts";
import { waysIn } from "./ways-in.ts";
import { lossesAfter } from "./what-if.ts";

export interface LockOutWorld {
  modelVersion(): Promise<number>;
  loadModel(): Promise<VersionedModel>;
  readonly analyst: Analyst;
}

export interface Answered {
  readonly model: VersionedModel;
  readonly estate: EstateAnswers;
  /** Sets were not counted because the analysis ended before: single failures only. */
  readonly fellShort: boolean;
}

/** Everything that was worked out for one version of the model. */
interface Kept {
  readonly version: number;
  readonly answered: Promise<Answered>;
  readonly told: Map<string, Promise<OperationTold>>;
  readonly standings: Map<string, Promise<OperationStands>>;
  readonly outages: () => Promise<readonly StruckHere[]>;
  readonly findings: () => Promise<readonly FindingSeen[]>;
}

function keep(version: number, world: LockOutWorld): Kept {
  const answered = world.loadModel().then((model) => answer(model, world.analyst));
  const outages = once(async () => world.analyst.ask((await answered).model, { ask: "outages" }));
  const findings = once(async () => {
    const { model } = await answered;
    return hasNothing(model) ? [] : world.analyst.ask(model, { ask: "findings" });
  });
  return { version, answered, told: new Map(), standings: new Map(), outages, findings };
}

/** Asked once; again where it failed. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    asked.catch(() => (asked = undefined));
    return asked;
  };
}

export type LockOutService = ReturnType<typeof createLockOutService>;

/** As many analyses of single operations are kept; a version of the model that is gone takes its own along. */
const MOST_KEPT = 500;

export function createLockOutService(world: LockOutWorld) {
  let kept: Kept | undefined;
  const current = async (): Promise<Kept> => {
    const version = await world.modelVersion();
    if (kept?.version === version) return kept;
    const mine = keep(version, world);
    kept = mine;
    mine.answered.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return mine;
  };
  /** Asked once for each version of the model, and again where it failed. */
  const keptOf = async <T>(keep: (kept: Kept) => Map<string, Promise<T>>, key: string, ask: (model: VersionedModel) => Promise<T>) => {
    const now = await current();
    const { model } = await now.answered;
    const of = keep(now);
    const found = of.get(key);
    if (found !== undefined) return found;
    if (of.size >= MOST_KEPT) of.clear();
    const asked = ask(model);
    of.set(key, asked);
    asked.catch(() => of.delete(key));
    return asked;
  };
  const answered = async () => (await current()).answered;
  return {
    answered,
    async operation(key: string) {
      const { model, estate } = await answered();
      const found = estate.byKey.get(key);
      if (found === undefined) throw notFound(key);
      const { deep, answer } = await keptOf(
        ({ told }) => told,
        key,
        async (of) => foundIn(key, await world.analyst.ask(of, { ask: "operation", operation: key })),
      );
      return { model, estate, operation: found.operation, deep, answer };
    },
    /** What locks an operation out, in full as far as it can be known, and comparable with what it was. */
    async standing(key: string): Promise<OperationStands & Pick<Operation, "tolerates">> {
      const { estate } = await answered();
      const found = estate.byKey.get(key);
      if (found === undefined) throw notFound(key);
      const stands = await keptOf(
        ({ standings }) => standings,
        key,
        async (model) => foundIn(key, await world.analyst.ask(model, { ask: "standing", operation: key })),
      );
      return { ...stands, tolerates: found.operation.tolerates };
    },
    async whatIf(asked: {
      readonly failed: readonly string[];
      readonly outage?: string | undefined;
      readonly operation?: string | undefined;
    }) {
      const { model, estate } = await answered();
      const struck = asked.outage === undefined ? undefined : struckHere(model, asked.outage);
      if (asked.outage !== undefined && struck === undefined)
        throw new Refused(
          [refusal("lockout.outageUnknown", `There is no outage "${asked.outage}" in the list.`, { at: "query:/outage" })],
          404,
        );
      if (asked.operation !== undefined && !estate.byKey.has(asked.operation)) throw notFound(asked.operation);
      refuseUnknown(model, asked.failed);
      const failures = [...new Set([...asked.failed, ...(struck?.failures ?? [])])];
      return { model, estate, struck, failures, ...consequences(model, failures, asked.operation) };
    },
    /** What these changes would change in the sets, without making them. */
    async preview(changes: Changes) {
      const { model } = await answered();
      const told = await world.analyst.ask(model, { ask: "difference", edits: editsOf(model, changes) });
      if ("kind" in told) throw circle(told.loops);
      return { model, difference: told };
    },
    outages: async () => (await current()).outages(),
    /** What is wrong with the ways in. */
    async findings() {
      const now = await current();
      const found = await now.findings();
      // What did not come about at first does now.
      if ((await now.answered).fellShort && kept === now) kept = undefined;
      return found;
    },
  };
}

/** What is wrong with the ways in, as a source of findings. */
export function createLockOutFindings({ findings }: Pick<LockOutService, "findings">): FindingSource {
  return { name: "lockOut", kinds: ESTATE_FINDINGS, current: () => findings() };
}

/** Where nothing is described, no thread is begun. */
function hasNothing({ components, operations }: VersionedModel): boolean {
  return components.length + operations.length === 0;
}

async function answer(model: VersionedModel, analyst: Analyst): Promise<Answered> {
  if (hasNothing(model)) return { model, estate: estateAnswers(model), fellShort: false };
  // A model that is too large for sets, or a circle in it, is no reason to say nothing: single failures are counted all the same. Findings
  // fail then, so that none is taken for mended because nobody looked.
  const counted = await analyst.ask(model, { ask: "counts" }).catch((): undefined => undefined);
  const estate = counted === undefined || "kind" in counted ? estateAnswers(model) : estateAnswers(model, counted);
  return { model, estate, fellShort: counted === undefined };
}

function foundIn<T extends object>(key: string, told: T | TreeFault): T {
  if (!("kind" in told)) return told;
  if (told.kind === "unknownOperation") throw notFound(key);
  throw circle(told.loops);
}

function circle(loops: readonly (readonly string[])[]): Refused {
  const circles = loops.map((loop) => loop.join(" → ")).join("; ");
  return new Refused([refusal("lockout.circle", `These components need each other in a circle: ${circles}.`)], 422);
}

/** What a component needs, and the ways in of an operation, as they might be. */
export interface Changes {
  readonly components: readonly { readonly key: string; readonly requires: Expression | null }[];
  readonly operations: readonly { readonly key: string; readonly paths: readonly AccessPath[] }[];
}

function editsOf(model: VersionedModel, { components, operations }: Changes): readonly Edit[] {
  refuseUnknown(
    model,
    components.map(({ key }) => key),
    "body:/components",
  );
  const ofComponents = components.map(({ key, requires }): Edit => ({ component: { ...byKey(model.components, key)!, requires } }));
  const ofOperations = operations.map(({ key, paths }): Edit => {
    const operation = byKey(model.operations, key);
    if (operation === undefined) throw notFound(key);
    return { operation: { ...operation, paths } };
  });
  return [...ofComponents, ...ofOperations];
}

function byKey<Item extends { readonly key: string }>(items: readonly Item[], key: string): Item | undefined {
  return items.find((each) => each.key === key);
}

function consequences(model: VersionedModel, failures: readonly string[], about: string | undefined) {
  const { lockedOut, weakened, after } = lossesAfter(model, failures);
  const asked = model.operations.filter(({ key }) => about === undefined || key === about);
  const keys = about === undefined ? model.components.map(({ key }) => key) : componentsOf(model, asked);
  return { lockedOut, weakened, down: [...keys].filter((key) => after.isDown(key)) };
}

function componentsOf(model: VersionedModel, operations: VersionedModel["operations"]): Iterable<string> {
  return createSupport(model).componentsBelow({ all: operations.flatMap((each) => waysIn(each).map(({ needs }) => needs)) });
}

function refuseUnknown(model: VersionedModel, failures: readonly string[], at = "query:/failed"): void {
  const components = new Set(model.components.map(({ key }) => key));
  const causes = new Set(model.commonCauses.map(({ key }) => key));
  const unknown = failures.filter((failure) => {
    const { kind, key } = readLeaf(failure);
    return !(kind === "component" ? components : causes).has(key);
  });
  if (unknown.length === 0) return;
  const detail = `The model has nothing called ${unknown.slice(0, 5).join(", ")}.`;
  throw new Refused([refusal("lockout.failureUnknown", detail, { at })], 404);
}

function notFound(key: string): Refused {
  return new Refused([refusal("lockout.notFound", `There is no operation "${key}" in the model.`)], 404);
}

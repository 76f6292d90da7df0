/** Parts of the model to and from other tools. */
import type { ModelItems } from "../estate/file.ts";
import type { VersionedModel } from "../estate/index.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { dayIn, type Instant, type Zone } from "../kernel/time.ts";
import { modelOfTree } from "./model-of-tree.ts";
import { readFaultTree } from "./open-psa/read-fault-tree.ts";
import { writeFaultTree } from "./open-psa/write-fault-tree.ts";
import { treeOfOperation } from "./tree-of-operation.ts";

export interface ExchangeDependencies<Reply> {
  readonly loadModel: () => Promise<VersionedModel>;
  readonly zone: () => Promise<Zone>;
  /** Applies items as an estate file is applied, or says what that would change. */
  readonly apply: (items: ModelItems, order: ExchangeOrder) => Promise<Reply>;
}

export interface ExchangeOrder {
  readonly dryRun: boolean;
  readonly now: Instant;
  readonly by: { readonly id: string; readonly roles: readonly string[] };
}

export function createExchange<Reply>({ loadModel, zone, apply }: ExchangeDependencies<Reply>) {
  return {
    async importTree(
      { xml, operation, top }: { readonly xml: string; readonly operation: string; readonly top?: string | undefined },
      order: ExchangeOrder,
    ): Promise<Reply> {
      const read = readFaultTree(xml, { file: "model.xml", top });
      if ("refused" in read) throw new Refused(read.refused, 422);
      const made = modelOfTree(read.tree, { operation, model: await loadModel(), today: dayIn(order.now, await zone()) });
      if ("refused" in made) throw new Refused(made.refused, 422);
      return apply(made.items, order);
    },
    async exportOperation(key: string): Promise<string> {
      const tree = treeOfOperation(await loadModel(), key);
      if (!("kind" in tree)) return writeFaultTree(tree);
      if (tree.kind === "unknownOperation") throw new Refused([refusal("lockout.notFound", `There is no operation "${key}".`)], 404);
      const circles = tree.loops.map((loop) => loop.join(" → ")).join("; ");
      throw new Refused([refusal("lockout.circle", `Components need each other in a circle: ${circles}.`)], 422);
    },
  };
}

import { describe, expect, test } from "vitest";

import { component, operation, path, PAYROLL } from "../../test/support/lock-out-model.ts";
import type { Analyst } from "./analyst-service.ts";
import type { LockoutModel } from "./model.ts";
import { createLockOutService } from "./service.ts";
import { createThinker } from "./thinking.ts";

/** Answers in the thread of the test, but fails at one kind of question as often as it is told. */
function analystFailing(ask: string, times: number): Analyst {
  const think = createThinker(() => () => false);
  let failed = 0;
  const answer = async (model: LockoutModel, question: Parameters<typeof think>[0]) => {
    if (question.ask === ask && failed < times) {
      failed += 1;
      throw new Error("the analysis ended before it answered");
    }
    think({ ask: "model", model });
    return think(question);
  };
  return { ask: answer as Analyst["ask"] };
}

const serviceOf = (model: LockoutModel, analyst = analystFailing("", 0), version = { now: 1 }) =>
  createLockOutService({
    modelVersion: async () => version.now,
    loadModel: async () => ({ ...model, version: version.now }),
    analyst,
  });

describe("when the analysis ends before it answers", () => {
  test("single failures are told all the same, and that nobody looked further; once it answers again, so is everything", async () => {
    const service = serviceOf(PAYROLL, analystFailing("counts", 1));
    const { estate } = await service.answered();
    expect([estate.completeTo, estate.byKey.get("payroll")!.singles]).toEqual([1, ["idp0"]]);
    await service.findings();
    expect((await service.answered()).estate.completeTo).toBe(3);
  });

  test("no finding is taken for mended: the source fails", async () => {
    await expect(serviceOf(PAYROLL, analystFailing("findings", 1)).findings()).rejects.toThrow("ended before it answered");
  });
});

describe("what an operation is compared with later", () => {
  /** Five ways in of their own, so that only five failures together lock anybody out. */
  const ways = ["a", "b", "c", "d", "e"];
  const model = (needs: (way: string) => string): LockoutModel => ({
    components: [...ways, "f"].map((key) => component(key)),
    commonCauses: [],
    operations: [
      operation(
        "o",
        ways.map((way) => path(way, needs(way))),
      ),
    ],
  });

  test("names sets of every size, and is the same however often it is asked", async () => {
    const service = serviceOf(model((way) => way));
    const standing = await service.standing("o");
    expect(standing).toEqual({ tolerates: 1, counts: ["0", "0", "0", "0", "0", "1"], completeTo: null, sets: [ways] });
    expect(await serviceOf(model((way) => way)).standing("o")).toEqual(standing);
  });

  test("is another where another five lock everybody out", async () => {
    const { sets, counts } = await serviceOf(model((way) => (way === "e" ? "f" : way))).standing("o");
    expect([sets, counts.at(-1)]).toEqual([[["a", "b", "c", "d", "f"]], "1"]);
  });

  test("lists only sizes it can list whole, and counts the others", async () => {
    const many = Array.from({ length: 200 }, (_, at) => `m${at}`);
    const components = many.map((key) => component(key));
    const wide = operation("o", [
      path("one", { all: many }),
      path("two", { all: many.slice(0, 100) }),
      path("three", { all: many.slice(100) }),
    ]);
    const { sets, counts } = await serviceOf({ components, commonCauses: [], operations: [wide] }).standing("o");
    expect([counts, sets]).toEqual([["0", "0", "10000"], []]);
  });
});

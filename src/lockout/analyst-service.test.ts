import { describe, expect, test } from "vitest";

import { drawing, randomModel } from "../../test/support/lockout-models.ts";
import { createAnalyst } from "./analyst-service.ts";

const model = randomModel(drawing(1));

/** A thread that answers every question with its name, but one: what becomes of it then is the test's. */
const threadThat = (onSets: string): URL =>
  new URL(
    `data:text/javascript,import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ id, question }) => {
      if (question.ask === "operation") { ${onSets} } else parentPort.postMessage({ id, value: question.ask });
    });`,
  );

describe("the thread of the analysis", () => {
  test("answers what it is asked", async () => {
    const { completeTo } = (await createAnalyst().ask(model, { ask: "counts" })) as { readonly completeTo: number };
    expect(completeTo).toBe(3);
  });

  test("is begun again after it died, and whoever waited for it is told", async () => {
    const analyst = createAnalyst({ thread: threadThat("process.exit(1)") });
    await expect(analyst.ask(model, { ask: "operation", operation: "o0" })).rejects.toThrow("ended before it answered");
    expect(await analyst.ask(model, { ask: "counts" })).toBe("counts");
  });

  test("is ended when it does not answer in time, and whoever waited for it is told", async () => {
    const analyst = createAnalyst({ thread: threadThat(""), withinMs: 50 });
    await expect(analyst.ask(model, { ask: "operation", operation: "o0" })).rejects.toThrow("took longer than 50 ms");
  });
});

import { describe, expect, test } from "vitest";

import { answerOf, edgeScene, MAX_AGE_MS, row, START } from "../../test/support/edge-scene.ts";
import type { Manifest } from "./published.ts";

describe("an edge decision point", () => {
  test("answers as the register does, and a revocation reaches it", async () => {
    const { server, ask, look } = await edgeScene();
    expect(ask()).toBe("permitted_by_exception");
    server.put("exc_1", [row("ended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("exception_ended");
  });

  test.each(["lines", "packed"])(
    "takes what is said in the same words as before, over %s: suspended, in force, suspended",
    async (base) => {
      const { server, ask, look, again } = await edgeScene();
      if (base === "packed") {
        server.fold();
        await server.restart();
        expect(await look()).toBeUndefined();
      }
      const told = [];
      for (const stand of ["suspended", "open", "suspended", "open", "suspended"] as const) {
        server.put("exc_1", [row(stand)]);
        server.commit();
        expect(await look()).toBeUndefined();
        told.push(ask());
      }
      const [suspended, permitted] = ["exception_suspended", "permitted_by_exception"];
      expect(told).toEqual([suspended, permitted, suspended, permitted, suspended]);
      expect(answerOf(await again(), START + 100_000)).toBe(suspended);
    },
  );

  test("fetches what changed and not the whole again, however often something does", async () => {
    const { server, look, edge } = await edgeScene();
    for (let i = 0; i < 40; i++) {
      server.put(`exc_${i + 10}`, [row("open", `exc_${i + 10}`, `key-${i}`)]);
      server.commit();
      expect(await look()).toBeUndefined();
    }
    expect(edge.snapshot()!.register.size).toBe(41);
    const fetched = server.asked.filter((path) => path.includes("/files/"));
    expect(new Set(fetched).size).toBe(fetched.length);
    expect(fetched.length).toBeLessThanOrEqual(45);
  });

  test("takes what was packed as it lies in memory, and what changed over it; what is folded in meanwhile is not fetched again", async () => {
    const { server, look, ask, edge, again } = await edgeScene();
    server.fold();
    await server.restart();
    expect(await look()).toBeUndefined();
    expect(JSON.parse(server.note().split("\n")[1]!)).toMatchObject({ base: { form: "packed" } });
    expect([ask(), edge.snapshot()!.register.size]).toEqual(["permitted_by_exception", 1]);
    server.put("exc_1", [row("ended")]);
    server.put("exc_2", [row("open", "exc_2", "ben")]);
    server.commit();
    expect(await look()).toBeUndefined();
    expect([ask(), edge.snapshot()!.register.size]).toEqual(["exception_ended", 2]);
    const bases = () =>
      server.asked.filter((path) => path.endsWith((JSON.parse(server.note().split("\n")[1]!) as Manifest).base.digest)).length;
    expect(bases()).toBe(1);
    server.fold();
    server.put("exc_1", [row("suspended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    expect([ask(), bases()]).toEqual(["exception_suspended", 1]);
    const other = await again();
    expect(other.snapshot()!.register.size).toBe(2);
  });

  test("misses nothing that was folded in before it was published: then all is published anew", async () => {
    const { server, look, ask } = await edgeScene();
    server.fold();
    await server.restart();
    expect(await look()).toBeUndefined();
    await server.pause();
    server.put("exc_1", [row("ended")]);
    server.commit();
    server.fold();
    server.goOn();
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("exception_ended");
  });

  test("takes a new chain whole after its publisher began again", async () => {
    const { server, look, ask } = await edgeScene();
    await server.restart();
    server.put("exc_1", [row("suspended")]);
    server.commit();
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("exception_suspended");
  });

  test("denies once its snapshot is too old, says so, and recovers by itself", async () => {
    const { server, ask, pass, look, edge } = await edgeScene();
    server.answer((_, response) => (response.destroy(), true));
    pass(MAX_AGE_MS - 21_000);
    expect(await look()).toContain("cannot be reached");
    expect(ask()).toBe("permitted_by_exception");
    pass(2000);
    await edge.look();
    expect(ask()).toBe("snapshot_too_old");
    server.answer(undefined);
    expect(await look()).toBeUndefined();
    expect(ask()).toBe("permitted_by_exception");
  });

  test("is no fresher than its publisher: one that lost its database makes nothing young by signing it again", async () => {
    const { server, ask, look } = await edgeScene();
    server.freshAt(START);
    for (let i = 0; i < 4; i++) expect(await look()).toBeUndefined();
    expect(ask()).toBe("snapshot_too_old");
  });

  test("starts from its disk without the server, as old as what it kept", async () => {
    const { server, again, pass } = await edgeScene();
    server.answer((_, response) => (response.destroy(), true));
    const other = await again();
    expect(answerOf(other, START)).toBe("permitted_by_exception");
    pass(MAX_AGE_MS + 1);
    const later = await again();
    expect(answerOf(later, START + MAX_AGE_MS + 1)).toBe("snapshot_too_old");
  });

  test("with its clock behind what it saw cannot tell how old that is, and denies until it hears anew", async () => {
    const { server, again, pass } = await edgeScene();
    server.answer((_, response) => (response.destroy(), true));
    pass(-3_600_000);
    const other = await again();
    expect(answerOf(other, START - 3_600_000)).toBe("snapshot_too_old");
  });
});

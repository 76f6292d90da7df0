/** What locks whom out, asked over HTTP of an estate that came by its file: and asked again when the model changes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { instant } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { ESTATE, openWholeApp, type WholeApp } from "../support/whole-app.ts";

const COMPONENTS = `
components:
  - { key: idp, name: Office sign-in, kind: idp, layer: identity, owner: ivo, unavailability: { p: 0.01, source: slo, asOf: 2026-01-01 } }
  - { key: codes, name: Codes, kind: authenticator, layer: identity, requires: idp, unavailability: { p: 0.02, source: slo, asOf: 2026-01-01 } }
  - { key: cards, name: Cards in the safe, kind: break-glass, layer: facility, unavailability: { p: 0.001, source: slo, asOf: 2026-01-01 } }
commonCauses:
  - { key: flood, name: The cellar is under water, kind: region, members: [cards] }
operations:
  - key: wages
    name: Pay wages
    criticality: 1
    businessOwner: ada
    maintainer: ivo
    tolerates: 1
    paths:
      - { key: passkey, name: Passkey, population: human, role: primary, needs: idp }
      - { key: code, name: One-time code, population: human, role: fallback, needs: codes }
`;
const MENDED = COMPONENTS.replace(
  "needs: codes }",
  "needs: codes }\n      - { key: safe, name: Cards, population: human, role: break-glass, needs: cards }",
);

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
  await apply(COMPONENTS);
});
afterAll(async () => {
  await story.close();
});

async function apply(model: string): Promise<void> {
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: `${ESTATE}\n${model}`, dryRun: false }));
}

async function ask<T>(path: string): Promise<T> {
  return succeeded(await story.as.gerda.ask("GET", `/api/v1/lock-out${path}`)).body as T;
}

type Words = readonly (string | { readonly words: string })[];
const plain = (words: Words) => words.map((part) => (typeof part === "string" ? part : part.words)).join("");

interface OperationAnswer {
  readonly tolerance: string;
  readonly words: Words;
  readonly completeTo: number | null;
  readonly counts: readonly string[];
  readonly fixes: readonly { readonly words: Words; readonly by: { readonly name: string } | null }[];
  readonly fates: readonly { readonly grade: string | null }[];
  readonly probability: number | null;
  readonly unmeasured: number;
  readonly sets: readonly (readonly string[])[];
}

describe("one failure that locks out", () => {
  test("is said of the estate and of the operation, with who owns it and which change would help", async () => {
    const { worst } = await ask<{ worst: readonly { words: Words; owner: { name: string } }[] }>("");
    expect(plain(worst[0]!.words)).toBe("If Office sign-in fails, Pay wages has no way in.");
    expect(worst[0]!.owner.name).toBe("ivo");
    const wages = await ask<OperationAnswer>("/operations/wages");
    expect(wages).toMatchObject({ tolerance: "broken", counts: ["0", "1"], completeTo: null, sets: [["idp"]], unmeasured: 0 });
    expect(wages.fates.map(({ grade }) => grade)).toEqual(["A"]);
    expect(wages.probability).toBe(0.01);
    expect(plain(wages.fixes[0]!.words)).toContain("Let Codes do without Office sign-in.");
  });

  test("is a finding, mended when the model has another way in, and every answer follows", async () => {
    const found = async () => {
      const { items } = (await story.as.gerda.ask("GET", "/api/v1/findings?limit=200")).body as {
        items: { kind: string; state: string }[];
      };
      return items.filter(({ kind }) => kind === "singlePointOfFailure").map(({ state }) => state);
    };
    await story.moveTo(instant("2026-03-02T09:02:00Z"));
    expect(await found()).toEqual(["open"]);
    await apply(MENDED);
    const wages = await ask<OperationAnswer>("/operations/wages");
    expect(wages.tolerance).toBe("held");
    expect(plain(wages.words)).toBe("Pay wages survives any one failure. It is lost by any of 2 pairs.");
    expect(wages.probability).toBeNull();
    expect(wages.unmeasured).toBe(1);
    await story.moveTo(instant("2026-03-02T09:04:00Z"));
    expect(await found()).not.toContain("open");
  });
});

async function refused(path: string) {
  const { status, body } = await story.as.gerda.ask("GET", `/api/v1/lock-out${path}`);
  return [status, (body as { reasons: { code: string }[] }).reasons[0]?.code];
}

describe("what if", () => {
  test("says who is locked out, and what remains", async () => {
    const one = await ask<{ words: Words; weakened: { items: readonly { left: readonly string[] }[] } }>("/what-if?failed=idp");
    expect(plain(one.words)).toBe("If Office sign-in fails, every operation still has a way in.");
    expect(one.weakened.items[0]!.left).toEqual(["Cards"]);
    const two = await ask<{ lockedOut: { total: number }; down: readonly string[] }>("/what-if?failed=idp,cause_flood&operation=wages");
    expect(two.lockedOut.total).toBe(1);
    expect(two.down).toEqual(["idp", "codes", "cards"]);
  });

  test("asks an outage that happened, and says that it took everything of the kind", async () => {
    const { outage, words } = await ask<{ outage: { isAssumed: boolean; minutes: number }; words: Words }>("/what-if?outage=azure-ad-2020");
    expect(outage).toMatchObject({ isAssumed: true, minutes: 178 });
    expect(plain(words)).toContain("no operation would have been locked out");
  });

  test("refuses what is not in the model, each by its code", async () => {
    expect(await refused("/what-if?failed=nothing")).toEqual([404, "lockout.failureUnknown"]);
    expect(await refused("/what-if?failed=cause_idp")).toEqual([404, "lockout.failureUnknown"]);
    expect(await refused("/what-if?outage=none")).toEqual([404, "lockout.outageUnknown"]);
    expect(await refused("/what-if?operation=none")).toEqual([404, "lockout.notFound"]);
    expect(await refused("/operations/none")).toEqual([404, "lockout.notFound"]);
  });
});

const path = (key: string, needs: unknown) => ({ key, name: key, population: "human", role: "primary", needs });
const preview = (body: unknown) => story.as.gerda.ask("POST", "/api/v1/lock-out/preview", body);
const codeOf = async (body: unknown) => ((await preview(body)).body as { reasons: { code: string }[] }).reasons[0]?.code;

describe("a change that is only tried", () => {
  test("says what would be new and what gone, and changes nothing", async () => {
    const { body } = succeeded(await preview({ operations: [{ key: "wages", paths: [path("only", "idp")] }] }));
    expect(plain(body["words"] as Words)).toBe("+1 single, 2 pairs gone, 1 operation touched.");
    expect(body["touched"]).toMatchObject({ total: 1, items: [{ key: "wages", smallestBefore: 2, smallestAfter: 1 }] });
    expect((await ask<OperationAnswer>("/operations/wages")).tolerance).toBe("held");
  });

  test("is refused where it closes a circle, or is about what is not there", async () => {
    expect(await codeOf({ components: [{ key: "idp", requires: "codes" }] })).toBe("lockout.circle");
    expect(await codeOf({ components: [{ key: "none", requires: null }] })).toBe("lockout.failureUnknown");
    expect(await codeOf({ operations: [{ key: "none", paths: [] }] })).toBe("lockout.notFound");
  });
});

describe("what an exception's fallback depends on", () => {
  test("is told of the model by key or name, and what the model does not know is said", async () => {
    const connection = "con_none";
    const { words, isKnown, parts } = await ask<{ words: Words; isKnown: boolean; parts: readonly { component: string | null }[] }>(
      `/fallback?connection=${connection}&dependencies=${encodeURIComponent("office SIGN-in\nThe telephone")}`,
    );
    expect(parts.map(({ component }) => component)).toEqual(["idp", null]);
    expect(isKnown).toBe(false);
    expect(plain(words)).toContain("does not know “The telephone”");
  });

  test("is not told to the help desk, which could ask its way through the model", async () => {
    const { body } = succeeded(await story.as.hedi.ask("GET", "/api/v1/lock-out/fallback?connection=con_none&dependencies=idp"));
    expect(body).toEqual({
      parts: [{ text: "idp", component: null, name: null }],
      grade: null,
      isKnown: false,
      words: ["What the model says of it is not for the help desk."],
    });
  });
});

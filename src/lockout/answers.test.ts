import { describe, expect, test } from "vitest";

import { component, operation, path, PAYROLL } from "../../test/support/lock-out-model.ts";
import { parsePlainDate } from "../kernel/time.ts";
import { estateAnswers } from "./estate-answers.ts";
import { createFallbackFates } from "./fallback.ts";
import { findingsOfEstate } from "./findings-of-estate.ts";
import { fixesOf } from "./fixes.ts";
import type { LockoutModel } from "./model.ts";
import { OUTAGES, struckBy } from "./outages.ts";
import { createSharedFates, pairsOf } from "./shared-fate.ts";
import { toleranceOf } from "./tolerance.ts";
import { blastWords, chainWords, fallbackWords, fixWords, type NamesOf, outageWords, plain, setsWords } from "./words.ts";
import { standingAfter } from "./what-if.ts";

const payroll = PAYROLL.operations[0]!;
const names: NamesOf = { failure: (text) => text, operation: (key) => key, path: (_, key) => key };

describe("in words", () => {
  test("a failure is said with what it locks out", () => {
    const many = Array.from({ length: 1_412 }, (_, i) => `o${i}`);
    expect(plain(blastWords("idp0", many, names))).toBe("If idp0 fails, 1,412 operations have no way in.");
    expect(plain(blastWords("idp0", ["payroll"], names))).toBe("If idp0 fails, payroll has no way in.");
    expect(plain(blastWords("idp0", [], names))).toBe("If idp0 fails, every operation still has a way in.");
  });

  test("a common cause is called by what happens: its name is quoted and does not fail", () => {
    const cause = "cause_flood";
    expect(plain(blastWords(cause, ["payroll"], names))).toBe("If the common cause “cause_flood” strikes, payroll has no way in.");
    expect(plain(blastWords(cause, [], names))).toBe("If the common cause “cause_flood” strikes, every operation still has a way in.");
  });

  test("an operation is said with its single points of failure, how many pairs there are, and how far was looked", () => {
    const said = setsWords("payroll", { singles: ["time", "cloud"], counts: ["0", "2", "37"], completeTo: 3 }, names);
    expect(plain(said)).toBe("payroll is lost by any one of: time, cloud; or any of 37 pairs. Complete up to 3 simultaneous failures.");
    const safe = setsWords("payroll", { singles: [], counts: ["0", "0", "1"], completeTo: null }, names);
    expect(plain(safe)).toBe("payroll survives any one failure. It is lost by one pair.");
    const far = setsWords("payroll", { singles: [], counts: ["0", "0", "0", "0", "0", "0", "1200"], completeTo: null }, names);
    expect(plain(far)).toBe("payroll survives any one failure. It is lost by any of 1,200 sets of 6.");
  });

  test("a fallback that does not help is said with the way it hangs on the failure", () => {
    const chain = standingAfter(PAYROLL, ["idp0"]).chain(payroll.paths[1]!);
    expect(plain(chainWords("payroll", "code", "idp0", chain, names))).toBe("code does not help with idp0: code → otp → broker1 → idp0.");
  });

  test("an outage is said with how many and for how long", () => {
    const outage = OUTAGES.find(({ id }) => id === "azure-mfa-2018-11-19")!;
    expect(plain(outageWords(outage, 3_120))).toContain("3,120 operations locked out for 839 minutes");
    const mendedByHand = OUTAGES.find(({ id }) => id === "crowdstrike-2024")!;
    expect(plain(outageWords(mendedByHand, 1))).toContain("1 operation locked out for at least 78 minutes");
  });
});

describe("a single change that takes a single point of failure away", () => {
  test("lets what hangs on it do with another of its kind, as tried on the model", () => {
    const [first] = fixesOf(PAYROLL, payroll);
    expect(first).toEqual({
      fix: { kind: "alternative", path: "code", component: "broker1", needs: "idp0", alternative: "idp1" },
      removes: ["idp0"],
      leaves: [],
    });
    expect(plain(fixWords("payroll", first!, names))).toBe(
      "Let broker1 also work with idp1, not only with idp0. Then idp0 alone locks nobody out, nor does any other single failure.",
    );
  });

  test("offers the way in of another operation, and never one that hangs on the same", () => {
    const found = fixesOf(PAYROLL, payroll).flatMap(({ fix }) => (fix.kind === "addPath" ? [fix.from] : []));
    expect(found).toEqual([
      { operation: "cluster", path: "sso" },
      { operation: "cluster", path: "glass" },
    ]);
    const alike = operation("other", [path("same", "broker1")]);
    expect(fixesOf({ ...PAYROLL, operations: [payroll, alike] }, payroll).filter(({ fix }) => fix.kind === "addPath")).toEqual([]);
  });

  test("is a way that is there and too slow, made quick", () => {
    const slow = operation("slow", [path("sso", "idp0"), path("glass", "token", { role: "break-glass", minutes: 90 })], {
      withinMinutes: 60,
    });
    expect(fixesOf({ ...PAYROLL, operations: [slow] }, slow).map(({ fix }) => fix)).toContainEqual({
      kind: "quicken",
      path: "glass",
      minutes: 90,
      withinMinutes: 60,
    });
  });

  test("is looked for in bounds, however long the chain of what fails alone", () => {
    const length = 400;
    const components = Array.from({ length }, (_, at) => component(`c${at}`, at + 1 < length ? `c${at + 1}` : null));
    const chained = operation("chained", [path("only", "c0"), path("same", "c1", { role: "fallback" })]);
    let looked = 0;
    const counted = components.map((each) => ({
      ...each,
      get requires() {
        looked += 1;
        return each.requires;
      },
    }));
    expect(fixesOf({ components: counted, commonCauses: [], operations: [chained] }, chained)).not.toEqual([]);
    expect(looked).toBeLessThan(500 * length);
  });

  test("is not offered where nothing alone locks out", () => {
    expect(fixesOf(PAYROLL, PAYROLL.operations[1]!)).toEqual([]);
  });
});

describe("shared fate", () => {
  test("is A where one failure takes both, with how each hangs on it", () => {
    expect(fateOf("idp0", "otp")).toEqual({
      primary: "one",
      fallback: "other",
      grade: "A",
      shares: [{ grade: "A", by: "idp0", chains: { primary: ["idp0"], fallback: ["otp", "broker1", "idp0"] } }],
      counts: { A: 1, B: 0, C: 0 },
    });
    expect(fateOf("node1", "node2").shares[0]).toEqual({
      grade: "A",
      by: "cause_hall",
      chains: { primary: ["node1", "cause_hall"], fallback: ["node2", "cause_hall"] },
    });
  });

  test("is B where both hang on the same and one can do without, C where each has its own of a layer, each with both ways to it", () => {
    expect(fateOf("either", "both")).toMatchObject({
      grade: "B",
      shares: [{ grade: "B", by: "idp0", chains: { primary: ["either", "idp0"], fallback: ["both", "idp0"] } }, alike("either", "both")],
      counts: { A: 0, B: 1, C: 1 },
    });
    expect(fateOf("idp0", "idp1")).toMatchObject({ grade: "C", shares: [alike("idp0", "idp1")], counts: { A: 0, B: 0, C: 1 } });
    expect(fateOf("idp0", "laptop")).toMatchObject({ grade: null, shares: [], counts: { A: 0, B: 0, C: 0 } });
  });

  test("tells every grade of a pair, not only the worst, and counts what it does not list", () => {
    expect(fateOf("three", "otp").shares.map(({ grade, by }) => `${grade} ${by}`)).toEqual(["A idp0", "B broker1", "C identity"]);
    const parts = Array.from({ length: 20 }, (_, at) => `p${at}`);
    const components = parts.map((key) => component(key));
    const { shares, counts } = createSharedFates({ ...PAYROLL, components }).fateOf(
      path("one", { all: parts }),
      path("other", { all: parts }, { role: "fallback" }),
    );
    expect(counts.A).toBe(20);
    expect(shares).toHaveLength(8);
  });

  test("is asked of each primary and what stands in for the same people", () => {
    const machine = path("agent", "idp1", { role: "fallback", population: "machine" });
    expect(pairsOf([...payroll.paths, machine]).map(([one, other]) => [one.key, other.key])).toEqual([["passkey", "code"]]);
  });
});

function findingsOf(model: LockoutModel) {
  return findingsOfEstate(model, estateAnswers(model), names);
}

describe("findings", () => {
  test("say of each operation that falls short what takes it away, whose it is, and the same thing by the same key", () => {
    expect(findingsOf(PAYROLL)).toEqual([
      {
        kind: "singlePointOfFailure",
        key: "tolerance payroll",
        subject: { kind: "operation", id: "payroll" },
        statement: "payroll is lost by one failure alone: idp0. It has to survive any one failure.",
        owner: null,
        dueInDays: null,
        severity: "high",
      },
    ]);
    const mended = { ...PAYROLL, operations: [{ ...payroll, tolerates: 0 as const }] };
    expect(findingsOf(mended).map(({ kind }) => kind)).toEqual(["sharedFate"]);
  });

  test("say where nobody gets in even now, as the worst", () => {
    const shut = { ...PAYROLL, operations: [operation("shut", [path("p", "unheard")])] };
    expect(findingsOf(shut)).toMatchObject([{ kind: "toleranceExceeded", severity: "critical" }]);
  });

  test("say a fallback that shares the fate of what it stands in for, though a third way is left", () => {
    const third = path("glass", "token", { role: "break-glass" });
    const [found] = findingsOf({ ...PAYROLL, operations: [{ ...payroll, paths: [...payroll.paths, third] }] });
    expect(found).toMatchObject({ kind: "sharedFate", key: "fate payroll passkey code", severity: "medium" });
    expect(found!.statement).toContain("it hangs on otp → broker1 → idp0");
  });

  test("say a circle once, by whatever it begins", () => {
    const circle = { components: [component("a", "b"), component("b", "a")], commonCauses: [], operations: [] };
    expect(findingsOf(circle)).toMatchObject([{ kind: "bootstrapLoop", key: "loop a b" }]);
  });
});

test("what takes away what has to survive it comes before what takes more that need not", () => {
  const easy = [1, 2, 3].map((i) => operation(`easy${i}`, [path("p", "idp1")], { tolerates: 0 }));
  const { blast } = estateAnswers({ ...PAYROLL, operations: [...easy, payroll] });
  expect([...blast.keys()].slice(0, 2)).toEqual(["idp0", "idp1"]);
});

describe("what an exception's fallback depends on", () => {
  const components = PAYROLL.components.map((each) => (each.key === "idp0" ? { ...each, connection: "office" } : each));
  const fateOf = (dependencies: readonly string[], connection = "office") =>
    createFallbackFates({ ...PAYROLL, components })({ connection, dependencies });
  const words = (dependencies: readonly string[], connection?: string) => plain(fallbackWords(fateOf(dependencies, connection), names));

  test("fails with what it stands in for, however far below, and by which way", () => {
    expect(fateOf(["otp"])).toMatchObject({ grade: "A", shared: ["idp0"], chain: ["otp", "broker1", "idp0"] });
    expect(words(["otp", "The post office"])).toBe(
      "It fails with what it stands in for: otp → broker1 → idp0. The model does not know “The post office”.",
    );
    expect(fateOf([" keycloak "]).parts).toEqual([{ text: " keycloak ", component: "idp1" }]);
    expect(words(["token"])).toBe("No one failure takes both.");
  });

  test("is not known where either side is not in the model", () => {
    expect(words(["The post office"])).toContain("nobody can tell");
    expect(words(["otp"], "plant")).toContain("The model does not say what this weakens");
  });
});

test("a tolerance is held only as far as was looked", () => {
  const asked = { tolerates: 1 } as const;
  expect(toleranceOf(asked, { smallest: 2, completeTo: 3 })).toBe("held");
  expect(toleranceOf(asked, { smallest: 1, completeTo: 3 })).toBe("broken");
  expect(toleranceOf(asked, { smallest: 0, completeTo: null })).toBe("lockedOut");
  expect(toleranceOf({ tolerates: 2 }, { smallest: null, completeTo: 1 })).toBe("unknown");
  expect(toleranceOf({ tolerates: 2 }, { smallest: null, completeTo: null })).toBe("held");
});

describe("outages that happened", () => {
  test("each says when, whose, what failed, for how long, and where to read of it", () => {
    expect(OUTAGES.length).toBeGreaterThanOrEqual(15);
    expect(new Set(OUTAGES.map(({ id }) => id)).size).toBe(OUTAGES.length);
    for (const { id, on, kinds, causes, minutes, link } of OUTAGES) {
      expect(parsePlainDate(on), id).toBe(on);
      expect(kinds.length + causes.length, id).toBeGreaterThan(0);
      expect(minutes, id).toBeGreaterThan(0);
      expect(link, id).toMatch(/^https:\/\//);
    }
    expect(OUTAGES.map(({ on }) => on)).toEqual(
      OUTAGES.map(({ on }) => on)
        .toSorted()
        .toReversed(),
    );
  });

  test("strike what bears the provider's name, and else all of the kinds, which is said", () => {
    const outage = OUTAGES.find(({ id }) => id === "azure-ad-2021")!;
    expect(struckBy(outage, PAYROLL)).toEqual({ failures: ["idp0"], isAssumed: false });
    const google = OUTAGES.find(({ id }) => id === "google-identity-2020")!;
    expect(struckBy(google, PAYROLL)).toEqual({ failures: ["idp0", "idp1"], isAssumed: true });
  });
});

/** Each has something of its own of the layer of all of them. */
function alike(primary: string, fallback: string) {
  return { grade: "C", by: "identity", chains: { primary: [primary], fallback: [fallback] } };
}

function fateOf(needs: string, standsIn: string) {
  const components = [
    ...PAYROLL.components,
    component("either", { any: ["idp0", "idp1"] }),
    component("both", { any: ["idp0", "token"] }),
    component("three", { all: ["idp0", { any: ["broker1", "token"] }] }),
  ];
  return createSharedFates({ ...PAYROLL, components }).fateOf(path("one", needs), path("other", standsIn, { role: "fallback" }));
}

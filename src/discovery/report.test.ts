import { describe, expect, test } from "vitest";

import type { Bypass, BypassForm } from "../connectors/port.ts";
import { instant } from "../kernel/time.ts";
import { type Finding, inventoryOf, type Seen } from "./inventory.ts";
import { reportOf } from "./report.ts";

const NOW = instant("2026-11-21T12:00:00Z");
const SOURCE = { name: "acme.json", kind: "keycloak", title: "Realm acme of Keycloak 26" };

function finding(form: BypassForm, name: string, more: Partial<Bypass> = {}, uncounted = false): Finding {
  const subject = { kind: "user", key: name, name } as const;
  const bypass: Bypass = {
    key: `${form}${name}${more.object ?? ""}`,
    form,
    subject,
    object: "browser",
    critical: false,
    evidence: {},
    ...more,
  };
  return { source: SOURCE, bypass, accounts: uncounted ? undefined : [{ identity: name, isPerson: true }] };
}

const seen = (findings: readonly Finding[], more: Partial<Seen> = {}): Seen => ({ sources: [SOURCE], findings, unknown: [], ...more });
const report = (given: Seen, options: Parameters<typeof reportOf>[1] = { width: 80 }) => reportOf(inventoryOf(given, NOW), options);

const FINDINGS = [
  finding("password_usable", "amara", { critical: true, since: instant("2024-02-01T00:00:00Z") }),
  finding("password_usable", "ben", { owner: "Elin Berg" }),
  finding("application_exempt", "cara", { object: "Meter portal" }, true),
];

describe("the report", () => {
  test("begins with the answer: how many get in, and by how much that is certain", () => {
    const text = report(seen(FINDINGS, { knownPeople: 40 }));
    expect(text.split("\n")[0]).toBe("At least 2 people get in without a factor that cannot be phished.");
    expect(text).toContain("3 bypasses by 2 doors: 1 critical, 2 with nobody who answers for them; 40 people");
    expect(report(seen([FINDINGS[0]!])).split("\n")[0]).toBe("1 person gets in without a factor that cannot be phished.");
  });

  test("does not say that nobody gets in where nobody could be counted", () => {
    expect(report(seen([FINDINGS[2]!])).split("\n")[0]).toBe("Nobody can count how many get in without a factor that cannot be phished.");
  });

  test("shows each door with who, since when and who answers, the worst first", () => {
    const lines = report(seen(FINDINGS)).split("\n");
    const doors = lines.slice(lines.findIndex((line) => line.includes("WHO GETS IN")) + 1);
    expect(doors[0]).toMatch(/^ +2 {2}! A password alone gets in +2024-02-01 {2}Elin Berg$/);
    expect(doors[1]).toBe("                  for amara, ben; nobody answers for 1");
    expect(doors[2]).toMatch(/^ +\? {2}Application left out +unknown +nobody$/);
    expect(doors[3]).toBe("                  Meter portal; for cara");
  });

  test("gives no name a line of its own: what stands in a file cannot be told for what Postern says", () => {
    const forged = "x\n! everyone: nothing is open\r\u2028y";
    const findings = [finding("application_exempt", forged, { object: forged, owner: forged })];
    const unknown = [{ source: "acme.json", words: `Something of ${forged}.` }];
    const lines = report(seen(findings, { unknown, sources: [{ ...SOURCE, title: forged }] }), { width: 80, all: findings }).split(
      /[\n\r\u2028]/,
    );
    expect(lines.filter((line) => line.trimStart().startsWith("! everyone") || line.startsWith("y"))).toEqual([]);
  });

  test("fits 80 columns and a screen, however much was found", () => {
    const many = Array.from({ length: 60 }, (_, n) =>
      finding("application_exempt", `person with a very long name ${n}`, {
        object: `Application number ${n} with a name that goes on and on`,
      }),
    );
    const unknown = Array.from({ length: 30 }, (_, n) => ({ source: "acme.json", words: `Something is not known ${n}.` }));
    const lines = report(seen(many, { unknown })).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(45);
    expect(lines.join("\n")).toContain("… and 52 more doors: --all shows all");
    expect(report(seen(many, { unknown }), { width: 80, all: many })).not.toContain("more doors");
  });

  test("shows every bypass where all are asked for", () => {
    const text = report(seen(FINDINGS), { width: 80, all: FINDINGS });
    expect(text).toContain("! amara: A password alone gets in\n    since 2024-02-01, nobody answers for it, acme.json");
    expect(text).toContain("  cara: Application left out, Meter portal");
  });

  test("says of each door and each bypass which exception covers it, or that none does; nothing where no register was asked", () => {
    const cover = { exception: "EXC-2026-0007", until: instant("2026-12-01T09:30:00Z") };
    const checked = FINDINGS.map((each, n) => ({ ...each, cover: n === 0 ? cover : null }));
    const text = report(seen(checked), { width: 80, all: checked });
    expect(text.replaceAll("\n", " ")).toContain("1 covered by an exception in force, 2 by none.");
    expect(text.replaceAll(/\n +/g, " ")).toContain("1 of 2 covered by EXC-2026-0007, the others by none");
    expect(text).toContain("for cara; undocumented: no exception");
    expect(text).toContain("acme.json\n    covered by EXC-2026-0007 until 2026-12-01T09:30Z");
    expect(text).toContain("acme.json\n    no exception in force covers it\n  cara: Application left out");
    expect(text).toContain("acme.json\n    undocumented: no exception in force covers it");
    expect(report(seen(FINDINGS), { width: 80, all: FINDINGS })).not.toMatch(/covered|undocumented/);
  });

  test("says once what is not known of many files in the same way, and names files by no more than tells them apart", () => {
    const names = ["exports/one/a.json", "exports/two/a.json", "exports/b.json", "exports/c.json"];
    const sources = names.map((name) => ({ ...SOURCE, name }));
    const unknown = [
      { source: "exports/b.json", words: "Who is in the groups." },
      ...names.map((source) => ({ source, words: "The rest of the tenant." })),
    ];
    const findings = sources.map((source) => ({ ...FINDINGS[0]!, source }));
    const text = report(seen(findings, { sources, unknown }));
    expect(text).toContain("read: 4 files (4 keycloak)");
    expect(text).toContain("  4 files: The rest of the tenant.\n  b.json: Who is in the groups.");
    expect(text).toContain("                  b.json; for amara");
    expect(text).toContain("                  exports/two/a.json; for amara");
  });

  test("names an export in parts once, by its own file, and counts its parts as files", () => {
    const parts = ["acme-users-0.json", "acme-users-1.json"];
    const inParts = { ...SOURCE, parts };
    expect(report(seen(FINDINGS, { sources: [inParts] }), { width: 80, all: FINDINGS })).toContain(
      "read: acme.json and 2 more parts (Realm acme of Keycloak 26)",
    );
    const many = [inParts, ...["a", "b", "c"].map((name) => ({ ...SOURCE, name }))];
    expect(report(seen(FINDINGS, { sources: many }))).toContain("read: 6 files (6 keycloak)");
  });

  test("does not bother people with ids, nor with a file that is called like its policy", () => {
    const id = "2802b872-ccfb-4b29-a9a9-459808dfb11b";
    const sources = ["x/CA01.json", "x/CA02.json"].map((name) => ({ ...SOURCE, name }));
    const findings = [id, "amara"].map((name) => ({ ...finding("application_exempt", name, { object: "CA01" }), source: sources[0]! }));
    expect(report(seen(findings, { sources }))).toContain("\n                  CA01; for amara, 1 of whom only the id is known\n");
  });

  test("breaks a word that is longer than a line", () => {
    const place = "Policy-".repeat(20);
    const lines = report(seen([finding("application_exempt", "amara", { object: place })])).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.map((line) => line.trim()).join("")).toContain(place);
  });

  test("says of nothing found only what it knows", () => {
    expect(report(seen([]))).toContain("No way around strong sign-in was found.");
    const unknown = [{ source: "acme.json", words: "The export holds no flows." }];
    expect(report(seen([], { unknown }))).toContain("as far as this can tell");
    expect(report(seen([], { unknown }))).toContain("  acme.json: The export holds no flows.");
  });
});

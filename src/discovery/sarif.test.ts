import { describe, expect, test } from "vitest";

import type { Bypass } from "../connectors/port.ts";
import { instant } from "../kernel/time.ts";
import { FORMS } from "./forms.ts";
import type { Finding } from "./inventory.ts";
import { MOST_RESULTS, sarifOf } from "./sarif.ts";

const SOURCE = { name: "exports/acme realm.json", kind: "keycloak", title: "Realm acme" };

function finding(key: string, more: Partial<Bypass> = {}, name = SOURCE.name): Finding {
  const subject = { kind: "user", key: "1", name: "amara" } as const;
  const bypass: Bypass = { key, form: "password_usable", subject, object: "browser flow", critical: false, evidence: {}, ...more };
  return { source: { ...SOURCE, name }, bypass, accounts: undefined };
}

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly semanticVersion: string; readonly rules: readonly Rule[] } };
    readonly results: readonly Result[];
    readonly invocations?: unknown;
  }[];
}
interface Rule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: { readonly tags: readonly string[]; readonly "security-severity": string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: unknown;
}

const sarif = (...findings: Finding[]) => sarifOf(findings, "0.1.0") as Sarif;
const resultsOf = (...findings: Finding[]) => sarif(...findings).runs[0]!.results;

const fingerprint = (of: Finding) => resultsOf(of)[0]!.partialFingerprints;
const uri = (name: string) => resultsOf(finding("a", {}, name))[0]!.locations[0]!.physicalLocation.artifactLocation.uri;

describe("SARIF for code scanning", () => {
  test("makes no link of a name that is written like one", () => {
    const subject = { kind: "user", key: "1", name: "[all is well](https://evil.example)" } as const;
    expect(resultsOf(finding("a", { subject }))[0]!.message.text).toContain(String.raw`\[all is well\](https://evil.example)`);
    expect(resultsOf(finding("a", { object: "flow [old]" }))[0]!.message.text).not.toContain(String.raw`\[`);
  });

  test("has what the standard and code scanning demand of the log, its rules and its results", () => {
    const { $schema, version, runs } = sarif(finding("a"), finding("b", { form: "static_secret" }));
    expect([$schema, version, runs.length]).toEqual(["https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", 1]);
    const [{ tool, results }] = runs as [Sarif["runs"][number]];
    expect(tool.driver).toMatchObject({ name: "Postern", semanticVersion: "0.1.0" });
    for (const { id, name, shortDescription, fullDescription, help, defaultConfiguration, properties } of tool.driver.rules) {
      for (const { text } of [shortDescription, fullDescription]) expect(text.length, id).toBeLessThanOrEqual(1024);
      expect(help.text.length, id).toBeGreaterThan(0);
      expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(["error", "warning", "note"]).toContain(defaultConfiguration.level);
      // A severity counts only beside this tag, as text between 0 and 10.
      expect(properties.tags).toContain("security");
      expect(Number(properties["security-severity"])).toBeGreaterThan(0);
      expect(Number(properties["security-severity"])).toBeLessThanOrEqual(10);
    }
    for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of results) {
      expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
      expect(["error", "warning", "note"]).toContain(level);
      expect(message.text.length).toBeGreaterThan(0);
      expect(locations).toHaveLength(1);
      expect(locations[0]!.physicalLocation.region.startLine).toBeGreaterThanOrEqual(1);
      expect(partialFingerprints["primaryLocationLineHash"]).toBeTypeOf("string");
    }
    expect(results).toHaveLength(2);
  });

  test("has one rule a form, by its name, each once", () => {
    const ids = sarif().runs[0]!.tool.driver.rules.map(({ id }) => id);
    expect(ids).toEqual(Object.keys(FORMS));
  });

  test("knows a bypass again by its key, whatever else of it changes", () => {
    expect(fingerprint(finding("a", { evidence: { x: "1" } }))).toEqual(fingerprint(finding("a", { critical: true, object: "renamed" })));
    expect(fingerprint(finding("a"))).not.toEqual(fingerprint(finding("b")));
  });

  test("takes critical for an error, a way in for a warning, a weaker password for a note, and the worst come first", () => {
    const results = resultsOf(finding("n", { form: "password_never_expires" }), finding("w"), finding("e", { critical: true }));
    expect(results.map(({ level }) => level)).toEqual(["error", "warning", "note"]);
  });

  test("names the file as an address that can be followed", () => {
    expect(uri("exports/acme realm.json")).toBe("exports/acme%20realm.json");
    expect(uri("./a#b.json")).toBe("a%23b.json");
    expect(uri("/srv/a.json")).toBe("file:///srv/a.json");
    expect(uri("C:\\exports\\a.json")).toBe("file:///C:/exports/a.json");
  });

  test("says of what an exception in force covers that it is suppressed and by which, of the others that nothing is, and leaves none out", () => {
    const cover = { exception: "EXC-2026-0007", until: instant("2026-12-01T00:00:00Z") };
    const [covered, open] = resultsOf({ ...finding("a"), cover }, { ...finding("b"), cover: null });
    expect(covered!.suppressions).toMatchObject([{ kind: "external", status: "accepted" }]);
    expect(covered!.message.text).toContain("EXC-2026-0007");
    expect(open!.suppressions).toEqual([]);
    expect(resultsOf(finding("a"))[0]).not.toHaveProperty("suppressions");
  });

  test("keeps within the results that are taken, the worst of them, and says so", () => {
    const many = Array.from({ length: MOST_RESULTS + 1 }, (_, n) => finding(String(n)));
    const [run] = sarif(...many, finding("worst", { critical: true })).runs;
    expect(run!.results).toHaveLength(MOST_RESULTS);
    expect(run!.results[0]!.level).toBe("error");
    expect(JSON.stringify(run!.invocations)).toContain(`${MOST_RESULTS} of ${MOST_RESULTS + 2}`);
  });
});

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
    readonly invocations?: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: { readonly text: string } }[];
    }[];
  }[];
}
interface Rule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly helpUri: string;
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
    readonly logicalLocations: readonly { readonly name: string; readonly fullyQualifiedName: string; readonly kind: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
}

const ORIGIN = "https://postern.example";
const LEVELS = ["none", "note", "warning", "error"];
const sarif = (...findings: Finding[]) => sarifOf(findings, "0.1.0", (form) => `${ORIGIN}/forms/${form}`) as Sarif;
const resultsOf = (...findings: Finding[]) => sarif(...findings).runs[0]!.results;

const fingerprint = (of: Finding) => resultsOf(of)[0]!.partialFingerprints;
const uri = (name: string) => resultsOf(finding("a", {}, name))[0]!.locations[0]!.physicalLocation.artifactLocation.uri;

describe("SARIF for code scanning", () => {
  test("makes no link of a name that is written like one", () => {
    const subject = { kind: "user", key: "1", name: "[all is well](https://evil.example)" } as const;
    expect(resultsOf(finding("a", { subject }))[0]!.message.text).toContain(String.raw`\[all is well\](https://evil.example)`);
    expect(resultsOf(finding("a", { object: "flow [old]" }))[0]!.message.text).not.toContain(String.raw`\[`);
  });

  test("has what the standard demands of a log, its run, its tool and an invocation (SARIF 2.1.0: 3.13, 3.14, 3.18, 3.20)", () => {
    const many = Array.from({ length: MOST_RESULTS + 1 }, (_, n) => finding(String(n)));
    const log = sarif(...many);
    // 3.13.2 the version, 3.13.3 an absolute address of the schema, 3.13.4 the runs.
    expect(Object.keys(log).sort()).toEqual(["$schema", "runs", "version"]);
    expect([log.version, new URL(log.$schema).protocol, log.runs.length]).toEqual(["2.1.0", "https:", 1]);
    // 3.14.6 a tool, 3.18.2 its driver, 3.19 with a name and a version by Semantic Versioning, 3.14.27 how columns are counted.
    const [run] = log.runs as [Sarif["runs"][number]];
    expect(Object.keys(run).sort()).toEqual(["columnKind", "invocations", "results", "tool"]);
    expect(run).toMatchObject({ columnKind: "utf16CodeUnits", tool: { driver: { name: "Postern" } } });
    expect(run.tool.driver.semanticVersion).toMatch(/^\d+\.\d+\.\d+/);
    // 3.20.14 whether it succeeded; 3.58 each notification with a message.
    const [invocation] = run.invocations!;
    expect(invocation!.executionSuccessful).toBe(true);
    for (const { level, message } of invocation!.toolExecutionNotifications) {
      expect(LEVELS).toContain(level);
      expect(message.text).not.toBe("");
    }
  });

  test("has what the standard and code scanning demand of a rule (3.49)", () => {
    const { rules } = sarif().runs[0]!.tool.driver;
    // 3.49.3: told apart by their ids.
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, name, shortDescription, fullDescription, helpUri, help, defaultConfiguration, properties } of rules) {
      // 3.49.7 a name that is not the id, 3.49.9 and 3.49.10 descriptions, 3.49.12 an absolute address, 3.49.13 help, 3.49.14 a level.
      expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
      for (const { text } of [shortDescription, fullDescription]) expect(text.length, id).toBeLessThanOrEqual(1024);
      expect(shortDescription.text.length).toBeGreaterThan(0);
      expect(helpUri).toBe(`${ORIGIN}/forms/${id}`);
      expect(help.text.length, id).toBeGreaterThan(0);
      expect(LEVELS).toContain(defaultConfiguration.level);
      // Code scanning counts a severity only beside this tag, as text between 0 and 10.
      expect(properties.tags).toContain("security");
      expect(Number(properties["security-severity"])).toBeGreaterThan(0);
      expect(Number(properties["security-severity"])).toBeLessThanOrEqual(10);
    }
  });

  test("has what the standard and code scanning demand of a result (3.27)", () => {
    const cover = { exception: "EXC-2026-0007", until: instant("2026-12-01T00:00:00Z") };
    const { tool, results } = sarif({ ...finding("a"), cover }, { ...finding("b", { form: "static_secret" }), cover: null }).runs[0]!;
    expect(results).toHaveLength(2);
    // The standard's schema knows no others.
    const known = ["level", "locations", "message", "partialFingerprints", "properties", "ruleId", "ruleIndex", "suppressions"];
    for (const result of results) expect(Object.keys(result).sort()).toEqual(known);
    for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints, suppressions } of results) {
      // 3.27.5 and 3.27.6: the rule by its id and its place, which agree.
      expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
      // 3.27.10 a level, 3.27.11 a message, 3.27.12 one place.
      expect(LEVELS).toContain(level);
      expect(message.text.length).toBeGreaterThan(0);
      expect(locations).toHaveLength(1);
      // 3.29 and 3.30: a reference by RFC 3986, and lines counted from 1; 3.33: what it is in, by name.
      const [{ physicalLocation, logicalLocations }] = locations as [Result["locations"][number]];
      expect(physicalLocation.artifactLocation.uri).toMatch(/^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/);
      expect(physicalLocation.region.startLine).toBeGreaterThanOrEqual(1);
      expect(logicalLocations).toMatchObject([{ name: "browser flow", fullyQualifiedName: "Realm acme: browser flow", kind: "resource" }]);
      // 3.27.17: texts by name. Code scanning compares this one.
      expect(partialFingerprints["primaryLocationLineHash"]).toBeTypeOf("string");
      // 3.27.23: of all results, where of one; 3.35: how, in which state, and why.
      expect(suppressions).toBeInstanceOf(Array);
      for (const { kind, status, justification } of suppressions!) {
        expect([["inSource", "external"].includes(kind), ["accepted", "underReview", "rejected"].includes(status)]).toEqual([true, true]);
        expect(justification).not.toBe("");
      }
    }
  });

  test("has one rule a form, by its name, each once", () => {
    const ids = sarif().runs[0]!.tool.driver.rules.map(({ id }) => id);
    expect(ids).toEqual(Object.keys(FORMS));
  });

  test("knows a bypass again by its key, whatever else of it changes", () => {
    expect(fingerprint(finding("a", { evidence: { x: "1" } }))).toEqual(fingerprint(finding("a", { critical: true, object: "renamed" })));
    expect(fingerprint(finding("a"))).not.toEqual(fingerprint(finding("b")));
  });

  test("takes critical for an error, a way in for a warning, what lets nobody in for a note, and the worst come first", () => {
    const notes = [finding("n", { form: "password_never_expires" }), finding("held", { opens: false })];
    const results = resultsOf(...notes, finding("w"), finding("e", { critical: true }));
    expect(results.map(({ level }) => level)).toEqual(["error", "warning", "note", "note"]);
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

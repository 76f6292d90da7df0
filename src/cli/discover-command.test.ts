import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { describe, expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { discovery } from "../compose-discovery.ts";
import { MOST_BYTES } from "../connectors/files/source.ts";
import { instant } from "../kernel/time.ts";
import { discoverCommand } from "./discover-command.ts";
import { atServer } from "./login-commands.ts";
import { progressOn } from "./progress.ts";
import { runCli } from "./run.ts";

const folder = tempFolders("discover");

const HEADINGS = "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_2_active";
const AWS = `${HEADINGS}\namara,arn:aws:iam::1:user/amara,true,false,false,false\nben,arn:aws:iam::1:user/ben,true,true,true,false\n`;
const LIST = "User;System;Owner;Until\namara;Meter portal;Dario Conti;31.12.2026\nben;Meter portal;;\n";
const PROFILE = "name: portal-list\ncolumns: { subject: User, application: System, owner: Owner, until: Until }\ndates: DD.MM.YYYY\n";

const [U1, U2, POLICY] = ["1", "2", "3"].map((n) => `${n.repeat(8)}-0000-4000-8000-000000000000`) as [string, string, string];
const ACCESS = JSON.stringify({
  id: POLICY,
  displayName: "CA01",
  state: "enabled",
  conditions: {
    users: { includeUsers: ["All"], excludeUsers: [U1, U2], excludeGroups: [U1] },
    applications: { includeApplications: ["All"] },
  },
  grantControls: { operator: "OR", builtInControls: ["mfa"] },
});
/** As the server exports it, as far as it is read again. */
const exported = (more: Readonly<Record<string, unknown>> = {}) => ({
  Reference: "EXC-2026-0007",
  Policy: "mfa",
  "Policy id": POLICY,
  Subjects: `user ${U1}`,
  "Covers until (UTC)": "2026-12-01T00:00:00.000Z",
  "As of (UTC)": "2026-11-21T11:00:00.000Z",
  ...more,
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Log {
  readonly runs: readonly {
    readonly results: readonly { readonly ruleId: string }[];
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri: string }[] } };
  }[];
}

/** A folder with these files, and `postern` run in it. */
function at(files: Readonly<Record<string, string | Uint8Array>>) {
  const home = folder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content);
  const pathOf = (word: string) => (/^[^-/][^:]*\.\w+$/.test(word) ? join(home, word) : word);
  return {
    home,
    async run(...given: (string | Partial<typeof discovery>)[]): Promise<Ran> {
      const words = given.filter((each) => typeof each === "string");
      const other = given.find((each) => typeof each === "object");
      let [out, err] = ["", ""];
      const command = discoverCommand({ ...discovery, now: () => instant("2026-11-21T12:00:00Z"), ...other }, () =>
        Promise.reject(new Error("no server is asked")),
      );
      const code = await runCli(
        [atServer(command)],
        ["discover", ...words.map(pathOf)],
        { POSTERN_DATA: join(home, "data"), XDG_CONFIG_HOME: join(home, "config") },
        { out: (text) => (out += text), err: (text) => (err += text) },
      );
      return { code, out: out.replaceAll(`${home}/`, ""), err: err.replaceAll(`${home}/`, "") };
    },
  };
}

/** Reads as ever, but for one file that it fails on. */
const failingOnOdd: typeof discovery.openReader = async (input, choice) => {
  const read = await discovery.openReader(input, choice);
  return (path, now) => (path.endsWith("odd.csv") ? Promise.reject(new TypeError("secret value")) : read(path, now));
};

describe("postern discover", () => {
  test("tells of a file what it lets in, with no server, no account and no data folder", async () => {
    const { code, out, err } = await at({ "report.csv": AWS }).run("report.csv");
    expect(code).toBe(0);
    expect(out).toMatch(/^2 people get in without a factor that cannot be phished\.\n/);
    expect(out).toContain("A password alone gets in");
    expect(err).toBe("");
  });

  test("as JSON gives the inventory and every bypass, and nothing else", async () => {
    const { out } = await at({ "report.csv": AWS }).run("report.csv", "--json");
    const { inventory, bypasses, unreadable } = JSON.parse(out) as Record<string, never>;
    expect(inventory).toMatchObject({ people: 2, bypasses: 2, critical: 1 });
    expect(bypasses).toMatchObject([
      { source: "report.csv", form: "password_usable", owner: null, accounts: 1 },
      { form: "static_secret", subject: { name: "ben" } },
    ]);
    expect(unreadable).toEqual([]);
  });

  test("names all files it cannot read, each with all that is wrong, and still shows the others: exit code 1", async () => {
    const here = at({
      "report.csv": AWS,
      "cut.json": '{"a":',
      "photo.png": new Uint8Array([0xff, 0xd8]),
      "bad.csv": `${HEADINGS}\n,x,?,?,,\n`,
    });
    mkdirSync(join(here.home, "folder.d"));
    const { code, out, err } = await here.run(
      "report.csv",
      "cut.json",
      "nowhere.json",
      "photo.png",
      "bad.csv",
      "folder.d",
      "--fail-on",
      "any",
    );
    expect(code).toBe(1);
    expect(out).toContain("2 people get in");
    expect(err.trimEnd().split("\n")).toEqual([
      "cannot read cut.json: it begins like JSON, but is none: was it cut off?",
      "cannot read nowhere.json: there is no such file",
      "cannot read photo.png: it is no text in UTF-8",
      "cannot read bad.csv: row 2, column user: is empty",
      'cannot read bad.csv: row 2, column arn: "x" is no ARN',
      'cannot read bad.csv: row 2, column password_enabled: "?" is neither true nor false',
      'cannot read bad.csv: row 2, column mfa_active: "?" is neither true nor false',
      "cannot read folder.d: it is a folder: name the files in it",
    ]);
    truncateSync(join(here.home, "report.csv"), MOST_BYTES + 1);
    expect(await here.run("report.csv")).toMatchObject({
      code: 1,
      err: "cannot read report.csv: files.tooLarge: it is larger than 256 MiB\n",
    });
    const none = await here.run("cut.json");
    expect([none.code, none.out]).toEqual([1, ""]);
  });

  test("exits with 3 above the threshold, and with 0 at or below it", async () => {
    const here = at({ "report.csv": AWS });
    const codeFor = async (failOn: string) => (await here.run("report.csv", "--fail-on", failOn)).code;
    expect(await Promise.all(["critical", "any", "1", "2"].map(codeFor))).toEqual([3, 3, 3, 0]);
    expect(
      await at({ "none.csv": `${HEADINGS}\nben,arn:aws:iam::1:user/ben,true,true,false,false\n` }).run("none.csv", "--fail-on", "any"),
    ).toMatchObject({ code: 0, out: expect.stringContaining("as far as this can tell") as string });
  });

  test("says of each exclusion which exception of an exported register covers it, and from when on nobody knows", async () => {
    const here = at({ "ca.json": ACCESS, "register.json": JSON.stringify([exported()]) });
    const { out, code } = await here.run("ca.json", "--register", "register.json", "--json", "--fail-on", "2");
    const { inventory, bypasses } = JSON.parse(out) as { inventory: { unknown: unknown[] }; bypasses: Record<string, unknown>[] };
    const excluded = bypasses.filter(({ form }) => form === "ungoverned_exemption");
    expect(excluded.map(({ subject, covered, exception }) => [(subject as { kind: string }).kind, covered, exception])).toEqual([
      ["user", true, "EXC-2026-0007"],
      ["user", false, null],
      ["group", false, null],
    ]);
    expect(inventory.unknown).toContainEqual({
      source: "register.json",
      words: "What became of its exceptions since 2026-11-21T11:00:00.000Z, when it was exported.",
    });
    expect(code).toBe(3);
    const text = await here.run("ca.json", "--register", "register.json", "--all");
    expect(text.out).toContain("covered by EXC-2026-0007 until 2026-12-01T00:00Z");
    expect(text.out).toContain("undocumented: no exception in force covers it");
    expect((JSON.parse((await here.run("ca.json", "--json")).out) as typeof bypasses & { bypasses: unknown[] }).bypasses).toMatchObject([
      { covered: null },
      { covered: null },
      { covered: null },
      { covered: null },
    ]);
  });

  test.each([
    ["ended by now", { "Covers until (UTC)": "2026-11-21T12:00:00.000Z" }],
    ["was not in force", { "Covers until (UTC)": null, Subjects: null, Policy: null, "Policy id": null }],
    ["is for another policy", { "Policy id": U2 }],
    ["is for a policy whose id nobody told", { "Policy id": null }],
    ["was exported later than now", { "As of (UTC)": "2026-11-21T12:00:00.001Z" }],
  ])("is not covered by an exception that %s", async (_, more) => {
    const here = at({ "ca.json": ACCESS, "register.json": JSON.stringify([exported(more)]) });
    const { out } = await here.run("ca.json", "--register", "register.json", "--json");
    expect(JSON.parse(out)).toMatchObject({ inventory: { checked: true, open: 4, bypasses: 4 } });
  });

  test("refuses a register it cannot read, with all that is wrong, and says nothing of the rest: exit code 1", async () => {
    const odd = exported({ "Covers until (UTC)": "soon\u001B[2J", Subjects: "someone" });
    const here = at({ "ca.json": ACCESS, "odd.json": JSON.stringify([odd]), "old.csv": "Reference,State\nEXC-2026-0007,active\n" });
    const { code, out, err } = await here.run("ca.json", "--register", "odd.json");
    expect([code, out]).toEqual([1, ""]);
    expect(err.trimEnd().split("\n")).toEqual([
      'cannot read odd.json: item 1, column Covers until (UTC): "soon\uFFFD[2J" is no instant',
      'cannot read odd.json: item 1, column Subjects: "someone" is no kind and key of a subject',
    ]);
    expect((await here.run("ca.json", "--register", "old.csv")).err).toContain("column Subjects: is missing: export the register again");
    expect(await here.run("example", "--register", "old.csv")).toMatchObject({ code: 2 });
  });

  test("used wrongly says how: exit code 2", async () => {
    const here = at({ "report.csv": AWS });
    expect(await here.run()).toMatchObject({ code: 2, err: expect.stringContaining("name files, or a connection") as string });
    expect(await here.run("report.csv", "--fail-on", "much")).toMatchObject({ code: 2 });
    expect(await here.run("report.csv", "--save-profile")).toMatchObject({ code: 2 });
  });

  test("refuses to claim what a file shows, by its code, says what to do instead, and reads nothing: exit code 1", async () => {
    const here = at({ "report.csv": AWS });
    const { code, out, err } = await here.run(
      "report.csv",
      "other\u001B.json",
      "--claim",
      "--category",
      "legacy_application",
      "--unit",
      "it",
    );
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^cli\.fileNotClaimable: Nothing in report\.csv, other\uFFFD\.json can be claimed: /);
    expect(err).toContain("postern discover CONNECTION --claim");
    expect(err).toContain("postern import");
  });

  test("shows what stands in a file, and lets none of it steer the terminal", async () => {
    const evil = AWS.replaceAll("amara", "ama\u001B[2Jra\u202E");
    const { out } = await at({ "report.csv": evil }).run("report.csv", "--all");
    expect(out).toContain("ama\uFFFD[2Jra\uFFFD");
    expect(["\u001B", "\u202E"].filter((steering) => out.includes(steering))).toEqual([]);
  });

  test("escapes it in JSON and SARIF, where it stays what it was: control characters of both kinds, and what turns writing round", async () => {
    const name = "ama\u007F\u009B2Jra\u202E";
    const here = at({ "report.csv": AWS.replaceAll("user/amara", "user/x").replaceAll("amara", name) });
    const { out } = await here.run("report.csv", "--json", "--sarif", "out.sarif");
    const sarif = readFileSync(join(here.home, "out.sarif"), "utf8");
    for (const text of [out, sarif]) expect(text).not.toMatch(/[\u007F-\u009F\u202E]/);
    expect((JSON.parse(out) as { bypasses: unknown }).bypasses).toMatchObject([{ subject: { name } }, {}]);
    expect(sarif).toContain(String.raw`ama\u007f\u009b2Jra\u202e`);
  });

  test("goes on with the others where it fails on a file itself, without the words of what failed", async () => {
    const here = at({ "report.csv": AWS, "odd.csv": `${HEADINGS}\n` });
    const { code, out, err } = await here.run("report.csv", "odd.csv", { openReader: failingOnOdd });
    expect([code, err]).toEqual([1, "cannot read odd.csv: Postern failed on it (TypeError): please report this\n"]);
    expect(out).toContain("2 people get in");
  });

  test("writes SARIF beside what it says; each rule leads to a page that is there", async () => {
    const here = at({ "report.csv": AWS });
    const logOf = async (...words: string[]) => {
      await here.run("report.csv", "--sarif", "out.sarif", ...words);
      const log = JSON.parse(readFileSync(join(here.home, "out.sarif"), "utf8")) as Log;
      return log.runs[0]!;
    };
    const { results, tool } = await logOf();
    expect(results.map(({ ruleId }) => ruleId)).toEqual(["password_usable", "static_secret"]);
    for (const { id, helpUri } of tool.driver.rules) expect(readFileSync(new URL(helpUri), "utf8")).toContain(`# ${id}\n`);
    const served = (await logOf("--url", "https://postern.example")).tool.driver.rules;
    expect(served.map(({ helpUri }) => helpUri)).toContain("https://postern.example/forms/static_secret");
  });

  test("writes no SARIF of what it did not read in full, says so, and leaves what is there as it is", async () => {
    const here = at({ "report.csv": AWS, "cut.json": '{"a":', "out.sarif": "of yesterday" });
    const told = async (...words: string[]) => {
      const { code, err } = await here.run(...words, "--sarif", "out.sarif");
      return [code, err.trimEnd().split("\n").at(-1), readFileSync(join(here.home, "out.sarif"), "utf8")];
    };
    const nothing = [1, "out.sarif is not written: code scanning would close the alerts of what was not read", "of yesterday"];
    expect(await told("cut.json")).toEqual(nothing);
    expect(await told("report.csv", "cut.json")).toEqual(nothing);
    expect(await told("report.csv", "--register", "cut.json")).toEqual(nothing);
    expect((await told("report.csv"))[2]).toContain("password_usable");
  });

  test("reads a file once that is named twice, however it is written", async () => {
    const here = at({ "report.csv": AWS });
    expect((await here.run("report.csv", `${here.home}/../${basename(here.home)}/report.csv`)).out).toMatch(/^2 people get in/);
    const list = at({ "list.csv": LIST, "profile.yaml": PROFILE });
    const { out } = await list.run("list.csv", `${list.home}/./list.csv`, "--profile", "profile.yaml", "--json");
    expect(JSON.parse(out)).toMatchObject({ inventory: { bypasses: 2 } });
  });

  test("reads a list by a profile, keeps it where asked, and finds it by its name", async () => {
    const here = at({ "list.csv": LIST, "profile.yaml": PROFILE });
    const without = await here.run("list.csv");
    expect([without.code, without.err]).toEqual([1, expect.stringContaining("say what its columns mean with --profile")]);
    expect((await here.run("list.csv", "--profile", "portal-list")).err).toContain("there is no such profile");
    const saved = await here.run("list.csv", "--profile", "profile.yaml", "--save-profile");
    expect([saved.code, saved.err]).toEqual([0, "The profile is kept: data/profiles/portal-list.yaml\n"]);
    const again = await here.run("list.csv", "--profile", "portal-list", "--all");
    expect(again.code).toBe(0);
    expect(again.out).toContain("Dario Conti answers for it");
    expect(again.out).toContain("nobody answers for it");
  });
});

function shownOn(isTTY: boolean, name = "a.json"): string {
  let text = "";
  const progress = progressOn({ isTTY, columns: 60, write: (more) => (text += more) });
  progress.step(1, 2, name);
  progress.step(0, 0, "Reading");
  progress.end();
  return text;
}

test("progress is one line of a terminal, gone at the end, and nothing where there is none", () => {
  expect(shownOn(true)).toBe("\r\u001B[K[############............] 1/2  a.json\r\u001B[KReading …\r\u001B[K");
  expect(shownOn(true, "a\u001B[2J\r\n\u202Eb")).toContain("] 1/2  a\uFFFD[2J \uFFFDb\r\u001B[KReading");
  expect(shownOn(false)).toBe("");
});

import { describe, expect, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { UnreadableFile } from "../port.ts";
import { exceptionList } from "./list.ts";
import { readProfile } from "./profile.ts";

const NOW = instant("2026-11-21T12:00:00Z");
const PROFILE = `
name: vpn-list
title: VPN list of the network team
columns: { subject: User, application: System, policy: "=VPN", owner: Approved by, since: From, until: To, reason: Why }
dates: DD.MM.YYYY
zone: Europe/Zurich
`;

const csv = (text: string) => ({ name: "list.csv", text, json: undefined });
const json = (value: unknown) => ({ name: "list.json", text: JSON.stringify(value), json: value });
const format = exceptionList(readProfile("p.yaml", PROFILE));
const faultsOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    if (error instanceof UnreadableFile) return error.faults.map(({ at, words }) => `${at}: ${words}`);
    throw error;
  }
  return [];
};

describe("a list of exceptions", () => {
  test("may have line breaks and separators in its headings, as spreadsheets save them", () => {
    const profile = `name: ll\ntitle: L\ncolumns: { subject: Person, application: "System, or\\nservice", owner: "Owner\\nof it" }\n`;
    const list = exceptionList(readProfile("p.yaml", profile));
    const file = csv('Person;"System, or\nservice";"Owner\nof it";Until\namara;Meters;Dario;\n');
    expect(list.recognises(file)).toBe(true);
    expect(list.read(file, NOW).bypasses).toMatchObject([{ subject: { key: "amara" }, object: "Meters", owner: "Dario" }]);
  });

  test("is read by what its profile says of its columns; a day lasts to its end, in the zone of the list", () => {
    const { bypasses, title } = format.read(
      csv("User;System;Approved by;From;To;Why\namara;Meter portal;Dario Conti;1.3.2026;31.12.2026;old meters\nben;;;;;\n"),
      NOW,
    );
    expect(title).toBe("VPN list of the network team");
    expect(bypasses).toMatchObject([
      {
        form: "ungoverned_exemption",
        subject: { kind: "user", key: "amara" },
        object: "Meter portal, VPN",
        owner: "Dario Conti",
        since: "2026-02-28T23:00:00.000Z",
        critical: false,
        evidence: { place: "row 2", until: "2026-12-31T23:00:00.000Z", reason: "old meters" },
      },
      { object: "VPN", evidence: { place: "row 3", until: "none given" } },
    ]);
    expect(bypasses[1]).not.toHaveProperty("owner");
  });

  test("gives the same from JSON as from CSV", () => {
    const row = { User: "amara", System: "Meter portal", "Approved by": "Dario", From: "2026-03-01", To: null, Why: "x" };
    const fromJson = format.read(json([row]), NOW).bypasses;
    const fromCsv = format.read(csv("User,System,Approved by,From,To,Why\namara,Meter portal,Dario,2026-03-01,,x"), NOW).bypasses;
    expect(fromJson).toMatchObject([{ since: "2026-02-28T23:00:00.000Z", owner: "Dario" }]);
    expect({ ...fromJson[0], evidence: {} }).toEqual({ ...fromCsv[0], evidence: {} });
  });

  test("takes what is over, and still there, for critical, and leaves out what has not begun, saying so", () => {
    const { bypasses, unknown } = format.read(
      csv("User,System,Approved by,From,To,Why\namara,a,,,20.11.2026,\nben,a,,22.11.2026,,\ncara,a,,,21.11.2026,"),
      NOW,
    );
    expect(bypasses.map(({ subject, critical }) => [subject.name, critical])).toEqual([
      ["amara", true],
      ["cara", false],
    ]);
    expect(unknown.join()).toContain("1 rows begin later");
  });

  test("with faults is refused with all of them, each with row and column, and no date is guessed", () => {
    const text =
      "User,System,Approved by,From,To,Why\n,a,,3/4/2026,,\nben,a,,31.02.2026,soon,\nben,a,,,,\nben,a,,,,\ncara,a,,2.1.2026,1.1.2026,";
    expect(faultsOf(() => format.read(csv(text), NOW))).toEqual([
      "row 2, column User: is empty",
      'row 2, column From: "3/4/2026" is no day (DD.MM.YYYY) and no instant with a zone',
      'row 3, column From: "31.02.2026" is no day (DD.MM.YYYY) and no instant with a zone',
      'row 3, column To: "soon" is no day (DD.MM.YYYY) and no instant with a zone',
      "row 4: says the same as row 3",
      "row 5: says the same as row 4",
      "row 6, column To: is before it begins",
    ]);
    expect(faultsOf(() => format.read(csv("User,System,System\na,b,c"), NOW))).toEqual([
      "column System: is there 2 times (application)",
      "column Approved by: is missing (owner); there are: User, System, System",
      "column From: is missing (since); there are: User, System, System",
      "column To: is missing (until); there are: User, System, System",
      "column Why: is missing (reason); there are: User, System, System",
    ]);
    expect(faultsOf(() => format.read(json([1]), NOW))).toEqual([": item 1 is no object"]);
  });
});

describe("a profile", () => {
  test("is refused with everything that is wrong with it", () => {
    expect(faultsOf(() => readProfile("p.yaml", "name: VPN\ncolumns: { subjekt: User }\ndates: guess\nzone: Mars/Base"))).toEqual([
      expect.stringContaining("/name: lower-case letters"),
      expect.stringContaining("/columns/subject"),
      expect.stringContaining("/columns: "),
      expect.stringContaining("/dates"),
      expect.stringContaining("/zone: a time zone"),
    ]);
    expect(faultsOf(() => readProfile("p.yaml", "name: [unclosed"))).toHaveLength(1);
  });

  test("may be JSON", () => {
    expect(readProfile("p.json", '{"name":"vpn","columns":{"subject":"User"}}')).toMatchObject({ dates: "YYYY-MM-DD", zone: "UTC" });
  });
});

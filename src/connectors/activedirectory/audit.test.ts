import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Position, readLog } from "./audit-log.ts";
import { readGroupChange, readObjectChange, readSignIn } from "./audit.ts";

const WHEN = '"timestamp": "2026-11-21T06:32:12.640200+0000"';
const group = (more: string) =>
  `[2026/11/21 06:32:12, 5] audit: JSON groupChange: {${WHEN}, "type": "groupChange", "groupChange": {"statusCode": 0, ${more}}}`;
const member = '"group": "CN=g,DC=x", "user": "CN=u,DC=x", "userSid": "S-1-5-21-1-500"';

function signIn(more: string) {
  return readSignIn(`{${WHEN}, "type": "Authentication", "Authentication": {"serviceDescription": "Kerberos KDC", ${more}}}`);
}

describe("an audit record", () => {
  test("is read from the first brace, with its time in UTC", () => {
    expect(readGroupChange(group(`"action": "Added", "eventId": 4728, ${member}`))).toEqual({
      kind: "group",
      at: "2026-11-21T06:32:12.640Z",
      stamp: "2026-11-21T06:32:12.640200+0000",
      by: "S-1-5-21-1-500",
      action: "added",
      group: "CN=g,DC=x",
      member: "CN=u,DC=x",
    });
  });

  test("of what failed, of another kind or cut short is passed over", () => {
    for (const line of [
      group(`"action": "Added", ${member}`).replace('"statusCode": 0', '"statusCode": 68'),
      group(`"action": "PrimaryGroup", ${member}`),
      group(`"action": "Added", ${member}`).slice(0, -3),
      group(`"action": "Added", ${member}`).replace("2026-11-21T", "yesterday "),
      "{}",
      "",
      '{"timestamp": 5, "groupChange": null}',
    ]) {
      expect(readGroupChange(line)).toBeUndefined();
      expect(readObjectChange(line)).toBeUndefined();
      expect(readSignIn(line)).toBeUndefined();
    }
  });

  test("of a sign-in names the account it became, or who tried", () => {
    expect(
      signIn(
        '"status": "NT_STATUS_OK", "authDescription": "PK-INIT(ietf) Pre-authentication", "becameAccount": "ivy", "clientAccount": "ivy@CORP.TEST"',
      ),
    ).toMatchObject({ account: "ivy", succeeded: true, method: "PK-INIT(ietf) Pre-authentication" });
    expect(
      signIn('"status": "NT_STATUS_NO_SUCH_USER", "authDescription": null, "becameAccount": null, "clientAccount": "nobody@CORP.TEST"'),
    ).toMatchObject({ account: "nobody", succeeded: false, method: "Kerberos KDC" });
  });
});

describe("a log", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "postern-log-"));
    path = join(folder, "audit.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function rest(from?: Position): Promise<{ lines: string[]; position: Position }> {
    const lines: string[] = [];
    for (let page = await readLog(path, from); ; page = await readLog(path, page.position)) {
      lines.push(...page.lines);
      if (!page.more) return { lines, position: page.position };
    }
  }

  test("is read once, in whole lines, however it grows", async () => {
    writeFileSync(path, "one\ntwo\nthr");
    const first = await rest();
    expect(first.lines).toEqual(["one", "two"]);
    expect((await rest(first.position)).lines).toEqual([]);
    appendFileSync(path, "ee\nfour\n");
    expect((await rest(first.position)).lines).toEqual(["three", "four"]);
  });

  test("larger than a page is read page by page without losing or repeating a line", async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `line ${n} ${"x".repeat(n % 97)}`);
    writeFileSync(path, `${lines.join("\n")}\n`);
    expect((await rest()).lines).toEqual(lines);
  });

  test.each([".1", ".old"])("that was renamed to %s is finished before the new one is begun", async (suffix) => {
    writeFileSync(path, "one\n");
    const { position } = await rest();
    appendFileSync(path, "two\n");
    renameSync(path, path + suffix);
    writeFileSync(path, "three\n");
    const after = await rest(position);
    expect(after.lines).toEqual(["two", "three"]);
    expect((await rest(after.position)).lines).toEqual([]);
  });

  test("that was emptied in place is begun anew", async () => {
    writeFileSync(path, "one\ntwo\n");
    const { position } = await rest();
    truncateSync(path);
    writeFileSync(path, "new\n");
    expect((await rest(position)).lines).toEqual(["new"]);
  });

  test("that is not there is a fault, not an empty log", async () => {
    await expect(readLog(path, undefined)).rejects.toMatchObject({ name: "ProviderFault" });
  });
});

import { describe, expect, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { type FileReading, UnreadableFile } from "../port.ts";
import { awsCredentialReport } from "./aws.ts";

const NOW = instant("2026-11-21T12:00:00Z");
const HEADINGS = `user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active
access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service
access_key_2_active,access_key_2_last_rotated,cert_1_active,cert_1_last_rotated`.split(/[,\n]/);

type Line = Readonly<Record<string, string>>;

/** A user with nothing to sign in with, but for what is given. */
function line(user: string, given: Line = {}): Line {
  const who = user === "<root_account>" ? "root" : `user/${user}`;
  const off = { password_enabled: "false", mfa_active: "false", access_key_1_active: "false", access_key_2_active: "false" };
  return { user, arn: `arn:aws:iam::111122223333:${who}`, ...off, cert_1_active: "false", ...given };
}

function file(lines: readonly Line[], headings = HEADINGS) {
  const text = [headings, ...lines.map((each) => headings.map((heading) => each[heading] ?? "N/A"))]
    .map((cells) => cells.join(","))
    .join("\n");
  return { name: "report.csv", text, json: undefined };
}

const read = (...lines: Line[]): FileReading => awsCredentialReport.read(file(lines), NOW);
const faultsOf = (lines: readonly Line[], headings = HEADINGS) => {
  try {
    awsCredentialReport.read(file(lines, headings), NOW);
  } catch (error) {
    if (error instanceof UnreadableFile) return error.faults.map(({ at, words }) => `${at}: ${words}`);
    throw error;
  }
  return [];
};

describe("an AWS credential report", () => {
  test("is recognised by its headings, not by its name", () => {
    expect(awsCredentialReport.recognises(file([]))).toBe(true);
    expect(awsCredentialReport.recognises({ name: "credential_report.csv", text: "user,until\na,b", json: undefined })).toBe(false);
  });

  test("shows a password without a second factor, since when it was set, whatever the case of true and false", () => {
    const [found, ...more] = read(
      line("amara", { password_enabled: "TRUE", mfa_active: "False", password_last_changed: "2024-02-01T10:00:00+00:00" }),
      line("ben", { password_enabled: "true", mfa_active: "True" }),
      line("ci"),
    ).bypasses;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ form: "password_usable", critical: true, since: "2024-02-01T10:00:00.000Z", subject: { name: "amara" } });
  });

  test("shows an active access key as a secret that does not end, with its age and last use, and no key itself", () => {
    const key = {
      access_key_1_active: "true",
      access_key_1_last_rotated: "2026-11-11T12:00:00+00:00",
      access_key_1_last_used_date: "2026-11-20T08:00:00+00:00",
      access_key_1_last_used_service: "s3",
    };
    const [found] = read(line("ci", key)).bypasses;
    expect(found).toMatchObject({
      form: "static_secret",
      critical: false,
      since: "2026-11-11T12:00:00.000Z",
      subject: { kind: "service", key: "arn:aws:iam::111122223333:user/ci" },
      evidence: { age: "10 days", last_used: "2026-11-20T08:00:00+00:00 s3" },
    });
    const unused = read(line("ci", { ...key, access_key_1_last_used_date: "N/A" })).bypasses[0]!;
    expect(unused.evidence["last_used"]).toBe("never, as far as AWS knows");
    const untold = read(line("ci", { ...key, access_key_1_last_used_date: "no_information" })).bypasses[0]!;
    expect(untold.evidence["last_used"]).toBe("not known");
  });

  test("takes root without a second factor, and with keys, for critical; its password is not_supported, and there all the same", () => {
    const root = line("<root_account>", { password_enabled: "not_supported", mfa_active: "false", access_key_1_active: "true" });
    expect(read(root).bypasses.map(({ form, critical, subject }) => [form, critical, subject.name])).toEqual([
      ["password_usable", true, "root of 111122223333"],
      ["static_secret", true, "root of 111122223333"],
    ]);
    expect(read({ ...root, mfa_active: "true", access_key_1_active: "false" }).bypasses).toEqual([]);
    expect(read({ ...root, password_enabled: "false", access_key_1_active: "false" }).bypasses).toEqual([]);
  });

  test("never takes what it does not tell for closed", () => {
    const untold = read(line("amara", { password_enabled: "no_information", mfa_active: "N/A", access_key_2_active: "N/A" }));
    expect(untold.bypasses.map(({ form, critical }) => [form, critical])).toEqual([
      ["password_usable", true],
      ["static_secret", true],
    ]);
  });

  test("says of a second factor that its kind is not told", () => {
    const { unknown } = read(line("ben", { password_enabled: "true", mfa_active: "true" }));
    expect(unknown[0]).toMatch(/^1 sign in with a password and a second factor/);
  });

  test("that is damaged is refused with every fault, each with its row and column", () => {
    const twice = line("amara");
    expect(
      faultsOf([twice, line("ben", { mfa_active: "maybe", access_key_1_last_rotated: "soon" }), twice, { ...twice, arn: "x" }]),
    ).toEqual([
      'row 3, column access_key_1_last_rotated: "soon" is no time',
      'row 3, column mfa_active: "maybe" is neither true nor false',
      'row 5, column arn: "x" is no ARN',
      "row 4, column arn: arn:aws:iam::111122223333:user/amara is there twice",
    ]);
    expect(
      faultsOf(
        [twice],
        HEADINGS.filter((heading) => !heading.startsWith("access_key_2")),
      ),
    ).toEqual(["column access_key_2_active: is missing"]);
    expect(faultsOf([])).toEqual([": it has headings, and not one row"]);
  });
});

/** The AWS IAM credential report: a CSV with a line for each user and one for root. */
import { type FileFormat, UnreadableFile } from "../port.ts";
import { accountOf, mapAws, NEEDED } from "./map-aws.ts";
import { headingsOf, tableOf } from "./table.ts";

/** No other report has these beside each other. */
const SIGNS = ["user", "arn", "password_enabled", "mfa_active"];

export const awsCredentialReport: FileFormat = {
  kind: "aws",
  title: "AWS IAM credential report (CSV)",
  recognises(file) {
    const headings = headingsOf(file);
    return SIGNS.every((sign) => headings?.includes(sign) === true);
  },
  read(file, now) {
    const table = tableOf(file);
    if (typeof table === "string") throw new UnreadableFile(file.name, [{ at: "", words: table }]);
    const missing = NEEDED.filter((column) => !table.columns.includes(column));
    if (missing.length > 0)
      throw new UnreadableFile(
        file.name,
        missing.map((column) => ({ at: `column ${column}`, words: "is missing" })),
      );
    if (table.rows.length === 0) throw new UnreadableFile(file.name, [{ at: "", words: "it has headings, and not one row" }]);
    const { bypasses, accounts, faults, withMfa } = mapAws(table.rows, now);
    if (faults.length > 0) throw new UnreadableFile(file.name, faults);
    const ids = [...new Set(accounts.map(({ subject }) => accountOf(subject.key)))];
    return {
      kind: "aws",
      title: `IAM users of AWS account ${ids.join(", ")}`,
      bypasses,
      accounts,
      accountsBehind: ({ key }) => [key],
      // Each begins with an ARN.
      isUnique: () => true,
      unknown: [
        ...(withMfa > 0
          ? [
              `${withMfa} sign in with a password and a second factor: whether it is a passkey or a code that can be phished, the report does not tell.`,
            ]
          : []),
        "Who signs in through a federation or IAM Identity Center is not in the report.",
        "Whether a person or a machine uses an access key is not in the report.",
      ],
    };
  },
};

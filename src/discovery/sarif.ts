/** SARIF 2.1.0, in the part of it that code scanning reads. Pure. */
import { FORMS, formWords, letsIn } from "./forms.ts";
import { type Cover, type Finding, placeOf } from "./inventory.ts";

/** More results in a run than this are refused by code scanning as a whole. */
export const MOST_RESULTS = 25_000;

/** The address of the page about a form; absolute, as the standard demands of it (3.49.12). */
export type FormPage = (form: string) => string;

/**
 * One run, one rule a form: its id is the form's name and stays. A result is known again by the key of its bypass, whatever else of
 * the file changes. A bypass has no line in its file: the first stands for all, since code scanning shows nothing without one.
 */
export function sarifOf(findings: readonly Finding[], version: string, pageOf: FormPage): unknown {
  const worst = [...findings].sort((a, b) => LEVELS.indexOf(levelOf(a)) - LEVELS.indexOf(levelOf(b))).slice(0, MOST_RESULTS);
  const ids = [...new Set([...Object.keys(FORMS), ...worst.map(({ bypass }) => bypass.form)])];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Postern", semanticVersion: version, rules: ids.map((id) => ruleOf(id, pageOf)) } },
        columnKind: "utf16CodeUnits",
        results: worst.map((finding) => resultOf(finding, ids)),
        ...(worst.length < findings.length && {
          invocations: [
            {
              executionSuccessful: true,
              toolExecutionNotifications: [
                { level: "warning", message: { text: `Only the worst ${MOST_RESULTS} of ${findings.length} bypasses are here.` } },
              ],
            },
          ],
        }),
      },
    ],
  };
}

const LEVELS = ["error", "warning", "note"] as const;

function levelOf({ bypass }: Finding): (typeof LEVELS)[number] {
  if (bypass.critical) return "error";
  return letsIn(bypass) ? "warning" : "note";
}

function ruleOf(id: string, pageOf: FormPage) {
  const { title, help, opens } = formWords(id);
  return {
    id,
    name: id.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${help}` },
    helpUri: pageOf(id),
    help: { text: help === "" ? title : help },
    defaultConfiguration: { level: opens ? "warning" : "note" },
    properties: { tags: ["security", "identity"], "security-severity": opens ? "7.0" : "3.0" },
  };
}

function resultOf(finding: Finding, ids: readonly string[]) {
  const { source, bypass, owner, cover } = finding;
  const who = bypass.subject.kind === "everyone" ? "everyone" : bypass.subject.name;
  const place = placeOf(bypass);
  const text = [
    `${who}: ${formWords(bypass.form).title}${place === "" ? "" : ` (${place})`}.`,
    `Since ${bypass.since ?? "nobody knows when"}; ${owner ?? bypass.owner ?? "nobody"} answers for it.`,
    ...(cover === undefined
      ? []
      : [cover === null ? "No exception in force covers it." : `Covered by ${cover.exception} until ${cover.until}.`]),
  ].join(" ");
  return {
    ruleId: bypass.form,
    ruleIndex: ids.indexOf(bypass.form),
    level: levelOf(finding),
    message: { text: withoutLinks(text) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(source.name) }, region: { startLine: 1 } },
        logicalLocations: [{ name: bypass.object, fullyQualifiedName: `${source.title}: ${bypass.object}`, kind: "resource" }],
      },
    ],
    // The first is what code scanning compares; by the second others can.
    partialFingerprints: { primaryLocationLineHash: bypass.key, "posternBypass/v1": bypass.key },
    // Of one result or of all (3.27.23): an empty list says that it was asked, and nothing covers it.
    ...(cover !== undefined && { suppressions: suppressionsOf(cover) }),
    properties: {
      subject: bypass.subject,
      evidence: bypass.evidence,
      ...(cover && { exception: cover.exception, coveredUntil: cover.until }),
    },
  };
}

function suppressionsOf(cover: Cover | null) {
  return cover === null
    ? []
    : [
        {
          kind: "external",
          status: "accepted",
          justification: `${cover.exception} of the register is in force and covers it until ${cover.until}.`,
        },
      ];
}

/** In a message `[words](place)` is a link: none of ours has any, and a name must not make one. */
function withoutLinks(text: string): string {
  return text.replaceAll(/\[([^\]]*)\]\(/g, String.raw`\[$1\](`);
}

/** A path as a relative reference, or as a file address where it is absolute. */
function uriOf(path: string): string {
  const isDrive = /^[A-Za-z]:[\\/]/.test(path);
  const parts = path.replaceAll("\\", "/").split("/");
  const encoded = parts.map((part, at) => (isDrive && at === 0 ? part : encodeURIComponent(part))).join("/");
  if (isDrive) return `file:///${encoded}`;
  return encoded.startsWith("/") ? `file://${encoded}` : encoded.replace(/^\.\//, "");
}

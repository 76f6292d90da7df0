/**
 * Files of cases for AuthZEN, in every form there is: decisions of the interop scenarios (`evaluation`, `evaluations` and searches by
 * section, or a plain list), and cases of the certification scenario, whose words say what has to come.
 */
import { z } from "zod";

export type Kind = "evaluation" | "evaluations" | "search/subject" | "search/resource" | "search/action" | "metadata";

/** One request and what has to come of it. */
export interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly method: "GET" | "POST";
  /** What is sent, to the letter. */
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly statuses: readonly number[];
  /** All of it has to be in the answer: members of objects, elements of `results` in any order. */
  readonly expected: unknown;
  /** Names that have to be among the results. */
  readonly among: readonly string[];
  /** How often it is sent; each answer has to be the same. */
  readonly times: number;
  /** The body asks for the page after the first one, whose token nobody knows beforehand. */
  readonly wantsToken: boolean;
}

type Sent = Readonly<Record<string, unknown>>;
const record = z.record(z.string(), z.unknown());

const decision = z.looseObject({ request: record, expected: z.unknown().refine((value) => value !== undefined) });
const certified = z.looseObject({
  id: z.string(),
  title: z.string().default(""),
  label: z.string().nullish(),
  request: z.unknown().optional(),
  requestRaw: z.string().nullish(),
  expectedText: z.string().nullish(),
  expectedBody: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).nullish(),
  method: z.string().nullish(),
});
type Certified = z.output<typeof certified>;

const file = z.union([z.array(certified).min(1), z.array(decision).min(1), z.record(z.string(), z.array(decision))]);

const PLAIN = {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  statuses: [200],
  among: [],
  times: 1,
  wantsToken: false,
} as const;

/** Throws where the file is no file of cases. */
export function readCases(text: string): readonly Case[] {
  const read = file.parse(JSON.parse(text));
  if (!Array.isArray(read))
    return Object.entries(read).flatMap(([section, cases]) => cases.map((each, i) => decisionCase(each, section, i)));
  return read.map((each, i) => ("id" in each ? certifiedCase(each as Certified) : decisionCase(each, "", i)));
}

/** Which of the rule sets that ship a file is about. */
export function rulesFor(cases: readonly Case[]): string {
  const text = cases.map(({ body }) => body ?? "").join("\n");
  if (cases.some(({ name }) => /^c-\d/.test(name))) return "certification";
  if (/"type":"route"/.test(text)) return "gateway";
  if (/"name":"can_/.test(text)) return "todo";
  return /"type":"record"/.test(text) ? "search" : "default";
}

function decisionCase({ request, expected }: z.output<typeof decision>, section: string, index: number): Case {
  const kind = kindOf(request, expected, section);
  const name = `${section === "" ? kind : section}[${index}]`;
  const whole = typeof expected === "boolean" ? { decision: expected } : Array.isArray(expected) ? { evaluations: expected } : expected;
  return { ...PLAIN, name, kind, body: JSON.stringify(request), expected: whole };
}

function kindOf(request: Sent, expected: unknown, section: string): Kind {
  if (section.startsWith("evaluations") || Array.isArray(expected) || "evaluations" in request) return "evaluations";
  const named = /(subject|resource|action)/.exec(section)?.[1];
  if (named !== undefined) return `search/${named}` as Kind;
  return typeof expected === "object" && expected !== null && "results" in expected ? searchOf(request) : "evaluation";
}

const isNamed = (entity: unknown): boolean => typeof entity === "object" && entity !== null && "id" in entity;

/** What a search looks for is what it does not name. */
function searchOf(request: Sent): Kind {
  if (request["action"] === undefined) return "search/action";
  return isNamed(request["subject"]) && !isNamed(request["resource"]) ? "search/resource" : "search/subject";
}

function certifiedCase(each: Certified): Case {
  const { id, title, label, expectedText, expectedBody } = each;
  const kind = certifiedKind(each);
  const words = expectedText ?? "";
  const body = bodyOf(each, kind);
  // What metadata say of a server are that server's own addresses.
  const expected = kind === "metadata" ? undefined : expectedOf(expectedBody, words);
  return {
    name: [id, title, label ?? ""].join(" ").trim(),
    kind,
    method: kind === "metadata" || each.method === "GET" ? "GET" : "POST",
    body,
    headers: { ...headersOf(id, kind), ...each.headers },
    statuses: statusesOf(words, expected === undefined && isRefusal(id, title)),
    expected,
    among: expected === undefined && kind.startsWith("search") ? amongOf(words) : [],
    times: id.startsWith("c-2-6") ? 5 : 1,
    wantsToken: /<[^>]*token[^>]*>/.test(body ?? ""),
  };
}

function statusesOf(words: string, isRefused: boolean): number[] {
  const said = [...words.replaceAll(/\bnot (an )?(HTTP )?[2-5]\d\d\b/gi, "").matchAll(/\b([2-5]\d\d)\b/g)].map(([, status]) =>
    Number(status),
  );
  return said.length > 0 ? said : [isRefused ? 400 : 200];
}

const isRefusal = (id: string, title: string): boolean => /^c-(2-4|4-7)/.test(id) || /missing|invalid|malformed|empty request/i.test(title);

function headersOf(id: string, kind: Kind): Record<string, string> {
  if (kind === "metadata") return {};
  return { "Content-Type": id === "c-2-4-3" ? "text/plain" : "application/json" };
}

/** What is said of a case tells its endpoint; where nothing does, its shape. */
function certifiedKind({ id, title, label, request }: Certified): Kind {
  const said = `${label ?? ""} ${title}`;
  const search = /(subject|resource|action) search/i.exec(said)?.[1];
  if (search !== undefined) return `search/${search.toLowerCase()}` as Kind;
  if (id.startsWith("c-6")) return "metadata";
  if (id.startsWith("c-3")) return "evaluations";
  if (!id.startsWith("c-4")) return "evaluation";
  const numbered = { "c-4-2": "search/subject", "c-4-3": "search/resource", "c-4-4": "search/action" } as const;
  return (
    Object.entries(numbered).find(([prefix]) => id === prefix || id.startsWith(`${prefix}-`))?.[1] ?? searchOf((request ?? {}) as Sent)
  );
}

const EXAMPLE = { subject: { type: "user", id: "alice" }, action: { name: "read" }, resource: { type: "record", id: "record-1" } };

/** What is sent, also where the scenario only says what kind of body it is. */
function bodyOf({ id, request, requestRaw }: Certified, kind: Kind): string | undefined {
  if (kind === "metadata") return undefined;
  if (requestRaw !== null && requestRaw !== undefined) return requestRaw;
  if (request !== null && request !== undefined) return JSON.stringify(request);
  if (id === "c-2-4-4") return '{"subject": {"type": "user"';
  return id === "c-2-4-5" ? "" : JSON.stringify(EXAMPLE);
}

/** Bodies with places to fill in (`<boolean>`) are words about an answer: each such place takes whatever has its type. */
function expectedOf(body: unknown, words: string): unknown {
  if (typeof body === "string") return JSON.parse(body.replaceAll(/(?<!")(<[^<>"]+>)(?!")/g, '"$1"'));
  if (body !== null && body !== undefined) return body;
  const said = /"decision"\s*:\s*(true|false)/.exec(words)?.[1];
  return said === undefined ? undefined : { decision: said === "true" };
}

function amongOf(words: string): string[] {
  const least = /at least([^.;]*)/.exec(words)?.[1] ?? "";
  return [...least.matchAll(/`([\w-]+)`/g)].map(([, name]) => name!);
}

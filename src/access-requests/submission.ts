/** A submission as the profile has it, read from whatever was sent: all that is wrong with it at once. Pure. */
import { addDuration, type Instant, parseDuration, parseInstant } from "../kernel/time.ts";
import { type Refusal, refusal } from "../kernel/problem.ts";
import type { Asked, Denial, Named } from "./denial.ts";
import type { RequestRefusal } from "./refusals.ts";

export interface Submission {
  readonly subject: Named;
  readonly resource: Named;
  readonly action: string;
  /** What it says of the question beside who, what and how; what is left out is as it was. */
  readonly said: Partial<Pick<Asked, "method" | "address" | "networks" | "deviceClasses">>;
  /** The mark that came with the denial, unchanged. */
  readonly requestContext: string;
  readonly requestable: boolean;
  readonly evaluation: string | null;
  readonly justification: string;
  readonly wantedFor: Wanted;
  readonly emergency: boolean;
}

type Wanted =
  | { readonly kind: "not_said" }
  | { readonly kind: "until"; readonly at: Instant }
  | { readonly kind: "for"; readonly length: string };

type Read = { readonly ok: Submission } | { readonly reasons: readonly Refusal[] };
type Json = Readonly<Record<string, unknown>>;

const LONGEST_ID = 500;
const LONGEST_JUSTIFICATION = 4000;

/** Reads; never throws, whatever it is given. */
export function readSubmission(body: unknown): Read {
  const reasons: Refusal[] = [];
  const wrong = (at: string, words: string, code: RequestRefusal = "requests.malformed") => void reasons.push(refusal(code, words, { at }));
  if (!isObject(body)) return { reasons: [refusal("requests.malformed", "Send a JSON object.", { at: "" })] };
  if (body["items"] !== undefined) wrong("/items", "Ask for one at a time.", "requests.bundleNotOffered");
  if (body["callback"] !== undefined) wrong("/callback", "Ask the task's status_endpoint how it stands.", "requests.callbackNotOffered");
  const subject = named(body["subject"], "/subject", wrong);
  const resource = named(body["resource"], "/resource", wrong);
  const action = actionOf(body["action"], wrong);
  const { context, requested } = { context: part(body, "context", wrong), requested: part(body, "requested_access", wrong) };
  const denial = denialOf(body["denial"], wrong);
  const justification = justificationOf(context, wrong);
  const wantedFor = wantedOf(requested, wrong);
  const emergency = requested["emergency"] ?? false;
  if (typeof emergency !== "boolean") wrong("/requested_access/emergency", "true or false.");
  if (emergency === true && justification === "") {
    wrong("/context/business_justification", "Say what the emergency is.", "requests.reasonNeeded");
  }
  if (reasons.length > 0) return { reasons };
  const said = { ...saidIn(context), ...action.said };
  return { ok: { subject, resource, action: action.name, said, ...denial, justification, wantedFor, emergency: emergency === true } };
}

type Wrong = (at: string, words: string, code?: RequestRefusal) => void;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function part(body: Json, name: string, wrong: Wrong): Json {
  const value = body[name] ?? {};
  if (isObject(value)) return value;
  wrong(`/${name}`, "An object.");
  return {};
}

function isText(value: unknown, longest = LONGEST_ID): value is string {
  return typeof value === "string" && value !== "" && value.length <= longest && !value.includes("\0") && value.isWellFormed();
}

function named(value: unknown, at: string, wrong: Wrong): Named {
  const { type, id } = isObject(value) ? value : {};
  if (!isText(type)) wrong(`${at}/type`, "The type of the denied question, as text.");
  if (!isText(id)) wrong(`${at}/id`, "The id of the denied question, as text.");
  return { type: String(type), id: String(id) };
}

function actionOf(value: unknown, wrong: Wrong): { readonly name: string; readonly said: { readonly method?: string } } {
  const { name, properties } = isObject(value) ? value : {};
  if (!isText(name)) wrong("/action/name", "The name of the denied action, as text.");
  const method = isObject(properties) ? properties["method"] : undefined;
  return { name: String(name), said: isText(method) ? { method } : {} };
}

function denialOf(value: unknown, wrong: Wrong): Pick<Submission, "requestContext" | "requestable" | "evaluation"> {
  const denial = isObject(value) ? value : {};
  const decision = denial["decision"];
  const asked = denial["access_request"];
  if (!isObject(decision) || decision["decision"] !== false) wrong("/denial/decision", "The decision that denied, with decision false.");
  if (!isObject(asked)) wrong("/denial/access_request", "The access_request object of the denied decision.");
  const evaluation = denial["evaluation_id"];
  const requestContext = isObject(asked) ? asked["request_context"] : undefined;
  return {
    requestContext: typeof requestContext === "string" ? requestContext : "",
    requestable: isObject(asked) && asked["requestable"] === true,
    evaluation: typeof evaluation === "string" ? evaluation : null,
  };
}

function justificationOf(context: Json, wrong: Wrong): string {
  const given = context["business_justification"] ?? "";
  if (given === "" || isText(given, LONGEST_JUSTIFICATION)) return given.trim();
  wrong("/context/business_justification", `Text of at most ${LONGEST_JUSTIFICATION} characters.`);
  return "";
}

function wantedOf(requested: Json, wrong: Wrong): Wanted {
  const { requested_duration: length, requested_until: until } = requested;
  if (length !== undefined && until !== undefined) {
    wrong("/requested_access/requested_until", "Either requested_duration or requested_until.");
    return { kind: "not_said" };
  }
  if (until !== undefined) {
    const at = typeof until === "string" ? parseInstant(until) : undefined;
    if (at !== undefined) return { kind: "until", at };
    wrong("/requested_access/requested_until", "An instant with a zone.");
  }
  if (length !== undefined) {
    if (typeof length === "string" && parseDuration(length) !== undefined) return { kind: "for", length };
    wrong("/requested_access/requested_duration", "A duration such as PT4H or P30D, of days or smaller.");
  }
  return { kind: "not_said" };
}

function saidIn(context: Json): Submission["said"] {
  const { ip, networks, device_classes: deviceClasses } = context;
  return {
    ...(typeof ip === "string" && { address: ip }),
    ...(isTexts(networks) && { networks }),
    ...(isTexts(deviceClasses) && { deviceClasses }),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** Until when it is wanted; null where nothing was said, or something that is over. */
export function wantedUntil({ wantedFor }: Submission, now: Instant): Instant | null {
  if (wantedFor.kind === "not_said") return null;
  const at = wantedFor.kind === "until" ? wantedFor.at : addDuration(now, parseDuration(wantedFor.length)!);
  return at > now ? at : null;
}

/** Whether the submission is about what was denied, in every word that it says of it. */
export function isAbout({ subject, resource, action, said, evaluation }: Submission, denial: Denial): boolean {
  const { method = denial.method, address = denial.address, networks = denial.networks, deviceClasses = denial.deviceClasses } = said;
  const told = [subject.type, subject.id, resource.type, resource.id, action, evaluation ?? denial.evaluation];
  const bound = [denial.subject.type, denial.subject.id, denial.resource.type, denial.resource.id, denial.action, denial.evaluation];
  return isSame(
    [...told, method, address, networks, deviceClasses],
    [...bound, denial.method, denial.address, denial.networks, denial.deviceClasses],
  );
}

const isSame = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a) === JSON.stringify(b);

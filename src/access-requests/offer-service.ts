/** Offers with a denial that it may be asked about, and knows its own offers again. Answers at once: it stands in the way of answers. */
import { randomBytes } from "node:crypto";

import type { Caller } from "../decisions/caller.ts";
import type { Question } from "../decisions/question.ts";
import type { Verdict } from "../decisions/verdict.ts";
import { RESOURCE_KINDS } from "../exceptions/version.ts";
import { durationMs, type Instant } from "../kernel/time.ts";
import { type Denial, DENIAL_HOLDS_FOR, denialText, readDenial } from "./denial.ts";
import { REQUESTS_PATH } from "./task.ts";

/** What only we can put on a text, and tell apart from what others would. */
interface Mark {
  sign(text: string): string;
  isOurs(text: string, mark: string): boolean;
}

interface Denied {
  readonly question: Question;
  readonly verdict: Verdict;
  readonly caller: Caller;
  /** Name of the rule set, and what it was compiled from. */
  readonly ruleSet: string;
  readonly rulesDigest: string;
  readonly sequence: number;
  /** The decision point's address, as the caller asked it. */
  readonly base: string;
  readonly nowMs: number;
}

/** What a requestable denial carries in its context, as the profile (a draft) names it. */
interface Offer {
  readonly evaluation_id: string;
  readonly evaluated_at: Instant;
  readonly access_request: {
    readonly requestable: true;
    readonly endpoint: string;
    readonly reason: string;
    readonly expires_at: Instant;
    readonly request_context: string;
    readonly form_url: string;
    readonly display: { readonly title: string; readonly description: string };
  };
}

const DISPLAY = {
  title: "Ask for an exception",
  description: "The person it is about completes the request in Postern; others approve it. It is not granted by asking.",
};

const RESOURCES: readonly string[] = RESOURCE_KINDS;
/** Longer names are nobody's; and they would be written into every answer a second time. */
const LONGEST = 500;
const MOST_CIRCUMSTANCES = 50;
const HOLDS_FOR_MS = durationMs(DENIAL_HOLDS_FOR);

/** The kernel reads and writes instants of every form; this one is written with every denial. */
const instantAt = (ms: number) => new Date(ms).toISOString() as Instant;

/** `origin`: where people reach the console. */
export function createOffers(mark: Mark, origin: string) {
  const newEvaluation = evaluationIds();
  const formUrl = `${origin}/today`;

  /** Undefined where nothing is to be asked: service accounts and devices do not go the way that people go. */
  const offer = ({
    question,
    verdict,
    caller,
    ruleSet,
    rulesDigest,
    sequence,
    base,
    nowMs,
  }: Denied): (Offer & Readonly<Record<string, unknown>>) | undefined => {
    if (!verdict.requestable || verdict.permit || !caller.scope.mayRequestAccess) return undefined;
    if (question.subject.type !== "user" || !RESOURCES.includes(question.resource.type)) return undefined;
    const deniedAt = instantAt(nowMs);
    const denial: Denial = {
      ...askedOf(question),
      evaluation: newEvaluation(),
      caller: caller.name,
      rules: ruleSet,
      digest: rulesDigest,
      sequence,
      code: verdict.code,
      // The text can be read by whoever carries it.
      exception: caller.scope.maySeeExceptions ? (verdict.grant?.exception ?? null) : null,
      deniedAt,
      expiresAt: instantAt(nowMs + HOLDS_FOR_MS),
    };
    const text = denialText(denial);
    if (!isKeepable(denial, text)) return undefined;
    return {
      evaluation_id: denial.evaluation,
      evaluated_at: deniedAt,
      access_request: {
        requestable: true,
        endpoint: `${base}${REQUESTS_PATH}`,
        reason: "exception_by_approval",
        expires_at: denial.expiresAt,
        request_context: `${Buffer.from(text).toString("base64url")}.${mark.sign(text)}`,
        form_url: formUrl,
        display: DISPLAY,
      },
    };
  };

  return {
    offer,
    /** The denial that this mark is of; undefined where it is none of ours or was changed. */
    read(requestContext: string): Denial | undefined {
      const [body, signed, ...more] = requestContext.split(".");
      if (body === undefined || signed === undefined || more.length > 0) return undefined;
      const text = Buffer.from(body, "base64url").toString("utf8");
      // Decoding forgives; what we wrote is told by being written the same way again.
      if (Buffer.from(text).toString("base64url") !== body || !mark.isOurs(text, signed)) return undefined;
      return readDenial(text);
    },
  };
}
export type Offers = ReturnType<typeof createOffers>;

function askedOf({ subject, resource, action, context }: Question) {
  const method = action.properties["method"];
  const address = context["ip"];
  return {
    subject: { type: subject.type, id: subject.id },
    resource: { type: resource.type, id: resource.id },
    action: action.name,
    method: typeof method === "string" ? method : null,
    address: typeof address === "string" ? address : null,
    networks: textsIn(context["networks"]),
    deviceClasses: textsIn(context["device_classes"]),
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

/** JSON writes what no database keeps as an escape; what is as long is not offered either: it could not be filed. */
function isKeepable({ subject, resource, action, method, address, networks, deviceClasses }: Denial, text: string): boolean {
  const words = [subject.id, resource.id, action, method ?? "", address ?? "", ...networks, ...deviceClasses];
  const few = networks.length <= MOST_CIRCUMSTANCES && deviceClasses.length <= MOST_CIRCUMSTANCES;
  return few && words.every((word) => word.length <= LONGEST) && !/\\u(0000|d[89a-f])/i.test(text);
}

/** Unguessable for a process, counted within it: as many a second as there are denials. */
function evaluationIds(): () => string {
  const process = randomBytes(12).toString("base64url");
  let count = 0;
  return () => `eva_${process}_${(count += 1).toString(36)}`;
}

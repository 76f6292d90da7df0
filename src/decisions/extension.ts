/** What others put beside the endpoints of AuthZEN: endpoints of a profile, the published snapshot, what an answer offers. */
import type { Caller } from "./caller.ts";
import type { Question } from "./question.ts";
import type { Verdict } from "./verdict.ts";

export interface ExtensionCall {
  readonly caller: Caller;
  /** Name of the rule set under whose address it was called. */
  readonly ruleSet: string;
  /** The base URL of that rule set's decision point, without a slash at the end. */
  readonly base: string;
  /** What stands for `*` in the path. */
  readonly name: string;
  /** JSON of a POST, of whatever type; undefined for a GET. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestId: string | null;
  readonly nowMs: number;
}

export interface ExtensionAnswer {
  readonly status: number;
  /** Names and values one after the other. */
  readonly headers?: readonly string[];
  readonly body: string | Uint8Array;
  /** The body is a problem document. */
  readonly isProblem?: boolean;
}

export interface Extension {
  readonly method: "GET" | "POST";
  /** Behind `/access/v1/`; a `*` at the end stands for one more part, which has a name. */
  readonly path: string;
  /** A POST that may come without a body; `body` is undefined then. */
  readonly isBodyOptional?: boolean;
  /** Throws `Refused` for what is answered with a problem document. */
  answer(call: ExtensionCall): ExtensionAnswer | Promise<ExtensionAnswer>;
}

/** Where and for whom a question was answered, for what is offered with the answer. */
export interface Offering {
  readonly caller: Caller;
  readonly ruleSet: string;
  /** What the rule set was compiled from, and the place of the journal the answer rests on. */
  readonly rulesDigest: string;
  readonly sequence: number;
  readonly base: string;
  readonly nowMs: number;
}

export interface Extensions {
  readonly endpoints: readonly Extension[];
  /** Members of the metadata beside those of AuthZEN. */
  metadata(base: string): Readonly<Record<string, unknown>>;
  /** Members that the `context` of an answer has besides; undefined for none, which is nearly always. */
  offer(question: Question, verdict: Verdict, offering: Offering): Readonly<Record<string, unknown>> | undefined;
}

export const NO_EXTENSIONS: Extensions = { endpoints: [], metadata: () => ({}), offer: () => undefined };

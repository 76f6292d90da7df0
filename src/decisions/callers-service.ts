/**
 * Finds out who sent a request: by a token or by the certificate of its connection. What was verified is remembered for a few minutes at
 * most, and for no moment longer than the token holds, its key is published, and the callers file says the same.
 */
import { createHash, type X509Certificate } from "node:crypto";

import { certificatesOf, type ClientCertificate, clientCertificateOf } from "../platform/client-certificate.ts";
import { createKeySet, type KeySet, KeysSilent } from "../platform/key-sets.ts";
import { MAX_TOKEN_CHARACTERS, peekToken, verifyToken } from "../platform/signed-tokens.ts";
import { type CallerBook, callerOfCertificate, identityKey, type TokenTrust, trustOf } from "./caller-book.ts";
import type { CallerRefusalCode } from "./caller-refusals.ts";
import type { Authenticate, Caller, CallerFound, CallerRefused } from "./caller.ts";

export interface CallersSettings {
  readonly nowMs: () => number;
  /** The callers file as it stands now; the same object as long as it says the same. Undefined: nobody is a caller. */
  readonly book: () => CallerBook | undefined;
  /** Certificates to trust beside the machine's own store when keys are fetched, in PEM. */
  readonly trustPem?: string | undefined;
  readonly onKeyTrouble?: (trust: string, words: string) => void;
}

/** A verified identity, and until when it counts without being verified again. */
interface Remembered {
  readonly found: CallerFound;
  readonly untilMs: number;
  readonly key?: { readonly set: KeySet; readonly print: string };
}

const REMEMBERED_MS = 3 * 60_000;
const MAX_REMEMBERED = 20_000;

export function createCallers({ nowMs, book, trustPem, onKeyTrouble }: CallersSettings): Authenticate {
  const keySets = new Map<string, KeySet>();
  const byToken = new Map<string, Remembered>();
  /** Most connections bring the same header again and again. */
  let bySocket = new WeakMap<object, { readonly header: string | undefined; readonly remembered: Remembered }>();
  let current: CallerBook | undefined;
  let authorities: readonly X509Certificate[] = [];

  const keysOf = (trust: TokenTrust): KeySet => {
    const source = JSON.stringify(trust.keys);
    let set = keySets.get(source);
    if (set === undefined) {
      set = createKeySet({ source: trust.keys, nowMs, trustPem, onTrouble: (words) => onKeyTrouble?.(trust.name, words) });
      keySets.set(source, set);
    }
    return set;
  };
  const counts = ({ untilMs, key }: Remembered): boolean => nowMs() < untilMs && (key === undefined || key.set.holds(key.print));
  const remember = (hash: string, remembered: Remembered): void => {
    byToken.delete(hash);
    byToken.set(hash, remembered);
    if (byToken.size > MAX_REMEMBERED) byToken.delete(byToken.keys().next().value!);
  };

  const verify = async (token: string, trusted: CallerBook): Promise<Remembered> => {
    const trust = trustOf(trusted, peekToken(token) ?? { issuer: undefined, subject: undefined });
    if (trust === undefined) return refusedToken("It is of no issuer that is trusted here.");
    const set = keysOf(trust);
    const verdict = await verifyToken(token, { ...trust, keys: set, audiences: trusted.audiences }, nowMs());
    if (verdict.kind === "refused") return refusedToken(verdict.words);
    const { subject, expiresMs } = verdict.claims;
    const identity = trust.trustDomain === undefined ? { issuer: trust.name, subject } : { spiffe: subject };
    const caller = trusted.callers.get(identityKey(identity));
    const found = caller === undefined ? UNKNOWN : { kind: "caller" as const, caller };
    return { found, untilMs: Math.min(expiresMs, nowMs() + REMEMBERED_MS), key: { set, print: verdict.key.print } };
  };

  const byHeader = (header: string, socket: object, trusted: CallerBook): CallerFound | Promise<CallerFound> => {
    const token = /^bearer +([\w~+/.-]+=*) *$/i.exec(header)?.[1];
    if (token === undefined) return refused(401, "decisions.tokenNeeded", "Authorization has to be a bearer token.");
    if (token.length > MAX_TOKEN_CHARACTERS) return refusedToken(`It is longer than ${MAX_TOKEN_CHARACTERS} characters.`).found;
    const hash = createHash("sha256").update(token).digest("base64");
    const known = byToken.get(hash);
    if (known !== undefined && counts(known)) {
      remember(hash, known);
      bySocket.set(socket, { header, remembered: known });
      return known.found;
    }
    byToken.delete(hash);
    return verify(token, trusted).then(
      (remembered) => {
        // The file may have changed while keys were fetched.
        if (current === trusted && remembered.untilMs > nowMs()) remember(hash, remembered);
        return remembered.found;
      },
      (error: unknown) => {
        if (error instanceof KeysSilent) return SILENT;
        throw error;
      },
    );
  };

  return ({ headers: { authorization }, socket }) => {
    const trusted = book();
    if (trusted !== current) {
      current = trusted;
      byToken.clear();
      bySocket = new WeakMap();
      authorities = certificatesOf(trusted?.authorities.map(({ certificatesPem }) => certificatesPem) ?? []);
    }
    if (trusted === undefined) return NOBODY;
    const memo = bySocket.get(socket);
    if (memo !== undefined && memo.header === authorization && counts(memo.remembered)) return memo.remembered.found;
    if (authorization !== undefined) return byHeader(authorization, socket, trusted);
    const remembered = byCertificate(clientCertificateOf(socket, authorities, nowMs()), trusted, nowMs());
    bySocket.set(socket, { header: undefined, remembered });
    return remembered.found;
  };
}

function byCertificate(certificate: ClientCertificate, book: CallerBook, nowMs: number): Remembered {
  if (certificate.kind === "none") return { found: NOTHING_SHOWN, untilMs: 0 };
  if (certificate.kind === "refused") return refusedCertificate(certificate.words);
  // The connection may be older than the certificate's end.
  if (certificate.untilMs <= nowMs) return refusedCertificate("It has ended.");
  const caller: Caller | string = callerOfCertificate(book, certificate);
  if (typeof caller === "string") return refusedCertificate(caller);
  return { found: { kind: "caller", caller }, untilMs: Math.min(certificate.untilMs, nowMs + REMEMBERED_MS) };
}

const refused = (status: CallerRefused["status"], code: CallerRefusalCode, words: string): CallerRefused => ({
  kind: "refused",
  status,
  code,
  words,
});
const refusedToken = (words: string): Remembered => ({ found: refused(401, "decisions.tokenRefused", words), untilMs: 0 });
const refusedCertificate = (words: string): Remembered => ({ found: refused(401, "decisions.certificateRefused", words), untilMs: 0 });
const NOBODY: CallerRefused = {
  kind: "refused",
  status: 401,
  code: "decisions.noCallers",
  words: "Nobody may ask: no callers are named (POSTERN_DECISION_CALLERS).",
};
const UNKNOWN = refused(403, "decisions.callerUnknown", "The token is sound, but whoever it is for is no caller of this decision point.");
const NOTHING_SHOWN = refused(401, "decisions.tokenNeeded", "Show who asks: a bearer token, or a client certificate.");
const SILENT: CallerRefused = {
  ...refused(503, "decisions.issuerSilent", "The keys of the token's issuer cannot be had now."),
  retryAfterSeconds: 30,
};

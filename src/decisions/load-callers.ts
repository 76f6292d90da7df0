/** Reads the callers file and the certificates it names: all of it, or everything that is wrong with it. */
import type { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { type Refusal, refusal } from "../kernel/problem.ts";
import { certificatesOf, lowestOf } from "../platform/client-certificate.ts";
import { keysOf } from "../platform/key-sets.ts";
import { inOrder, readLocatedYaml, type YamlFaultCodes, type YamlPath, type YamlPlace } from "../platform/located-yaml.ts";
import { type Authority, type CallerBook, type Identity, identityKey, type TokenTrust, trustDomainOf } from "./caller-book.ts";
import type { CallerRefusalCode } from "./caller-refusals.ts";
import type { Caller, CallerScope, Within } from "./caller.ts";
import { type CallersFile, callersFile } from "./contract-callers.ts";

const CODES = {
  unreadable: "decisions.callersUnreadable",
  aliasUsed: "decisions.callersAlias",
  keyUnknown: "decisions.callersKeyUnknown",
  missing: "decisions.callersMissing",
  valueInvalid: "decisions.callersValueInvalid",
} satisfies Record<keyof YamlFaultCodes, CallerRefusalCode>;

export type CallersReading =
  /** `files`: of certificates, which it was read with. */
  | { readonly ok: true; readonly book: CallerBook; readonly files: readonly string[] }
  | { readonly ok: false; readonly faults: readonly Refusal[] };

const MAX_FILE_BYTES = 1_048_576;

export function readCallers(path: string): CallersReading {
  const name = path.split("/").at(-1)!;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { ok: false, faults: [refuseFile("The callers file cannot be read.", name)] };
  }
  const reading = readLocatedYaml(text, name, callersFile, CODES);
  return reading.ok ? bookOf(reading.value, reading.placeOf, dirname(path)) : reading;
}

function refuseFile(words: string, at: string): Refusal {
  return refusal("decisions.callersFileUnreadable", words, { at });
}

function bookOf(file: CallersFile, placeOf: YamlPlace, folder: string): CallersReading {
  const faults = [...namesTwice(file, placeOf), ...trustFaults(file, placeOf), ...audienceFaults(file, placeOf)];
  const authorities = file.authorities.flatMap((each, i): readonly Authority[] => {
    const at = placeOf(["authorities", i, "file"]);
    const pem = readBeside(folder, each.file);
    const certificates = pem === undefined ? [] : authoritiesIn(pem);
    if (pem === undefined || certificates.length === 0) {
      faults.push(refuseFile(`${each.file} is no readable file of certificates (PEM) of authorities.`, at));
      return [];
    }
    const { lowest, rootless } = lowestOf(certificates);
    if (rootless !== undefined) {
      const words = `${each.file} has nobody above ${rootless.subject}: put the certificates up to the root beside it; what the lowest of them vouch for is trusted, and nothing else.`;
      faults.push(refuseFile(words, at));
    }
    const { name, trustDomain, maxLifetimeHours } = each;
    const fingerprints = new Set(lowest.map(({ fingerprint256 }) => fingerprint256));
    return [{ name, certificatesPem: pem, fingerprints, trustDomain, maxLifetimeHours }];
  });
  faults.push(...keyFileFaults(file, placeOf, folder));
  const { callers, twice } = callersOf(file, placeOf);
  faults.push(...twice);
  if (faults.length > 0) return { ok: false, faults: inOrder(faults) };
  const limits = new Map(
    file.callers.flatMap(({ name, limit }) =>
      limit === undefined ? [] : [[name, { perSecond: limit.perSecond, atOnce: limit.atOnce ?? Math.max(1, limit.perSecond) }] as const],
    ),
  );
  const files = file.authorities.map((each) => resolve(folder, each.file));
  return { ok: true, files, book: { audiences: file.audiences ?? [], tokens: tokensOf(file, folder), authorities, callers, limits } };
}

function tokensOf(file: CallersFile, folder: string): readonly TokenTrust[] {
  const keysOfTrust = (keys: CallersFile["spiffe"][number]["keys"]) =>
    "url" in keys ? ({ kind: "url", url: keys.url } as const) : ({ kind: "file", path: resolve(folder, keys.file) } as const);
  return [
    ...file.issuers.map(({ keys, ...each }) => ({
      ...each,
      trustDomain: undefined,
      keys: keys === undefined ? ({ kind: "discovery", issuer: each.issuer } as const) : keysOfTrust(keys),
    })),
    ...file.spiffe.map(({ keys, ...each }) => ({
      ...each,
      name: each.trustDomain,
      issuer: undefined,
      otherAudiences: [],
      keys: keysOfTrust(keys),
    })),
  ];
}

function callersOf(file: CallersFile, placeOf: YamlPlace): { callers: ReadonlyMap<string, Caller>; twice: readonly Refusal[] } {
  const callers = new Map<string, Caller>();
  const twice: Refusal[] = [];
  for (const [i, { name, is, may }] of file.callers.entries()) {
    const caller = { name, scope: scopeOf(may) };
    for (const [j, identity] of is.entries()) {
      const key = identityKey(identity);
      if (callers.has(key)) {
        const words = `${callers.get(key)!.name} has the same identity: nobody could tell which of them asks.`;
        twice.push(refusal("decisions.callersIdentityTwice", words, { at: placeOf(["callers", i, "is", j]) }));
      }
      callers.set(key, caller);
    }
  }
  return { callers, twice };
}

function within(listed: "any" | readonly string[]): Within {
  return listed === "any" ? "any" : new Set(listed);
}

function scopeOf(may: CallersFile["callers"][number]["may"]): CallerScope {
  return {
    ruleSets: within(may.ruleSets),
    subjects: within(may.subjects),
    actions: within(may.actions),
    resources:
      may.resources === "any"
        ? "any"
        : may.resources.map(({ type, ids, prefixes }) => ({ type, prefixes, ids: within(ids ?? (prefixes.length === 0 ? "any" : [])) })),
    maySearch: may.search,
    mayVouchForGroups: may.vouchForGroups,
    maySeeExceptions: may.seeExceptions,
    maySeeOwners: may.seeOwners,
    mayReadSnapshot: may.readSnapshot,
    mayRequestAccess: may.requestAccess,
  };
}

/** Names of one kind, wherever they are given a second time. */
function namesTwice(file: CallersFile, placeOf: YamlPlace): Refusal[] {
  const kinds: readonly (readonly [string, string, readonly string[]])[] = [
    ["issuers", "name", file.issuers.map(({ name }) => name)],
    ["issuers", "issuer", file.issuers.map(({ issuer }) => issuer)],
    ["spiffe", "trustDomain", file.spiffe.map((each) => each.trustDomain)],
    ["authorities", "name", file.authorities.map(({ name }) => name)],
    ["callers", "name", file.callers.map(({ name }) => name)],
  ];
  return kinds.flatMap(([list, field, names]) =>
    names.flatMap((name, i) =>
      names.indexOf(name) < i
        ? [refusal("decisions.callersNameTwice", `"${name}" stands here a second time.`, { at: placeOf([list, i, field]) })]
        : [],
    ),
  );
}

function trustFaults(file: CallersFile, placeOf: YamlPlace): Refusal[] {
  const vouched = new Set([...file.spiffe.map((each) => each.trustDomain), ...file.authorities.map((each) => each.trustDomain)]);
  return file.callers.flatMap(({ is }, i) =>
    is.flatMap((identity, j) => {
      const at: YamlPath = ["callers", i, "is", j];
      const unknown = unknownTrust(identity, file, vouched);
      return unknown === undefined ? [] : [refusal("decisions.callersTrustUnknown", unknown, { at: placeOf(at) })];
    }),
  );
}

function unknownTrust(identity: Identity, file: CallersFile, domains: ReadonlySet<string | undefined>): string | undefined {
  if ("spiffe" in identity) {
    return domains.has(trustDomainOf(identity.spiffe)) ? undefined : "Nothing in this file vouches for names of this trust domain.";
  }
  if ("dns" in identity) {
    return file.authorities.some(({ name }) => name === identity.authority) ? undefined : `There is no authority "${identity.authority}".`;
  }
  return file.issuers.some(({ name }) => name === identity.issuer) ? undefined : `There is no issuer "${identity.issuer}".`;
}

/** A token that need not be for us could be shown by whomever it was meant for. */
function audienceFaults(file: CallersFile, placeOf: YamlPlace): Refusal[] {
  if (file.audiences !== undefined || file.issuers.length + file.spiffe.length === 0) return [];
  return [refusal("decisions.callersMissing", '"audiences" is missing: tokens have to say for whom they are.', { at: placeOf([]) })];
}

function keyFileFaults(file: CallersFile, placeOf: YamlPlace, folder: string): Refusal[] {
  const lists = [
    ["issuers", file.issuers.map(({ keys }) => keys)],
    ["spiffe", file.spiffe.map(({ keys }) => keys)],
  ] as const;
  return lists.flatMap(([list, all]) =>
    all.flatMap((keys, i) => {
      if (keys === undefined || !("file" in keys) || areKeys(readBeside(folder, keys.file))) return [];
      return [refuseFile(`${keys.file} is no readable set of public keys (JWKS).`, placeOf([list, i, "keys", "file"]))];
    }),
  );
}

function areKeys(text: string | undefined): boolean {
  try {
    return text !== undefined && keysOf(text).length > 0;
  } catch {
    return false;
  }
}

/** Of all certificates in a file; none where it holds anything but certificates of authorities. */
function authoritiesIn(pem: string): readonly X509Certificate[] {
  try {
    const read = certificatesOf([pem]);
    return read.every(({ ca }) => ca) ? read : [];
  } catch {
    return [];
  }
}

function readBeside(folder: string, path: string): string | undefined {
  try {
    const text = readFileSync(resolve(folder, path), "utf8");
    return text.length > MAX_FILE_BYTES ? undefined : text;
  } catch {
    return undefined;
  }
}

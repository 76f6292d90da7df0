/**
 * Realm exports of others. Nobody labelled them, so each is held to what can be counted in its text without our reading of flows, and
 * exports of one name from several server versions (folders named after versions) are held to each other: what is found in the one is
 * found in the other.
 */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";

import { realmExports } from "../../src/connectors/keycloak/realm-export.ts";
import type { FileReading } from "../../src/connectors/port.ts";
import { instant } from "../../src/kernel/time.ts";
import type { Oracle, Verdict } from "../oracle.ts";

const NOW = instant("2026-01-01T00:00:00Z");
const VERSION = /^\d+\.\d+(\.\d+)?$/;

interface RawRealm {
  readonly clients?: readonly { readonly clientId?: string; readonly enabled?: boolean; readonly directAccessGrantsEnabled?: boolean }[];
  readonly users?: readonly unknown[];
}

/** Findings of exports that lie in folders named after versions, by the folder above and the file's name. */
const versions = new Map<string, { readonly path: string; readonly found: readonly string[] }>();

export const realms: Oracle = { files: /\.json$/, judge };

function judge(path: string): Verdict[] {
  try {
    const text = readFileSync(path, "utf8");
    const file = { name: path, text, json: JSON.parse(text) as unknown };
    if (!realmExports.recognises(file))
      return isRealm(file.json) ? [{ name: path, disagreement: "is a realm with nothing in it that is read" }] : [];
    const reading = realmExports.read(file, NOW);
    const faults = [...miscounted(file.json as RawRealm, reading), ...differing(path, reading)];
    return [{ name: path, ...(faults.length > 0 && { disagreement: faults.join("; ") }) }];
  } catch (error) {
    return [{ name: path, disagreement: `cannot be read: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}` }];
  }
}

/** Settings of a realm that hold nothing about how people sign in are none of ours; what looks like more is. */
function isRealm(json: unknown): boolean {
  return typeof json === "object" && json !== null && "authenticationFlows" in json;
}

function miscounted({ clients = [], users }: RawRealm, reading: FileReading): readonly string[] {
  const takesPasswords = clients.filter(
    ({ enabled, directAccessGrantsEnabled }) => enabled !== false && directAccessGrantsEnabled === true,
  );
  const told = new Set(reading.bypasses.filter(({ form }) => form === "legacy_sign_in").map(({ subject }) => subject.name));
  const unsaid = takesPasswords.filter(
    ({ clientId = "" }) => !told.has(clientId) && !reading.unknown.some((words) => words.includes(clientId)),
  );
  return [
    ...unsaid.map(({ clientId }) => `${clientId} has direct access grants, and nothing is said of it`),
    ...(told.size > takesPasswords.length ? ["more applications are said to take passwords than do"] : []),
    ...((users?.length ?? 0) === (reading.accounts?.length ?? 0) ? [] : ["not everybody in it is told"]),
  ];
}

function differing(path: string, reading: FileReading): readonly string[] {
  const folder = dirname(path);
  if (!VERSION.test(basename(folder))) return [];
  const found = reading.bypasses.map(({ key }) => key).sort();
  const key = `${dirname(folder)}/${basename(path)}`;
  const other = versions.get(key);
  if (other === undefined) {
    versions.set(key, { path, found });
    return [];
  }
  const differences = [...found.filter((each) => !other.found.includes(each)), ...other.found.filter((each) => !found.includes(each))];
  return differences.length === 0 ? [] : [`differs from ${other.path}: ${differences.join(", ")}`];
}

/** Profiles that are kept: a file each in the data folder. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { UnreadableFile } from "../port.ts";
import type { ListProfile } from "./map-list.ts";
import { readProfile } from "./profile.ts";

export interface FoundProfile {
  readonly profile: ListProfile;
  readonly text: string;
}

/** By its path, else by the name it is kept under. Throws {@link UnreadableFile}. */
export async function findProfile(dataDir: string, given: string): Promise<FoundProfile> {
  const isName = /^[a-z][a-z0-9-]*$/.test(given);
  const paths = [given, ...(isName ? [placeOf(dataDir, given)] : [])];
  for (const path of paths) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return { profile: readProfile(path, text), text };
  }
  throw new UnreadableFile(given, [{ at: "", words: `there is no such profile; looked for ${paths.join(" and ")}` }]);
}

/** Keeps it under its name, in place of another of that name; returns where. */
export async function keepProfile(dataDir: string, { profile, text }: FoundProfile): Promise<string> {
  const path = placeOf(dataDir, profile.name);
  await mkdir(join(dataDir, "profiles"), { recursive: true, mode: 0o700 });
  await writeFile(path, text);
  return path;
}

function placeOf(dataDir: string, name: string): string {
  return join(dataDir, "profiles", `${name}.yaml`);
}

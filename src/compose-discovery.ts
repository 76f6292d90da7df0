/** What `postern discover` reads: the kinds of files this release knows, and the lists that somebody's profile describes. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { DiscoverDependencies } from "./cli/discover-command.ts";
import { UsageFault } from "./cli/command.ts";
import { knownOrigin } from "./cli/login-commands.ts";
import { progressOn } from "./cli/progress.ts";
import { pause } from "./cli/read-now.ts";
import { readConfig } from "./config.ts";
import { entraFiles } from "./connectors/entra/files.ts";
import { awsCredentialReport } from "./connectors/files/aws.ts";
import { exceptionList } from "./connectors/files/list.ts";
import { findProfile, keepProfile } from "./connectors/files/profiles.ts";
import { readFileAs, readSourceAt } from "./connectors/files/read-file.ts";
import { tableOf } from "./connectors/files/table.ts";
import { realmExports } from "./connectors/keycloak/realm-export.ts";
import { oktaFiles } from "./connectors/okta/files.ts";
import { type FileFormat, UnreadableFile } from "./connectors/port.ts";
import { registerOf } from "./discovery/register-file.ts";
import { systemClock } from "./platform/clock.ts";
import { RELEASE } from "./platform/release.ts";

/** One line a format; the first that recognises a file reads it. */
const FILE_FORMATS: readonly FileFormat[] = [awsCredentialReport, realmExports, entraFiles, oktaFiles];

/** A table that is wider than this is harder to read, not easier. */
const WIDEST = 120;
/** Also of a terminal that does not tell its own. */
const WIDTH_OF_A_PIPE = 80;

const ROOT = join(import.meta.dirname, "..");

export const discovery: DiscoverDependencies = {
  now: () => systemClock.now(),
  version: RELEASE,
  async openReader(input, { profile, keep }) {
    if (profile === undefined) {
      if (keep) throw new UsageFault("--save-profile keeps the profile that --profile FILE names");
      return (path, now) => readFileAs(FILE_FORMATS, path, now);
    }
    const { dataDir } = readConfig(input.env);
    const found = await findProfile(dataDir, profile);
    if (keep) input.note(`The profile is kept: ${await keepProfile(dataDir, found)}`);
    const formats = [...FILE_FORMATS, exceptionList(found.profile)];
    return (path, now) => readFileAs(formats, path, now);
  },
  async readRegister(path) {
    const table = tableOf(await readSourceAt(path));
    if (typeof table === "string") throw new UnreadableFile(path, [{ at: "", words: table }]);
    const { faults, ...register } = registerOf(table);
    if (faults.length > 0) throw new UnreadableFile(path, faults);
    return register;
  },
  async openFormPages(input) {
    const origin = await knownOrigin(input);
    return (form) =>
      origin === undefined ? pathToFileURL(join(ROOT, "docs", "forms", `${form}.md`)).href : new URL(`/forms/${form}`, origin).href;
  },
  progress: progressOn(process.stderr),
  pause,
  width: () => Math.min(WIDEST, (process.stdout.isTTY && process.stdout.columns) || WIDTH_OF_A_PIPE),
};

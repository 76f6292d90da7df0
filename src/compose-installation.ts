/** What runs here, gathered from where it is known. */
import { stat } from "node:fs/promises";

import type { Config } from "./config.ts";
import type { InstallationView } from "./installation/contract.ts";
import { loadVerifierKey } from "./journal/index.ts";
import { formatVerifierKey } from "./journal/note.ts";
import { instantOfEpochMs } from "./kernel/time.ts";
import { lastBackup } from "./platform/backup.ts";
import type { Database } from "./platform/db.ts";
import { RELEASE } from "./platform/release.ts";
import { type Seal, sealKeyFile } from "./platform/seal.ts";

export async function describeInstallation(config: Config, { db, home }: Database, seal: Seal): Promise<InstallationView> {
  const changedAt = config.sealKey === undefined ? await changeOf(sealKeyFile(config.dataDir)) : undefined;
  const backedUpAt = home === "embedded" ? await lastBackup(config.dataDir) : undefined;
  return {
    version: RELEASE,
    storage: home === "embedded" ? "embedded" : "postgresql",
    seal: { keyId: seal.keyId, olderKeys: seal.olderKeys, ...(changedAt !== undefined && { changedAt }) },
    journalKey: formatVerifierKey(await loadVerifierKey(db)),
    ...(backedUpAt !== undefined && { backedUpAt }),
  };
}

async function changeOf(file: string): Promise<string> {
  return instantOfEpochMs(Math.trunc((await stat(file)).mtimeMs));
}

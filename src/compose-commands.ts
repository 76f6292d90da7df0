/** The commands of the `postern` program with what they need. */
import { applyCommands } from "./cli/apply-commands.ts";
import { backupCommands } from "./compose-backup.ts";
import { decisionsCommand } from "./cli/decision-commands.ts";
import { drillCommand } from "./cli/drill-commands.ts";
import { evidenceCommands } from "./cli/evidence-commands.ts";
import { governanceCommands } from "./cli/governance-commands.ts";
import { journalCommands } from "./cli/journal-commands.ts";
import { atServer, loginCommands, signedInClient, storedToken } from "./cli/login-commands.ts";
import { exportCommand } from "./cli/export-command.ts";
import { discoverCommand } from "./cli/discover-command.ts";
import { decideCommand } from "./compose-decide.ts";
import { discovery } from "./compose-discovery.ts";
import { enrolLinkCommand } from "./compose-enrol.ts";
import { verifyEvidence } from "./compose-evidence.ts";
import { rotateSealKeyCommand } from "./compose-keys.ts";
import { openApiCommand } from "./compose-openapi.ts";
import { pause } from "./cli/read-now.ts";
import { registerCommands } from "./cli/register-commands.ts";
import { rulesCommand } from "./cli/rules-command.ts";
import type { Command } from "./cli/command.ts";
import { lockoutCommand } from "./cli/lockout-command.ts";
import { modelCommands } from "./cli/model-commands.ts";
import { summaryOfRules } from "./decisions/index.ts";
import { readModelFile } from "./estate/index.ts";
import { serveCommand, tickCommand } from "./compose-serve.ts";
import { MIGRATIONS } from "./compose.ts";
import { REPLAYS } from "./compose-replays.ts";
import { readConfig } from "./config.ts";
import { systemClock } from "./platform/clock.ts";
import { openDatabase } from "./platform/db.ts";
import { migrate } from "./platform/migrate.ts";

/** Every command, in the order they are listed in. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  decideCommand,
  ...loginCommands,
  ...[
    discoverCommand(discovery, signedInClient),
    ...registerCommands(signedInClient),
    exportCommand(signedInClient),
    ...governanceCommands(signedInClient),
    drillCommand(signedInClient, pause),
    decisionsCommand(signedInClient),
    rulesCommand(signedInClient, async (text, file) => summaryOfRules(text, file)),
    ...applyCommands(signedInClient),
    ...modelCommands(signedInClient),
    ...evidenceCommands(signedInClient),
  ].map(atServer),
  ...journalCommands({
    replays: REPLAYS,
    now: () => systemClock.now(),
    verifyPack: verifyEvidence,
    findToken: storedToken,
    openLocal: async ({ env }) => {
      const config = readConfig(env);
      const database = await openDatabase({
        ...(config.databaseUrl !== undefined && { databaseUrl: config.databaseUrl }),
        dataDir: config.dataDir,
      });
      await migrate(database.db, MIGRATIONS);
      return { database, key: { dataDir: config.dataDir, ...(config.journalKey !== undefined && { given: config.journalKey }) } };
    },
  }),
  ...backupCommands,
  enrolLinkCommand,
  rotateSealKeyCommand,
  tickCommand,
  openApiCommand,
  lockoutCommand((text) => Promise.resolve(readModelFile(text))),
];

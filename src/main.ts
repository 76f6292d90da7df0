/** The only file with effects at import: read the command line, compose, run. */
import { applyCommands } from "./cli/apply-commands.ts";
import { backupCommands } from "./compose-backup.ts";
import { evidenceCommands } from "./cli/evidence-commands.ts";
import { governanceCommands } from "./cli/governance-commands.ts";
import { journalCommands } from "./cli/journal-commands.ts";
import { atServer, loginCommands, signedInClient, storedToken } from "./cli/login-commands.ts";
import { exportCommand } from "./cli/export-command.ts";
import { discoverCommand } from "./cli/discover-command.ts";
import { discovery } from "./compose-discovery.ts";
import { enrolLinkCommand } from "./compose-enrol.ts";
import { verifyEvidence } from "./compose-evidence.ts";
import { rotateSealKeyCommand } from "./compose-keys.ts";
import { openApiCommand } from "./compose-openapi.ts";
import { registerCommands } from "./cli/register-commands.ts";
import { runCli } from "./cli/run.ts";
import { serveCommand, tickCommand } from "./compose-serve.ts";
import { MIGRATIONS } from "./compose.ts";
import { REPLAYS } from "./compose-replays.ts";
import { readConfig } from "./config.ts";
import { systemClock } from "./platform/clock.ts";
import { openDatabase } from "./platform/db.ts";
import { migrate } from "./platform/migrate.ts";

const commands = [
  serveCommand,
  ...loginCommands,
  ...[
    discoverCommand(discovery, signedInClient),
    ...registerCommands(signedInClient),
    exportCommand(signedInClient),
    ...governanceCommands(signedInClient),
    ...applyCommands(signedInClient),
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
];

// `postern openapi | head`: whoever stops reading has what they wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCli(commands, process.argv.slice(2), process.env, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});

/** Backup and restore of the embedded database. PostgreSQL has tools of its own; docs/operate/postgresql.md names them. */
import { readConfig } from "./config.ts";
import { backup, restore } from "./platform/backup.ts";
import { systemClock } from "./platform/clock.ts";
import { type Command, type CommandInput, UsageFault } from "./cli/command.ts";

function target(input: CommandInput): { file: string; dataDir: string } {
  const [file] = input.args;
  if (file === undefined) throw new UsageFault("name the backup's file");
  const config = readConfig(input.env);
  if (config.databaseUrl !== undefined)
    throw new UsageFault("DATABASE_URL is set: back PostgreSQL up with its own tools, see docs/operate/postgresql.md");
  return { file, dataDir: config.dataDir };
}

const backupCommand: Command = {
  name: "backup",
  usage: "FILE",
  summary: "Back the embedded database up, running or stopped",
  options: {},
  async run(input) {
    const { file, dataDir } = target(input);
    const summary = await backup(dataDir, file, systemClock.now());
    input.print(
      `${summary.files} files, ${summary.bytes} bytes, as of ${summary.madeAt}, in ${file}. The keys in ${dataDir}/keys are not in it: keep them elsewhere.`,
    );
    return 0;
  },
};

const restoreCommand: Command = {
  name: "restore",
  usage: "FILE",
  summary: "Restore a backup into a data folder without a database",
  options: {},
  async run(input) {
    const { file, dataDir } = target(input);
    const summary = await restore(file, dataDir);
    input.print(`Restored ${summary.files} files, as of ${summary.madeAt}, into ${dataDir}. Check it with: postern verify`);
    return 0;
  },
};

export const backupCommands: readonly Command[] = [backupCommand, restoreCommand];

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterEach, expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { FolderInUse, lockFolder } from "./folder-lock.ts";

const MODULE = join(import.meta.dirname, "folder-lock.ts");
const folder = tempFolders("lock");
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process that runs the script until it says that it is ready. */
async function started(script: string) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  await line();
  return {
    say: async (words: string): Promise<string> => {
      child.stdin.write(`${words}\n`);
      return line();
    },
    kill: async (): Promise<void> => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A process that tries to take the lock as soon as it is told to, says how that went, and stays. */
async function contender(dataDir: string) {
  const made = await started(`
    import { lockFolder } from ${JSON.stringify(MODULE)};
    process.stdin.once("data", () => {
      try { lockFolder(${JSON.stringify(dataDir)}); console.log("locked"); }
      catch (error) { console.log(error.name + ": " + error.message); }
    });
    console.log("ready");
    setInterval(() => undefined, 1000);
  `);
  return { go: () => made.say("go"), kill: made.kill };
}

test("a folder is held by one at a time, and free again when it is given back", () => {
  const dataDir = folder();
  const unlock = lockFolder(dataDir);
  expect(() => lockFolder(dataDir)).toThrow(FolderInUse);
  unlock();
  lockFolder(dataDir)();
  expect(readdirSync(dataDir)).toEqual([]);
});

test("another process is refused as long as the holder lives, and told who it is", async () => {
  const dataDir = folder();
  const unlock = lockFolder(dataDir);
  const other = await contender(dataDir);
  expect(await other.go()).toContain(`FolderInUse: The data folder ${dataDir} is in use by process ${process.pid} on ${hostname()}.`);
  unlock();
  expect(readdirSync(dataDir)).toEqual([]);
});

test("what a killed process left behind is taken over at once", async () => {
  const dataDir = folder();
  const killed = await contender(dataDir);
  expect(await killed.go()).toBe("locked");
  expect(() => lockFolder(dataDir)).toThrow(FolderInUse);
  await killed.kill();
  lockFolder(dataDir)();
});

test("of many that find a stale lock at the same moment exactly one gets it", async () => {
  const folders = Array.from({ length: 100 }, () => folder());
  for (const each of folders) writeFileSync(join(each, "lock"), JSON.stringify({ pid: 999_999_999, host: hostname() }));
  const script = `
    import { lockFolder } from ${JSON.stringify(MODULE)};
    process.stdin.once("data", (start) => {
      const taken = ${JSON.stringify(folders)}.filter((folder, i) => {
        // Not all in the same microsecond: what goes wrong goes wrong when one comes while another is half way.
        const at = Number(start) + 3 * i + Math.random();
        while (performance.timeOrigin + performance.now() < at);
        try { return lockFolder(folder); } catch (error) { if (error.name !== "FolderInUse") throw error; }
      });
      console.log(JSON.stringify(taken));
    });
    console.log("ready");
    setInterval(() => undefined, 1000);
  `;
  const contenders = await Promise.all(Array.from({ length: 4 }, () => started(script)));
  const start = Date.now() + 100;
  const taken = await Promise.all(contenders.map(async (each) => JSON.parse(await each.say(String(start))) as string[]));
  expect(taken.flat().sort()).toEqual([...folders].sort());
}, 60_000);

test("a process that only has the number of the one that died does not keep the lock", () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, "lock"), JSON.stringify({ pid: process.ppid, host: hostname(), started: "1" }));
  lockFolder(dataDir)();
});

test("a predecessor of our own number, as in a container, does not keep the lock", () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, "lock"), JSON.stringify({ pid: process.pid, host: hostname() }));
  lockFolder(dataDir)();
});

test("a holder on another machine is believed until it has been silent for a minute", () => {
  const dataDir = folder();
  const lock = join(dataDir, "lock");
  writeFileSync(lock, JSON.stringify({ pid: 1, host: "another-host" }));
  expect(() => lockFolder(dataDir)).toThrow(/in use by process 1 on another-host/);
  const longAgo = new Date(Date.now() - 61_000);
  utimesSync(lock, longAgo, longAgo);
  lockFolder(dataDir)();
});

test("who lost the lock to somebody else while it was silent leaves it to them", () => {
  const dataDir = folder();
  const lock = join(dataDir, "lock");
  const unlock = lockFolder(dataDir);
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: "another-host" }));
  unlock();
  expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ host: "another-host" });
});

test("a lock that cannot be read is nobody's", () => {
  for (const text of ["", "null", "rubbish", "{}"]) {
    const dataDir = folder();
    writeFileSync(join(dataDir, "lock"), text);
    lockFolder(dataDir)();
  }
});

test("while somebody takes over nobody else does; when that was killed in the middle it is not waited for", () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, "lock"), JSON.stringify({ pid: 999_999_999, host: hostname() }));
  const gate = join(dataDir, "lock.takeover");
  mkdirSync(gate);
  expect(() => lockFolder(dataDir)).toThrow(FolderInUse);
  const before = new Date(Date.now() - 11_000);
  utimesSync(gate, before, before);
  lockFolder(dataDir)();
  expect(readdirSync(dataDir)).toEqual([]);
});

test("the lock says who holds it and is nobody else's to read", () => {
  const dataDir = folder();
  const unlock = lockFolder(dataDir);
  expect(JSON.parse(readFileSync(join(dataDir, "lock"), "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
  expect(statSync(join(dataDir, "lock")).mode & 0o777).toBe(0o600);
  unlock();
});

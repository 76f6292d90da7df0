/** Fetches a Keycloak release once, prepares it so that each server starts quickly, and keeps it under .cache. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** The newest release that runs on Java 17, which Debian 12 has. */
export const KEYCLOAK_VERSION = "26.7.3";

const CACHE = join(import.meta.dirname, "..", "..", ".cache", "keycloak");
const OLDEST_JAVA = 17;

/** Why no Keycloak can be run here; undefined when one can. */
export function keycloakMissing(): string | undefined {
  const java = javaVersion();
  if (java === undefined) return "no java (Debian: apt-get install openjdk-17-jre-headless)";
  if (java < OLDEST_JAVA) return `Java ${java} is too old: Keycloak ${KEYCLOAK_VERSION} needs ${OLDEST_JAVA}`;
  if (existsSync(installed())) return undefined;
  return spawnSync("mvn", ["--version"]).status === 0 ? undefined : "no mvn to fetch Keycloak with (Debian: apt-get install maven)";
}

function javaVersion(): number | undefined {
  const { stderr, status } = spawnSync("java", ["-version"], { encoding: "utf8" });
  const version = /version "(\d+)/.exec(stderr ?? "")?.[1];
  return status === 0 && version !== undefined ? Number(version) : undefined;
}

function installed(): string {
  return join(CACHE, `keycloak-${KEYCLOAK_VERSION}`);
}

/** The folder of a release that is built for its embedded database. Made aside and moved into place whole. */
export function installKeycloak(): string {
  if (existsSync(installed())) return installed();
  const aside = join(CACHE, `fetching-${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  const artifact = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`;
  const maven = ["-q", "-B", "dependency:unpack", `-Dartifact=${artifact}`, `-DoutputDirectory=${aside}`];
  execFileSync("mvn", maven, { cwd: aside, stdio: ["ignore", "ignore", "inherit"] });
  const home = join(aside, `keycloak-${KEYCLOAK_VERSION}`);
  execFileSync(join(home, "bin/kc.sh"), ["build", "--db=dev-file"], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    renameSync(home, installed());
  } catch {
    // Another test was quicker.
  }
  rmSync(aside, { recursive: true, force: true });
  return installed();
}

/** A home of its own for one server: its data and scripts are its own, the programs are the release's. */
export function makeHome(release: string, home: string): void {
  for (const name of ["lib", "providers", "themes", "conf"]) symlinkSync(join(release, name), join(home, name));
  cpSync(join(release, "bin"), join(home, "bin"), { recursive: true });
  // The schema takes a server longest; whoever started first left it for the others.
  const database = join(release, "data", "h2");
  if (existsSync(database)) cpSync(database, join(home, "data", "h2"), { recursive: true });
}

/** Keeps the database of a server that was started and stopped for the first time. */
export function keepDatabase(release: string, home: string): void {
  mkdirSync(join(release, "data"), { recursive: true });
  const aside = join(release, "data", `h2-${process.pid}`);
  cpSync(join(home, "data", "h2"), aside, { recursive: true });
  try {
    renameSync(aside, join(release, "data", "h2"));
  } catch {
    rmSync(aside, { recursive: true, force: true });
  }
}

export function hasDatabase(release: string): boolean {
  return existsSync(join(release, "data", "h2"));
}

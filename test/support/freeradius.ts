/**
 * A throw-away FreeRADIUS on loopback, run by the very files of docs/enforce/freeradius: only local.conf, which is there to be changed,
 * gets this machine's values. Asked by `radclient` (PAP) and `eapol_test` (EAP-TTLS).
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { freePort } from "./free-port.ts";

const PUBLISHED = fileURLToPath(new URL("../../docs/enforce/freeradius", import.meta.url));
const SECRET = "only-for-tests-on-loopback";
/** How long is waited for an answer, in seconds: on a machine that is busy, all that the server itself waits for one after the other. */
const PATIENCE_S = 60;
const NEEDED = [
  "/usr/sbin/freeradius",
  "/usr/lib/freeradius/rlm_rest.so",
  "/usr/lib/freeradius/rlm_ldap.so",
  "/usr/bin/radclient",
  "/usr/bin/eapol_test",
];

/** Why none can be run here; undefined when one can. */
export function freeradiusMissing(): string | undefined {
  const missing = NEEDED.filter((path) => !existsSync(path));
  return missing.length === 0
    ? undefined
    : `no ${missing.join(", ")} (Debian: apt-get install freeradius freeradius-rest freeradius-ldap freeradius-utils eapoltest)`;
}

export interface RadiusReply {
  readonly code: "Access-Accept" | "Access-Reject" | "none";
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Freeradius {
  /** One Access-Request with a password in it. */
  ask(attributes: Readonly<Record<string, string>>): Promise<RadiusReply>;
  /** A sign-in by EAP-TTLS with PAP inside. */
  tunnel(name: string, password: string): Promise<RadiusReply>;
  /** The same, and at once a second one that tries to resume it: what each was answered. */
  tunnelTwice(name: string, password: string): Promise<readonly RadiusReply[]>;
  /** Everything it logged. */
  log(): string;
  close(): Promise<void>;
}

/** `settings`: values of local.conf by name. What is not said there is as published. */
export async function startFreeradius(settings: Readonly<Record<string, string>>): Promise<Freeradius> {
  const folder = mkdtempSync(join(tmpdir(), "postern-freeradius-"));
  const config = join(folder, "raddb");
  cpSync(PUBLISHED, config, { recursive: true });
  mkdirSync(join(folder, "state"));
  const port = await freePort();
  const own = {
    state: join(folder, "state"),
    listen_address: "127.0.0.1",
    listen_port: String(port),
    reject_delay: "0",
    vpn_address: "127.0.0.1",
    vpn_secret: SECRET,
  };
  writeLocal(join(config, "local.conf"), { ...own, ...settings });
  const output = join(folder, "output.log");
  const logs = () =>
    [output, join(folder, "state", "radius.log")].filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8"));
  const file = openSync(output, "a");
  const child: ChildProcess = spawn("/usr/sbin/freeradius", ["-f", "-d", config], { stdio: ["ignore", file, file] });
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  for (let tries = 0; !logs().join("").includes("Ready to process requests"); tries++) {
    if (child.exitCode !== null || tries > 3000) throw new Error(`FreeRADIUS did not start:\n${logs().join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { radius_ca: authority } = settings;
  const tunnels = async (name: string, password: string, again: number) => {
    const network = [
      `key_mgmt=WPA-EAP\neap=TTLS\nphase2="auth=PAP"\nanonymous_identity="anonymous"\nca_cert="${authority}"`,
      `identity=${quoted(name)}\npassword=${quoted(password)}`,
    ];
    const path = join(folder, "network.conf");
    writeFileSync(path, `network={\nssid="plant"\n${network.join("\n")}\n}\n`);
    const args = ["-c", path, "-a", "127.0.0.1", "-p", String(port), "-s", SECRET, "-t", String(PATIENCE_S), "-r", String(again)];
    return readTunnels(await run("eapol_test", args, ""));
  };
  return {
    async ask(attributes) {
      const request = Object.entries({ ...attributes, "Message-Authenticator": "0x00" });
      const text = request.map(([name, value]) => `${name} = ${name === "Message-Authenticator" ? value : quoted(value)}`).join("\n");
      const said = await run("radclient", ["-x", "-t", String(PATIENCE_S), "-r", "1", `127.0.0.1:${port}`, "auth", SECRET], `${text}\n`);
      return readReply(/Received (Access-\w+)[^\n]*\n((?:\t[^\n]*\n?)*)/.exec(said));
    },
    tunnel: async (name, password) => (await tunnels(name, password, 0)).at(-1) ?? NO_REPLY,
    tunnelTwice: (name, password) => tunnels(name, password, 1),
    log: () => logs().join("\n"),
    async close() {
      process.off("exit", abandon);
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every name must be one of the published file: a setting that is not there would be a test of something else. */
function writeLocal(path: string, settings: Readonly<Record<string, string>>): void {
  let text = readFileSync(path, "utf8");
  for (const [name, value] of Object.entries(settings)) {
    const line = new RegExp(`^${name} = ".*"$`, "m");
    if (!line.test(text)) throw new Error(`docs/enforce/freeradius/local.conf has no ${name}`);
    text = text.replace(line, () => `${name} = ${quoted(value)}`);
  }
  writeFileSync(path, text);
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

/** What a program said, whatever it ended with. */
function run(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: 2 * PATIENCE_S * 1000, maxBuffer: 16_777_216 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === "string") reject(error);
      else resolve(`${stdout}${stderr}`);
    });
    child.stdin?.end(input);
  });
}

const NO_REPLY: RadiusReply = { code: "none", attributes: {} };

function readReply(match: RegExpExecArray | null): RadiusReply {
  if (match === null) return NO_REPLY;
  const lines = match[2]!.split("\n").flatMap((line) => {
    const [, name, value] = /^\t([\w-]+) = "?(.*?)"?$/.exec(line) ?? [];
    return name === undefined || name === "Message-Authenticator" ? [] : [[name, value!] as const];
  });
  return { code: match[1] as RadiusReply["code"], attributes: Object.fromEntries(lines) };
}

/** What ended each sign-in. `eapol_test` knows numbers of RFC 2865, and how it shows their values. */
function readTunnels(said: string): readonly RadiusReply[] {
  const ends = said.split("RADIUS message: code=").filter((message) => /^[23] /.test(message));
  return ends.map((message) => {
    const session = /Attribute 27 [^\n]*\n\s+Value: (\d+)/.exec(message)?.[1];
    const filter = /Attribute 11 [^\n]*length=(\d+)/.exec(message)?.[1];
    return {
      code: message.startsWith("2") ? "Access-Accept" : "Access-Reject",
      attributes: { ...(session !== undefined && { "Session-Timeout": session }), ...(filter !== undefined && { "Filter-Id": filter }) },
    };
  });
}

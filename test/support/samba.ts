/**
 * A throw-away Active Directory domain on loopback: one real Samba domain controller, its data in a temporary folder. The
 * provisioned domain is made once per machine and copied. Its ports are fixed by the protocol, so every server takes a loopback
 * address of its own.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";

import { domainLdif, delegations, LAYOUT, type Layout } from "./samba-domain.ts";

export interface Samba {
  /** `ldaps://127.x.y.z` */
  readonly url: string;
  readonly host: string;
  readonly realm: string;
  readonly baseDn: string;
  readonly layout: Layout;
  readonly caPem: string;
  readonly admin: { readonly dn: string; readonly password: string };
  /** The delegated account a connector signs in with: no administrator. */
  readonly service: { readonly dn: string; readonly password: string };
  /** JSON audit lines of sign-ins, of object changes and of group changes. */
  readonly logs: { readonly auth: string; readonly changes: string; readonly groups: string };
  /** Environment and configuration for samba-tool and Kerberos tools. */
  readonly folder: string;
  /** Runs samba-tool on the database itself; works while the server is down too. */
  tool(...args: readonly string[]): string;
  /** Takes the directory down, as a power cut would when `hard`. */
  stop(options?: { hard?: boolean }): Promise<void>;
  /** Brings it back on the same data, address and ports. */
  start(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

const NEEDED = ["samba", "samba-tool", "ldbadd", "openssl"];
const SCHEMA = "/usr/share/samba/setup/ad-schema";
const PASSWORD = "Postern-Test-1!";
const REALM = "CORP.TEST";
const HOST_NAME = "dc1.corp.test";

/** Why no domain controller can be run here; undefined when one can. */
export function sambaMissing(): string | undefined {
  const missing = NEEDED.filter((program) => !onPath(program));
  if (missing.length > 0)
    return `no ${missing.join(", ")} (Debian: apt-get install samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules ldb-tools openssl)`;
  if (!existsSync(SCHEMA)) return "Samba has no Active Directory schema (Debian: apt-get install samba-ad-provision)";
  if (process.getuid?.() !== 0) return "a domain controller needs the ports below 1024 (run as root)";
  return undefined;
}

function onPath(program: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts a domain controller on a fresh copy of the test domain. */
export async function startSamba(): Promise<Samba> {
  const folder = mkdtempSync(join(tmpdir(), "postern-samba-"));
  cpSync(provisioned(), folder, { recursive: true });
  const host = await freeLoopback();
  issueCertificate(folder, "dc", HOST_NAME, `subjectAltName=IP:${host},DNS:${HOST_NAME}\nextendedKeyUsage=serverAuth\n`);
  const caPem = readFileSync(join(folder, "tls/ca.pem"), "utf8");
  writeConfig(folder, host);
  writeKerberosConfig(folder);
  let child: ChildProcess | undefined = await launch(folder, host);
  const abandon = () => child?.kill("SIGKILL");
  process.once("exit", abandon);

  async function stop({ hard = false } = {}): Promise<void> {
    const stopping = child;
    child = undefined;
    if (stopping === undefined || stopping.exitCode !== null) return;
    const gone = new Promise((resolve) => stopping.once("exit", resolve));
    stopping.kill(hard ? "SIGKILL" : "SIGTERM");
    await gone;
  }

  return {
    url: `ldaps://${host}`,
    host,
    realm: REALM,
    baseDn: LAYOUT.baseDn,
    layout: LAYOUT,
    caPem,
    admin: { dn: `CN=Administrator,CN=Users,${LAYOUT.baseDn}`, password: PASSWORD },
    service: { dn: LAYOUT.serviceDn, password: PASSWORD },
    logs: { auth: join(folder, "log/auth.json"), changes: join(folder, "log/changes.json"), groups: join(folder, "log/groups.json") },
    folder,
    tool: (...args) => sambaTool(folder, args),
    stop,
    start: async () => {
      child ??= await launch(folder, host);
    },
    close: async () => {
      await stop();
      process.off("exit", abandon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function sambaTool(folder: string, args: readonly string[]): string {
  const [command = "", ...rest] = args;
  const subcommand = rest[0] === undefined ? [] : [rest[0]];
  const whole = [command, ...subcommand, "-H", join(folder, "dc/private/sam.ldb"), "-s", join(folder, "smb.conf"), ...rest.slice(1)];
  return execFileSync("samba-tool", whole, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The folder of the provisioned domain, made when this machine has none of this version yet. */
function provisioned(): string {
  const version = execFileSync("samba", ["--version"], { encoding: "utf8" });
  const sources = ["./samba.ts", "./samba-domain.ts"].map((file) => readFileSync(new URL(file, import.meta.url), "utf8"));
  const recipe = createHash("sha256")
    .update([version, ...sources].join("\n"))
    .digest("hex")
    .slice(0, 16);
  const kept = join(tmpdir(), `postern-samba-domain-${recipe}`);
  if (existsSync(kept)) return kept;
  const making = mkdtempSync(join(tmpdir(), "postern-samba-making-"));
  provision(making);
  try {
    renameSync(making, kept);
  } catch {
    // Another process made it meanwhile; both are the same.
    rmSync(making, { recursive: true, force: true });
  }
  return kept;
}

function provision(folder: string): void {
  const target = join(folder, "dc");
  execFileSync(
    "samba-tool",
    "domain provision --server-role=dc --dns-backend=NONE --use-rfc2307 --domain=CORP --host-name=dc1 --host-ip=127.0.0.1"
      .split(" ")
      .concat(`--realm=${REALM}`, `--adminpass=${PASSWORD}`, `--targetdir=${target}`, "--option=interfaces=lo")
      .concat("--option=bind interfaces only=yes", "--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb"),
    { stdio: "pipe" },
  );
  makeAuthority(folder);
  writeConfig(folder, "127.0.0.1");
  const ldif = join(folder, "domain.ldif");
  writeFileSync(ldif, domainLdif(PASSWORD));
  execFileSync("ldbadd", ["-H", join(target, "private/sam.ldb"), `--configfile=${join(folder, "smb.conf")}`, ldif], { stdio: "pipe" });
  const sid = /objectSid: (S-[\d-]+)/.exec(sambaTool(folder, ["user", "show", "svc-postern"]))![1]!;
  for (const { objectDn, sddl } of delegations(sid)) sambaTool(folder, ["dsacl", "set", `--objectdn=${objectDn}`, `--sddl=${sddl}`]);
}

/** Only what the tests need runs; `ldb:nosync` trades safety at power loss for speed and has no place outside tests. */
function writeConfig(folder: string, host: string): void {
  for (const name of ["run", "log"]) mkdirSync(join(folder, name), { recursive: true });
  const audits = [
    ["auth_json_audit", "auth"],
    ["dsdb_json_audit", "changes"],
    ["dsdb_group_json_audit", "groups"],
  ];
  const settings = {
    "netbios name": "DC1",
    workgroup: "CORP",
    realm: REALM,
    "server role": "active directory domain controller",
    "server services": "ldap, kdc, rpc",
    // An address that is not configured on the interface is taken only with the mask of the loopback network.
    interfaces: `${host}/8`,
    "bind interfaces only": "yes",
    "private dir": join(folder, "dc/private"),
    "state directory": join(folder, "dc/state"),
    "cache directory": join(folder, "dc/cache"),
    "lock directory": join(folder, "dc"),
    "binddns dir": join(folder, "dc/bind-dns"),
    "pid directory": join(folder, "run"),
    "ncalrpc dir": join(folder, "run/ncalrpc"),
    "winbindd socket directory": join(folder, "run/winbindd"),
    "ntp signd socket directory": join(folder, "run/ntp"),
    "log file": join(folder, "log/samba"),
    "max log size": "0",
    "log level": ["1", ...audits.map(([name, file]) => `${name}:5@${join(folder, "log", `${file}.json`)}`)].join(" "),
    "ldap server require strong auth": "yes",
    "tls enabled": "yes",
    "tls keyfile": join(folder, "tls/dc.key"),
    "tls certfile": join(folder, "tls/dc.pem"),
    "tls cafile": join(folder, "tls/ca.pem"),
    "ldb:nosync": "true",
    "vfs objects": "dfs_samba4 acl_xattr xattr_tdb",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(join(folder, "smb.conf"), `[global]\n${lines.join("\n")}\n`);
}

const KDC_EXTENSIONS = `
subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:principal
keyUsage = digitalSignature,keyEncipherment
extendedKeyUsage = 1.3.6.1.5.2.3.5
[principal]
realm = EXPLICIT:0,GeneralString:${REALM}
name = EXPLICIT:1,SEQUENCE:name
[name]
type = EXPLICIT:0,INTEGER:2
parts = EXPLICIT:1,SEQUENCE:parts
[parts]
service = GeneralString:krbtgt
realm = GeneralString:${REALM}
`;

/** The domain's own certificate authority, and the certificate its Kerberos server shows to smart cards. */
function makeAuthority(folder: string): void {
  mkdirSync(join(folder, "tls"));
  const subject = ["-subj", "/CN=Postern test authority", "-days", "365"];
  openssl(folder, ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", ...subject]);
  issueCertificate(folder, "kdc", "kdc", KDC_EXTENSIONS);
}

function openssl(folder: string, args: readonly string[]): void {
  execFileSync("openssl", args, { cwd: join(folder, "tls"), stdio: "pipe" });
}

/** Leaves `tls/NAME.pem` and `tls/NAME.key`, issued by the domain's authority. */
export function issueCertificate(folder: string, name: string, commonName: string, extensions: string): void {
  writeFileSync(join(folder, "tls", `${name}.ext`), extensions);
  const request = ["-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${commonName}`];
  openssl(folder, ["req", ...request]);
  const issuer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "365"];
  openssl(folder, ["x509", "-req", "-in", `${name}.csr`, ...issuer, "-extfile", `${name}.ext`, "-out", `${name}.pem`]);
}

/** Kerberos settings of the server: smart cards issued by the domain's authority may sign in. */
function writeKerberosConfig(folder: string): void {
  const tls = join(folder, "tls");
  const kdc = [`pkinit_identity = FILE:${tls}/kdc.pem,${tls}/kdc.key`, `pkinit_anchors = FILE:${tls}/ca.pem`, "enable-pkinit = yes"];
  const lines = ["[libdefaults]", `default_realm = ${REALM}`, `pkinit_anchors = FILE:${tls}/ca.pem`, "[kdc]", ...kdc];
  writeFileSync(join(folder, "server-krb5.conf"), `${lines.join("\n")}\n`);
}

async function launch(folder: string, host: string): Promise<ChildProcess> {
  const child = spawn("samba", ["-F", "--no-process-group", "-M", "single", "-s", join(folder, "smb.conf")], {
    stdio: "ignore",
    env: { ...process.env, KRB5_CONFIG: join(folder, "server-krb5.conf") },
  });
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`samba ended at once:\n${readFileSync(join(folder, "log/samba"), "utf8")}`);
    }
    if ((await listens(host, 636)) && (await listens(host, 88))) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A loopback address on which nobody serves LDAPS. */
async function freeLoopback(): Promise<string> {
  for (;;) {
    const host = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(636, host, () => server.close(() => resolve(true)));
    });
    if (free) return host;
  }
}

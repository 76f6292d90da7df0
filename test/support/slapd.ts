/**
 * A throw-away OpenLDAP server on loopback: one real slapd, its data, its certificates and its log in a temporary folder. Its ports
 * stay the same when it is stopped and started again.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { freePort } from "./free-port.ts";
import { ACCESS_RULES, ACCESSLOG_RULES, directoryLdif, SLAPD_LAYOUT } from "./slapd-directory.ts";

export interface Certificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface SlapdOptions {
  /** Whether entries can have an end of their own (the dds overlay). On unless said. */
  readonly dds?: boolean;
  /** The longest life an entry may be given, in seconds: at least a day, at most a year (and so unless said). */
  readonly maxTtl?: number;
  /** Whether every sign-in is logged beside every write. On unless said. */
  readonly logSignIns?: boolean;
  /** Entries it holds from the start, in LDIF: thousands are loaded in seconds so. */
  readonly ldif?: string;
}

export interface Slapd {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  /** `ldap://…`: to be used with StartTLS. */
  readonly url: string;
  readonly ldapsUrl: string;
  readonly caPem: string;
  readonly layout: typeof SLAPD_LAYOUT;
  readonly admin: { readonly dn: string; readonly password: string };
  /** The account a connector signs in with: no administrator. */
  readonly service: { readonly dn: string; readonly password: string };
  /** One that may read all that the connector reads, and write nothing. */
  readonly reader: { readonly dn: string; readonly password: string };
  /** A client certificate that signs in as this entry: its subject is the name in reverse order. */
  certificateFor(dn: string): Certificate;
  /** Takes the directory down, as a power cut would when `hard`. */
  stop(options?: { hard?: boolean }): Promise<void>;
  start(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const PASSWORD = "Postern-Test-Directory-1";
const MODULES = ["back_mdb", "ppolicy", "memberof", "refint", "dds", "accesslog", "syncprov"];
const MODULE_FOLDERS = ["/usr/lib/ldap", "/usr/lib64/openldap", "/usr/libexec/openldap", "/usr/lib/openldap"];
const SCHEMA_FOLDERS = ["/etc/ldap/schema", "/etc/openldap/schema"];

/** Why no slapd can be run here; undefined when one can. */
export function slapdMissing(): string | undefined {
  const missing = ["slapd", "slapadd", "openssl"].filter((program) => pathOf(program) === undefined);
  if (missing.length > 0) return `no ${missing.join(", ")} (Debian: apt-get install slapd openssl)`;
  const modules = moduleFolder();
  if (modules === undefined || schemaFolder() === undefined) return "slapd has no modules or no schema (Debian: apt-get install slapd)";
  const absent = MODULES.filter((name) => !existsSync(join(modules, `${name}.so`)) && !existsSync(join(modules, `${name}.la`)));
  return absent.length > 0 ? `slapd has no module ${absent.join(", ")}` : undefined;
}

const moduleFolder = () => MODULE_FOLDERS.find((folder) => existsSync(folder));
const schemaFolder = () => SCHEMA_FOLDERS.find((folder) => existsSync(join(folder, "core.schema")));

function pathOf(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/libexec"];
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Starts a server that holds the test directory. */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), "postern-slapd-"));
  for (const name of ["data", "log", "tls"]) mkdirSync(join(folder, name));
  const caPem = makeCertificates(join(folder, "tls"));
  const config = join(folder, "slapd.conf");
  writeFileSync(config, configOf(folder, options));
  writeFileSync(join(folder, "begin.ldif"), `${directoryLdif(PASSWORD)}\n${options.ldif ?? ""}`);
  // Before the server runs: the overlays' own database need not exist yet, and dds wants its suffix to be there when it starts.
  execFileSync(pathOf("slapadd")!, ["-f", config, "-b", SLAPD_LAYOUT.baseDn, "-l", join(folder, "begin.ldif")], { stdio: "pipe" });
  const [port, tlsPort] = [await freePort(), await freePort()];
  let child: ChildProcess | undefined = await launch(folder, port, tlsPort);
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
    host: HOST,
    port,
    tlsPort,
    url: `ldap://${HOST}:${port}`,
    ldapsUrl: `ldaps://${HOST}:${tlsPort}`,
    caPem,
    layout: SLAPD_LAYOUT,
    admin: { dn: SLAPD_LAYOUT.adminDn, password: PASSWORD },
    service: { dn: SLAPD_LAYOUT.serviceDn, password: PASSWORD },
    reader: { dn: SLAPD_LAYOUT.readerDn, password: PASSWORD },
    certificateFor: (dn) => makeClientCertificate(join(folder, "tls"), dn),
    stop,
    start: async () => {
      child ??= await launch(folder, port, tlsPort);
    },
    close: async () => {
      await stop();
      process.off("exit", abandon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string, { dds = true, maxTtl = 31_557_600, logSignIns = true }: SlapdOptions): string {
  const schemas = ["core", "cosine", "inetorgperson", "dyngroup"].map((name) => `include ${join(schemaFolder()!, `${name}.schema`)}`);
  const { baseDn, adminDn, defaultPolicyDn, accesslogDn } = SLAPD_LAYOUT;
  // dds has to be declared before accesslog: in the other order slapd 2.5 crashes.
  // Without dds-min-ttl slapd forgets dds-max-ttl when it opens the database, and no entry lives longer than a day.
  const expiry = dds ? ["overlay dds", `dds-max-ttl ${maxTtl}`, "dds-min-ttl 1", "dds-default-ttl 60", "dds-interval 1"] : [];
  const lines = [
    ...schemas,
    `modulepath ${moduleFolder()!}`,
    ...MODULES.map((name) => `moduleload ${name}`),
    `pidfile ${join(folder, "slapd.pid")}`,
    `TLSCACertificateFile ${join(folder, "tls/ca.pem")}`,
    `TLSCertificateFile ${join(folder, "tls/server.pem")}`,
    `TLSCertificateKeyFile ${join(folder, "tls/server.key")}`,
    "TLSVerifyClient try",
    "security simple_bind=128",
    `database mdb\nsuffix ${accesslogDn}\nrootdn cn=root,${accesslogDn}\ndirectory ${join(folder, "log")}\ndbnosync\nmaxsize 268435456`,
    "index reqStart,reqEnd,entryCSN,objectClass,reqDN eq",
    ACCESSLOG_RULES,
    `database mdb\nsuffix "${baseDn}"\nrootdn "${adminDn}"\nrootpw ${PASSWORD}\ndirectory ${join(folder, "data")}\ndbnosync\nmaxsize 268435456`,
    "index objectClass,entryUUID,entryCSN,uid,mail,cn,member,memberOf,pwdAccountLockedTime,pwdPolicySubentry eq",
    ACCESS_RULES,
    ...expiry,
    "overlay ppolicy",
    `ppolicy_default "${defaultPolicyDn}"`,
    "overlay memberof\nmemberof-dangling ignore",
    "overlay refint\nrefint_attributes member",
    `overlay accesslog\nlogdb ${accesslogDn}\nlogops writes${logSignIns ? " session" : ""}\nlogsuccess FALSE`,
    "overlay syncprov",
  ];
  return `${lines.join("\n")}\n`;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const ISSUER = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3"];

function openssl(cwd: string, ...args: readonly string[]): void {
  execFileSync("openssl", args, { cwd, stdio: "pipe" });
}

/** An authority of its own and a server certificate for the address; returns the authority's certificate. */
function makeCertificates(tls: string): string {
  openssl(tls, "req", "-x509", ...KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3", "-subj", "/CN=Postern test authority");
  openssl(tls, "req", ...KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(join(tls, "ext"), `subjectAltName=IP:${HOST},DNS:localhost\nextendedKeyUsage=serverAuth\n`);
  openssl(tls, "x509", "-req", "-in", "server.csr", ...ISSUER, "-extfile", "ext", "-out", "server.pem");
  return readFileSync(join(tls, "ca.pem"), "utf8");
}

function makeClientCertificate(tls: string, dn: string): Certificate {
  const subject = dn
    .split(",")
    .toReversed()
    .map((part) => `/${part.replace(/^(dc|ou|cn|uid)=/, (name) => (name === "uid=" ? "UID=" : name.toUpperCase()))}`)
    .join("");
  openssl(tls, "req", ...KEY, "-keyout", "client.key", "-out", "client.csr", "-subj", subject);
  openssl(tls, "x509", "-req", "-in", "client.csr", ...ISSUER, "-out", "client.pem");
  return { certificatePem: readFileSync(join(tls, "client.pem"), "utf8"), keyPem: readFileSync(join(tls, "client.key"), "utf8") };
}

async function launch(folder: string, port: number, tlsPort: number): Promise<ChildProcess> {
  const urls = `ldap://${HOST}:${port} ldaps://${HOST}:${tlsPort}`;
  const output = openSync(join(folder, "slapd.log"), "a");
  const child = spawn(pathOf("slapd")!, ["-f", join(folder, "slapd.conf"), "-h", urls, "-d", "none"], {
    stdio: ["ignore", output, output],
  });
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`slapd ended at once:\n${readFileSync(join(folder, "slapd.log"), "utf8")}`);
    }
    if (await listens(tlsPort)) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

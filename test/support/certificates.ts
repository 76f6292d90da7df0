/** A throw-away certificate authority (openssl): issues with any dates, with intermediates, and revokes. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Issued {
  readonly name: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface Order {
  readonly commonName: string;
  /** Days from now; negative before. */
  readonly fromDays?: number;
  readonly untilDays: number;
  /** `DNS:localhost,IP:127.0.0.1` */
  readonly names?: string;
  /** `clientAuth`; for anything unless said. */
  readonly purpose?: string;
  readonly isAuthority?: boolean;
  /** Issued by this one of its intermediates; by the root unless said. */
  readonly by?: Issued;
  readonly rsaBits?: number;
}

export interface Authority {
  readonly caPem: string;
  issue(order: Order): Issued;
  /** The root once more, by the same key, for longer. */
  renewedCaPem(): string;
  revoke(issued: Issued): void;
  /** What is revoked, as the root says by now. */
  crlPem(): string;
  close(): void;
}

/** Why none can be made here; undefined when one can. */
export function opensslMissing(): string | undefined {
  try {
    execFileSync("openssl", ["version"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "no openssl (Debian: apt-get install openssl)";
  }
}

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "postern-authority-"));
  const run = (...args: readonly string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  let count = 0;

  /** The books that `openssl ca` keeps for one issuer. */
  function openBooks(name: string): void {
    mkdirSync(join(folder, `${name}-issued`));
    write(`${name}.index`, "");
    write(`${name}.serial`, `${String(++count).padStart(2, "0")}00`);
    write(`${name}.crlnumber`, "01");
    const lines = [
      "[ca]\ndefault_ca = own\n[own]",
      `new_certs_dir = ${name}-issued\ndatabase = ${name}.index\nserial = ${name}.serial\ncrlnumber = ${name}.crlnumber`,
      `certificate = ${name}.pem\nprivate_key = ${name}.key\ndefault_md = sha256\npolicy = any\nunique_subject = no\ndefault_crl_days = 3`,
      "[any]\ncommonName = supplied\n[req]\ndistinguished_name = dn\n[dn]",
    ];
    write(`${name}.conf`, `${lines.join("\n")}\n`);
  }

  function request(name: string, commonName: string, rsaBits: number | undefined): void {
    const key = rsaBits === undefined ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : [`rsa:${rsaBits}`];
    run("req", "-newkey", ...key, "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${commonName}`);
  }

  const root = "root";
  openBooks(root);
  request(root, "Postern test root", undefined);
  write("root.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n");
  const signRoot = (days: number, to: string) =>
    run("x509", "-req", "-in", "root.csr", "-key", "root.key", "-days", String(days), "-extfile", "root.ext", "-out", to);
  signRoot(30, "root.pem");

  return {
    caPem: read("root.pem"),
    issue({ commonName, fromDays = -1, untilDays, names, purpose, isAuthority = false, by, rsaBits }) {
      const name = `c${++count}`;
      request(name, commonName, rsaBits);
      const kind = isAuthority ? "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n" : "basicConstraints=CA:FALSE\n";
      const extended = `${names === undefined ? "" : `subjectAltName=${names}\n`}${purpose === undefined ? "" : `extendedKeyUsage=${purpose}\n`}`;
      write(`${name}.ext`, `${kind}${extended}`);
      const dates = ["-startdate", asn1Of(fromDays), "-enddate", asn1Of(untilDays)];
      const files = ["-config", `${by?.name ?? root}.conf`, "-in", `${name}.csr`, "-extfile", `${name}.ext`, "-out", `${name}.pem`];
      run("ca", "-batch", "-notext", ...files, ...dates);
      if (isAuthority) openBooks(name);
      return { name, certificatePem: read(`${name}.pem`), keyPem: read(`${name}.key`) };
    },
    renewedCaPem: () => (signRoot(60, "renewed.pem"), read("renewed.pem")),
    revoke: ({ name }) => void run("ca", "-config", "root.conf", "-revoke", `${name}.pem`),
    crlPem: () => (run("ca", "-config", "root.conf", "-gencrl", "-out", "root.crl"), read("root.crl")),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function asn1Of(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${at.slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
}

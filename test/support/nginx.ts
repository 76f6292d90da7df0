/** A throw-away nginx on loopback, run by the very files of docs/enforce/nginx: only addresses are put in place of the published ones. */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import type { Issued } from "./certificates.ts";
import { freePort } from "./free-port.ts";

const PUBLISHED = fileURLToPath(new URL("../../docs/enforce/nginx", import.meta.url));
const NEEDED = ["/usr/sbin/nginx", "/usr/lib/nginx/modules/ngx_http_js_module.so"];

/** Why none can be run here; undefined when one can. */
export function nginxMissing(): string | undefined {
  const missing = NEEDED.filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `no ${missing.join(", ")} (Debian: apt-get install nginx-light libnginx-mod-http-js)`;
}

export interface NginxSettings {
  /** Port of the decision point on loopback, and that of the application behind nginx. */
  readonly postern: number;
  readonly application: number;
  /** Files that the configuration names, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The address range that is to be the network `plant`. */
  readonly plant: string;
  /** What of the register it guards. */
  readonly resource: { readonly type: string; readonly id: string };
}

export interface Visit {
  readonly path?: string;
  readonly basic?: string;
  readonly certificate?: Issued;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Address on loopback that it comes from. */
  readonly from?: string;
}

export interface Nginx {
  /** `closed`: without an answer. */
  visit(visit?: Visit): Promise<{ readonly status: number | "closed"; readonly text: string }>;
  /** Puts another text in place of a file that the configuration names. */
  replace(name: string, text: string): void;
  log(): string;
  close(): Promise<void>;
}

export async function startNginx({ postern, application, files, plant, resource }: NginxSettings): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "postern-nginx-"));
  cpSync(PUBLISHED, folder, { recursive: true });
  const port = await freePort();
  putInPlace(join(folder, "nginx.conf"), [
    ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
    ["server postern.example.com:443;", `server 127.0.0.1:${postern};`],
    ["proxy_ssl_name postern.example.com;", "proxy_ssl_name localhost;"],
    ["proxy_pass http://127.0.0.1:8080;", `proxy_pass http://127.0.0.1:${application};`],
    ["10.20.0.0/16 plant;", `${plant} plant;`],
    ["set $postern_resource_type application;", `set $postern_resource_type ${resource.type};`],
    ["set $postern_resource_id payroll;", `set $postern_resource_id ${resource.id};`],
  ]);
  const replace = (name: string, content: string) => writeFileSync(join(folder, name), content);
  for (const [name, content] of Object.entries(files)) replace(name, content);
  const output = openSync(join(folder, "output.log"), "a");
  const log = () =>
    ["output.log", "error.log", "access.log"]
      .filter((name) => existsSync(join(folder, name)))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
  // Its workers read the identity anew for each connection: here they are whoever runs the test.
  const mode = `daemon off;${process.getuid?.() === 0 ? " user root;" : ""}`;
  const child = spawn("/usr/sbin/nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log"), "-g", mode], {
    stdio: ["ignore", output, output],
  });
  const abandon = () => child.kill("SIGTERM");
  process.once("exit", abandon);
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended at once:\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ca = files["postern-ca.pem"]!;
  return {
    visit: ({ path = "/", basic, certificate, headers = {}, body, from = "127.0.0.1" } = {}) =>
      new Promise((resolve, reject) => {
        const asked = request(
          {
            host: "127.0.0.1",
            port,
            path,
            ca,
            servername: "localhost",
            localAddress: from,
            agent: false,
            method: body === undefined ? "GET" : "POST",
            headers: { ...headers, ...(basic !== undefined && { Authorization: `Basic ${Buffer.from(basic).toString("base64")}` }) },
            ...(certificate !== undefined && { cert: certificate.certificatePem, key: certificate.keyPem }),
          },
          (response) => void text(response).then((said) => resolve({ status: response.statusCode!, text: said }), reject),
        );
        asked.once("error", (error: NodeJS.ErrnoException) =>
          error.code === "ECONNRESET" ? resolve({ status: "closed", text: "" }) : reject(error),
        );
        asked.end(body);
      }),
    replace,
    log,
    async close() {
      process.off("exit", abandon);
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Each has to stand in the published file exactly once. */
function putInPlace(path: string, changes: readonly (readonly [string, string])[]): void {
  let conf = readFileSync(path, "utf8");
  for (const [published, here] of changes) {
    if (conf.split(published).length !== 2) throw new Error(`docs/enforce/nginx/nginx.conf has not exactly one "${published}"`);
    conf = conf.replace(published, () => here);
  }
  writeFileSync(path, conf);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

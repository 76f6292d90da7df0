/**
 * The same rules for Cerbos, in its own language. Exceptions are a map of constants that a condition looks into: with them as principal
 * policies, one a subject, it is many times slower beside these rules and takes three times the memory. Its audit log and its telemetry are off; it takes all processors.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ACTION, EXCEPTIONS, held, RESISTANT } from "./questions.ts";

const VERSION = "0.51.0";
const FOLDER = join(import.meta.dirname, "..", "..", ".cache", `cerbos-${VERSION}`);

/**
 * The program itself: the package's own entry starts it in a second process, whose processor time nobody would see. It is fetched from
 * the package registry once: at 90 MB it is no dependency of a checkout. Undefined where there is none for this machine or no registry.
 */
export function cerbosProgram(): string | undefined {
  const name = `cerbos-${process.platform}-${process.arch}`;
  const program = join(FOLDER, "node_modules", "@cerbos", name, name);
  if (!existsSync(program)) {
    const options = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"];
    spawnSync("npm", ["install", "--prefix", FOLDER, ...options, `cerbos@${VERSION}`], { stdio: "inherit" });
  }
  return existsSync(program) ? program : undefined;
}

export function cerbosConfig(policies: string, port: number, grpcPort: number): string {
  return `server: { httpListenAddr: "127.0.0.1:${port}", grpcListenAddr: "127.0.0.1:${grpcPort}" }
storage: { driver: disk, disk: { directory: "${policies}", watchForChanges: false } }
audit: { enabled: false }
telemetry: { disabled: true }
`;
}

/** The rules of `default` (src/decisions/rules/sets/default.yaml), as far as Cerbos is told what they look at. */
export function writePolicies(folder: string, from: Date): void {
  const exceptions = Array.from({ length: EXCEPTIONS }, (_, i) => {
    const { subject, application, method, until } = held(i, from);
    return `        "${subject} ${application} ${method}": "${until.toISOString()}"`;
  });
  mkdirSync(folder);
  writeFileSync(
    join(folder, "sign-in.yaml"),
    `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: application
  version: default
  constants:
    local:
      levels: { password: 1, sms: 2, totp: 2, ${RESISTANT.map((method) => `${method}: 3`).join(", ")} }
      assurances: { aal1: 1, aal2: 2, aal2_phishing_resistant: 3 }
      exceptions:
${exceptions.join("\n")}
  variables:
    local:
      level: "R.attr.method in C.levels ? C.levels[R.attr.method] : 0"
      key: P.id + " " + R.id + " " + R.attr.method
  rules:
    - name: recovery-carries-no-privilege
      actions: [${ACTION}]
      effect: EFFECT_DENY
      roles: [user]
      condition:
        match:
          expr: has(R.attr.session) && R.attr.session == "recovery" && has(R.attr.privileged) && R.attr.privileged
    - name: phishing-resistant
      actions: [${ACTION}]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          all:
            of:
              - expr: V.level >= 3
              - expr: "!has(P.attr.enrolled) || P.attr.enrolled.all(each, C.levels[each] <= V.level)"
              - expr: "!has(R.attr.assurance) || C.assurances[R.attr.assurance] <= V.level"
    - name: exception
      actions: [${ACTION}]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          expr: V.key in C.exceptions && now() < timestamp(C.exceptions[V.key])
`,
  );
}

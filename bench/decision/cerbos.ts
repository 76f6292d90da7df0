/**
 * The same rules for Cerbos, in its own language: a resource policy for signing in, and each exception a principal policy, which is what
 * it has for one user's own permissions; it finds them by the user, so their number does not slow it down. Its audit log and its
 * telemetry are off, which is how it comes or costs it nothing; it takes all processors.
 */
import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ACTION, EXCEPTIONS, held, RESISTANT } from "./questions.ts";

const API = "apiVersion: api.cerbos.dev/v1";

/** The program itself: the package's own entry starts it in a second process, whose processor time nobody would see. */
export function cerbosProgram(): string | undefined {
  const packages = createRequire(createRequire(import.meta.url).resolve("cerbos"));
  try {
    return packages.resolve(`@cerbos/cerbos-${process.platform}-${process.arch}`);
  } catch {
    return undefined;
  }
}

export function writePolicies(folder: string, from: Date): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "sign-in.yaml"), RESOURCE_POLICY);
  for (let i = 0; i < EXCEPTIONS; i++) writeFileSync(join(folder, `exception-${i}.yaml`), principalPolicy(i, from));
}

export function cerbosConfig(policies: string, port: number, grpcPort: number): string {
  return `server: { httpListenAddr: "127.0.0.1:${port}", grpcListenAddr: "127.0.0.1:${grpcPort}" }
storage: { driver: disk, disk: { directory: "${policies}", watchForChanges: false } }
audit: { enabled: false }
telemetry: { disabled: true }
`;
}

const RESOURCE_POLICY = `${API}
resourcePolicy:
  resource: application
  version: default
  rules:
    - name: phishing-resistant
      actions: [${ACTION}]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          expr: R.attr.method in ${JSON.stringify(RESISTANT)}
`;

function principalPolicy(i: number, from: Date): string {
  const { subject, application, method, until } = held(i, from);
  return `${API}
principalPolicy:
  principal: ${subject}
  version: default
  rules:
    - resource: application
      actions:
        - action: ${ACTION}
          effect: EFFECT_ALLOW
          condition:
            match:
              expr: R.id == "${application}" && R.attr.method == "${method}" && now() < timestamp("${until.toISOString()}")
`;
}

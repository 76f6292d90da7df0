/** What is configured of those who may ask the decision point, and of the port at which they may show a certificate. */
import { z } from "zod";

export interface CallersConfig {
  /** File that says who may ask; undefined: nobody. */
  readonly callersFile: string | undefined;
  readonly callersTls: { readonly port: number; readonly certificateFile: string; readonly keyFile: string } | undefined;
}

const path = z.string().min(1);

/** What each variable may be, and what it has to be in words. */
export const CALLERS_VARIABLES = {
  POSTERN_DECISION_CALLERS: [path, "must be the path of a callers file (YAML)"],
  POSTERN_DECISION_TLS_PORT: [
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port <= 65_535),
    "must be a port number, 0 to 65535 (0: any free port)",
  ],
  POSTERN_DECISION_TLS_CERT: [path, "must be the path of a certificate with its intermediates (PEM)"],
  POSTERN_DECISION_TLS_KEY: [path, "must be the path of the certificate's private key (PEM)"],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

export type CallersRead = { [N in keyof typeof CALLERS_VARIABLES]?: z.output<(typeof CALLERS_VARIABLES)[N][0]> };

/** Variables that are missing beside those that are set, each with the reason why it cannot be left out. */
export function missingForCallers(given: ReadonlySet<string>): readonly (readonly [name: string, why: string])[] {
  const ofTls = ["POSTERN_DECISION_TLS_PORT", "POSTERN_DECISION_TLS_CERT", "POSTERN_DECISION_TLS_KEY"];
  if (!ofTls.some((name) => given.has(name))) return [];
  const missing = ofTls.filter((name) => !given.has(name)).map((name) => [name, "TLS needs a port, a certificate and its key"] as const);
  const callers = "POSTERN_DECISION_CALLERS";
  return given.has(callers) ? missing : [...missing, [callers, "it names the authorities whose clients are known"]];
}

export function callersOf(read: CallersRead): CallersConfig {
  const { POSTERN_DECISION_TLS_PORT: port, POSTERN_DECISION_TLS_CERT: certificateFile, POSTERN_DECISION_TLS_KEY: keyFile } = read;
  const isTls = port !== undefined && certificateFile !== undefined && keyFile !== undefined;
  return { callersFile: read.POSTERN_DECISION_CALLERS, callersTls: isTls ? { port, certificateFile, keyFile } : undefined };
}

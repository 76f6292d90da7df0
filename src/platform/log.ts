/** One JSON line per event, on standard error. Callers pass facts, never bodies, headers, tokens or configuration. */
export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}

export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes lines with `write` (without newline handling of its own). */
export function createLog(now: () => string, write: (line: string) => void): Log {
  const at =
    (level: "info" | "warn" | "error") =>
    (event: string, facts: Facts = {}): void =>
      write(`${JSON.stringify({ at: now(), level, event, ...facts })}\n`);
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** An error's name and message for a log line; connection strings lose their credentials. */
export function words(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
  return text.replaceAll(/\/\/[^/\s@]*@/g, "//").slice(0, 500);
}

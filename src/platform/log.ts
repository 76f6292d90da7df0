/** One JSON line per event, on standard error. Callers pass facts, never bodies, headers, tokens or configuration. */
export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}

export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type LogLevel = "info" | "warn" | "error";

const SEVERITY: Readonly<Record<LogLevel, number>> = { info: 0, warn: 1, error: 2 };

/** Writes the lines of this level and worse with `write` (without newline handling of its own). */
export function createLog(now: () => string, write: (line: string) => void, least: LogLevel = "info"): Log {
  const at =
    (level: LogLevel) =>
    (event: string, facts: Facts = {}): void => {
      if (SEVERITY[level] >= SEVERITY[least]) write(`${JSON.stringify({ ...facts, at: now(), level, event })}\n`);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** An error's name and message for a log line; connection strings lose their credentials. */
export function words(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
  return text.replaceAll(/\/\/[^/\s@]*@/g, "//").slice(0, 500);
}

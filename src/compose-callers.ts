/** Who may ask the decision point: the callers file, looked at again whenever it or a file that it names changes. */
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";

import { millisecondsOf } from "./compose-decisions.ts";
import type { Config } from "./config.ts";
import { type Admission, type Authenticate, createAdmission, createCallers, readCallers } from "./decisions/index.ts";
import { Refused } from "./kernel/problem.ts";
import type { Clock } from "./kernel/time.ts";
import type { Log } from "./platform/log.ts";
import { measureLag } from "./platform/loop-lag.ts";
import { listenByTls, type TlsListener } from "./platform/tls-listener.ts";
import { watchFiles } from "./platform/watched-files.ts";

type CallersConfig = Partial<Pick<Config, "callersFile" | "callersTls" | "trustFile" | "host" | "sharePort">>;

export interface Callers {
  readonly authenticate: Authenticate;
  readonly admission: Admission;
  /** Whether anybody may read the snapshot. */
  hasEdges(): boolean;
  /** The port at which callers may show a certificate; undefined where none is configured. */
  listen(handle: RequestListener): Promise<TlsListener | undefined>;
  close(): Promise<void>;
}

/** Throws {@link Refused} where the callers file is wrong; of one that becomes wrong later, the former stays in force. */
export function openCallers(config: CallersConfig, { clock, log }: { readonly clock: Clock; readonly log: Log }): Callers {
  const { callersFile, trustFile } = config;
  let current = callersFile === undefined ? undefined : readOrRefuse(callersFile);
  let listener: TlsListener | undefined;
  const reload = () => {
    const reading = readCallers(callersFile!);
    if (reading.ok) {
      current = reading;
      listener?.reload();
      log.info("callers read again", { callers: new Set(reading.book.callers.values()).size });
    } else {
      for (const { code, detail, at } of reading.faults) log.error("callers file wrong", { code, detail, at });
    }
  };
  const watch = callersFile === undefined ? undefined : watchFiles(() => [callersFile, ...(current?.files ?? [])], reload);
  const nowMs = millisecondsOf(clock);
  const lag = measureLag();
  return {
    // Of how much is asked no clock tells that can be set.
    admission: createAdmission({ nowMs: () => performance.now(), lagMs: lag.lagMs, limitOf: (caller) => current?.book.limits.get(caller) }),
    authenticate: createCallers({
      nowMs,
      book: () => current?.book,
      trustPem: trustFile === undefined ? undefined : readFileSync(trustFile, "utf8"),
      onKeyTrouble: (trust, why) => log.warn("keys of callers not had", { trust, why }),
    }),
    hasEdges: () => [...(current?.book.callers.values() ?? [])].some(({ scope }) => scope.mayReadSnapshot),
    async listen(handle) {
      if (config.callersTls === undefined) return undefined;
      listener = await listenByTls({
        ...config.callersTls,
        host: config.host ?? "127.0.0.1",
        sharePort: config.sharePort === true,
        clientAuthorities: () => current?.book.authorities.map(({ certificatesPem }) => certificatesPem) ?? [],
        handle,
        onTrouble: (why) => log.error("certificate not renewed", { why }),
      });
      return listener;
    },
    async close() {
      watch?.close();
      lag.close();
      await listener?.close();
    },
  };
}

function readOrRefuse(path: string) {
  const reading = readCallers(path);
  if (reading.ok) return reading;
  throw new Refused(reading.faults);
}

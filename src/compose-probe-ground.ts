/** What probes are run with. */
import type { CanaryService, WatchService } from "./canaries/index.ts";
import type { TryAs } from "./compose-canaries.ts";
import type { Config } from "./config.ts";
import type { ConnectionService } from "./connections/index.ts";
import type { Clock } from "./kernel/time.ts";

export interface ProbeGround {
  readonly config: Config;
  readonly clock: Clock;
  readonly connections: ConnectionService;
  readonly canaries: CanaryService;
  readonly watch: WatchService;
  readonly tryAs: TryAs;
  readonly trustPem: string | undefined;
  /** False for an example inside of another instance: no visitor makes this machine reach out. */
  readonly reachesOut: boolean;
  /** Waits; a test moves its clock instead. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Keeps what was seen as evidence of this run. */
export type Keep = (name: string, seen: unknown) => Promise<void>;

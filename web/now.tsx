import { createContext, type ReactNode, use, useEffect, useState } from "react";

interface Clock {
  readonly nowMs: number;
  readonly zone: string;
}

const NowContext = createContext<Clock | undefined>(undefined);

const TICK_MS = 20_000;

/** How far the server's clock is ahead of this machine's, from the last reply; distances are told by the server's clock. */
let aheadMs = 0;

/** Takes note of the server's clock. `serverMs` is what a reply said, at most a second old. */
export function noteServerClock(serverMs: number): void {
  const difference = serverMs - Date.now();
  // The Date header has whole seconds: smaller differences are noise.
  aheadMs = Math.abs(difference) < 2000 ? 0 : difference;
}

/** Gives everything below it one current time, refreshed together, and the organisation's zone. */
export function NowProvider({ zone, children }: { zone: string; children: ReactNode }) {
  const [nowMs, setNowMs] = useState(() => Date.now() + aheadMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now() + aheadMs), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={{ nowMs, zone }}>{children}</NowContext>;
}

/** The current time in milliseconds and the zone times are shown in. */
export function useNow(): Clock {
  return use(NowContext) ?? { nowMs: Date.now() + aheadMs, zone: "UTC" };
}

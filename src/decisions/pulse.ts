/** How fast and how much, of the last minute and since the start; in memory, of this process alone. */

/** Upper ends in milliseconds; beyond the last is a bucket of its own. */
export const LATENCY_MS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000] as const;
export const PULSE_SECONDS = 60;

interface Slot {
  second: number;
  permits: number;
  denials: number;
  requests: number;
  readonly latencies: number[];
}

export interface Recent {
  /** Decisions of each second, the oldest first; the one that runs is not among them. */
  readonly perSecond: readonly number[];
  readonly permits: number;
  readonly denials: number;
  readonly requests: number;
  /** Milliseconds that half, and all but one in a hundred, of the requests took at most; null where none was answered or it took longer than is told apart. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface Latencies {
  /** Requests by bucket of LATENCY_MS, and those beyond. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export type Pulse = ReturnType<typeof createPulse>;

export function createPulse() {
  const slots = Array.from({ length: PULSE_SECONDS + 1 }, newSlot);
  const ever = { counts: newBuckets(), sumMs: 0 };
  const slotAt = (nowMs: number): Slot => {
    const second = Math.floor(nowMs / 1000);
    const slot = slots[Math.abs(second) % slots.length]!;
    if (slot.second !== second) clear(slot, second);
    return slot;
  };
  return {
    decided(permit: boolean, nowMs: number): void {
      const slot = slotAt(nowMs);
      if (permit) slot.permits += 1;
      else slot.denials += 1;
    },
    answered(tookMs: number, nowMs: number): void {
      const slot = slotAt(nowMs);
      const bucket = bucketOf(tookMs);
      slot.requests += 1;
      slot.latencies[bucket]! += 1;
      ever.counts[bucket]! += 1;
      ever.sumMs += tookMs;
    },
    recent(nowMs: number): Recent {
      const running = Math.floor(nowMs / 1000);
      const told = Array.from({ length: PULSE_SECONDS }, (_, i) => {
        const second = running - PULSE_SECONDS + i;
        const slot = slots[Math.abs(second) % slots.length]!;
        return slot.second === second ? slot : EMPTY;
      });
      const latencies = newBuckets().map((_, i) => total(told, ({ latencies: each }) => each[i]!));
      return {
        perSecond: told.map(({ permits, denials }) => permits + denials),
        permits: total(told, ({ permits }) => permits),
        denials: total(told, ({ denials }) => denials),
        requests: total(told, ({ requests }) => requests),
        p50Ms: quantile(latencies, 0.5),
        p99Ms: quantile(latencies, 0.99),
      };
    },
    latencies: (): Latencies => ({ counts: [...ever.counts], sumMs: ever.sumMs }),
  };
}

const EMPTY: Slot = newSlot();

function newSlot(): Slot {
  return { second: -1, permits: 0, denials: 0, requests: 0, latencies: newBuckets() };
}

function newBuckets(): number[] {
  return Array.from({ length: LATENCY_MS.length + 1 }, () => 0);
}

function clear(slot: Slot, second: number): void {
  slot.second = second;
  slot.permits = 0;
  slot.denials = 0;
  slot.requests = 0;
  slot.latencies.fill(0);
}

function bucketOf(tookMs: number): number {
  let bucket = 0;
  while (bucket < LATENCY_MS.length && tookMs > LATENCY_MS[bucket]!) bucket += 1;
  return bucket;
}

/** Upper end of the bucket in which the share is reached. */
function quantile(counts: readonly number[], share: number): number | null {
  const all = counts.reduce((sum, each) => sum + each, 0);
  let left = Math.ceil(all * share);
  for (const [i, each] of counts.entries()) {
    left -= each;
    if (left <= 0 && each > 0) return LATENCY_MS[i] ?? null;
  }
  return null;
}

function total(slots: readonly Slot[], of: (slot: Slot) => number): number {
  return slots.reduce((sum, slot) => sum + of(slot), 0);
}

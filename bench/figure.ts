/** A figure: ours beside a named peer or limit, both measured in the same run on the same machine. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** What it is measured against. */
  readonly peerName: string;
  readonly peer: number;
  /** ours / peer. */
  readonly ratio: number;
  readonly note?: string;
}

export interface Bench {
  readonly name: string;
  /** What it needs that may be missing, in words; then it is skipped and says so. */
  readonly missing?: () => string | undefined;
  run(): Promise<readonly Figure[]>;
}

export function figure(name: string, unit: string, ours: number, peerName: string, peer: number, note?: string): Figure {
  return { name, unit, ours: round(ours), peerName, peer: round(peer), ratio: round(ours / peer), ...(note !== undefined && { note }) };
}

const round = (value: number): number => Number(value.toPrecision(4));

/** Seconds an action takes. */
export async function seconds(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

/** The q-quantile of some values; q from 0 to 1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

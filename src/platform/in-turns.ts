/** One after the other, and before every so many whatever else waits for this process: a long loop answers nobody. */
export async function* inTurns<T>(all: readonly T[], aTurn: number): AsyncIterable<T> {
  for (const [i, each] of all.entries()) {
    if (i % aTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    yield each;
  }
}

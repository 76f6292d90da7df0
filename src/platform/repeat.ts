/** Work that is done again and again, one round after the other: after a pause, or at once when somebody says that there is something to do. */

export interface Repeated {
  /** The next round begins at once, or right after the one under way. */
  wake(): void;
  /** Resolves once a round that began after the call is over. */
  round(): Promise<void>;
  /** Waits for the round under way; none follows. */
  stop(): Promise<void>;
}

const nothing = (): void => undefined;

/** `work` never throws. */
export function repeat(work: () => Promise<void>, pauseMs: number): Repeated {
  const state = { isStopped: false, isWoken: false };
  let endPause = nothing;
  let waiting: (() => void)[] = [];

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function goOn(): Promise<void> {
    while (!state.isStopped) {
      state.isWoken = false;
      const told = waiting;
      waiting = [];
      await work();
      for (const tell of told) tell();
      if (!state.isStopped && !state.isWoken) await pause();
    }
    for (const tell of waiting) tell();
  }

  const running = goOn();
  const wake = (): void => {
    state.isWoken = true;
    endPause();
  };
  return {
    wake,
    round: () =>
      new Promise((resolve) => {
        if (state.isStopped) resolve();
        else waiting.push(resolve);
        wake();
      }),
    async stop() {
      state.isStopped = true;
      endPause();
      await running;
    },
  };
}

/** How far something long has come, on one line of the terminal that is gone when it is done. */
import { onOneLine } from "../discovery/text.ts";
import { inert } from "./output.ts";

export interface Progress {
  /** `total` 0: nobody knows how much there is. */
  step(done: number, total: number, words: string): void;
  end(): void;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR = 24;
/** Of a terminal that does not tell its own. */
const WIDTH = 80;

/** Silent where the stream is no terminal: a log is no place for a bar. */
export function progressOn(stream: Stream): Progress {
  if (stream.isTTY !== true) return { step: () => undefined, end: () => undefined };
  const show = (text: string) => stream.write(`\r\u001B[K${text.slice(0, (stream.columns || WIDTH) - 1)}`);
  return {
    step(done, total, given) {
      // Names in it are given by others: this does not go through what the commands print by.
      const words = inert(onOneLine(given));
      if (total === 0) return void show(`${words} …`);
      const filled = Math.floor((done / total) * BAR);
      show(`[${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${done}/${total}  ${words}`);
    },
    end: () => void show(""),
  };
}

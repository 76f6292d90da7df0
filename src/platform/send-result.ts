/** How handing something to another server ended. `deferred` is worth another try, `refused` is not. */
export interface SendResult {
  readonly kind: "accepted" | "deferred" | "refused";
  /** What the other side said, on one line; shown to administrators. */
  readonly words: string;
}

const MAX_LENGTH = 300;

/** Answers come from outside: one line, no control characters, short. */
export function answerLine(text: string): string {
  return text
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_LENGTH);
}

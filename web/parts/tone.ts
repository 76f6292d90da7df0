/** What a colour may mean. Each tone is always carried by a shape and a word as well. */
export type Tone = "ok" | "open" | "wait" | "bad" | "unknown" | "idle";

/** The shape beside a word: told apart without colour, at 12 px. */
export type Shape =
  | "dashed"
  | "half"
  | "ring"
  | "crossed"
  | "barred"
  | "rising"
  | "solid"
  | "pausing"
  | "paused"
  | "falling"
  | "watched"
  | "alarm"
  | "shut"
  | "question";

export interface Sign {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

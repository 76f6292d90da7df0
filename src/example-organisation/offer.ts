/** Whether an example organisation is there, and who may be asked to make or remove it. Pure. */

export type ExampleState =
  /** Not by this process: it has not been started as a server. */
  | { readonly state: "notOffered" }
  | { readonly state: "none" }
  /** `share` of the year that has been played, 0 to 1. */
  | { readonly state: "loading"; readonly share: number }
  | { readonly state: "loaded" }
  | { readonly state: "failed"; readonly why: string };

export interface ExampleOffer {
  state(): ExampleState;
  /** Begins to play the year, unless it is there or being played. */
  load(): void;
  /** Stops and deletes it. */
  remove(): Promise<void>;
}

export const NOT_OFFERED: ExampleOffer = {
  state: () => ({ state: "notOffered" }),
  load: () => undefined,
  remove: async () => undefined,
};

/** The example directory on disk: one JSON file, replaced as a whole, so that a killed process leaves the old one or the new one. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

import { ProviderFault } from "../port.ts";
import { fictionalDirectory } from "./fictional.ts";
import type { ExampleState } from "./map.ts";

export interface ExampleFile {
  read(): Promise<ExampleState>;
  /** Replaces the state by what `edit` makes of it; edits wait for each other. Returns the new state. */
  edit(edit: (state: ExampleState) => ExampleState): Promise<ExampleState>;
}

/** Made with its fictional people when there is none yet. Serves one process: another one's edits could be overwritten. */
export function createExampleFile(path: string): ExampleFile {
  let last: Promise<unknown> = Promise.resolve();

  const edit: ExampleFile["edit"] = (change) => {
    const done = last.then(async () => {
      const before = await read(path);
      const after = change(before);
      if (after !== before) await replace(path, after);
      return after;
    });
    last = done.catch(() => undefined);
    return done;
  };
  return { read: () => last.then(() => read(path)), edit };
}

async function read(path: string): Promise<ExampleState> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return fictionalDirectory();
    throw unreachable(path, error);
  }
  try {
    const state = JSON.parse(text) as ExampleState;
    if (state.version === 1) return state;
  } catch (error) {
    throw new ProviderFault("fault", `The example directory ${path} is damaged. Delete it to begin anew.`, { cause: error });
  }
  throw new ProviderFault("fault", `The example directory ${path} was written by another release. Delete it to begin anew.`);
}

async function replace(path: string, state: ExampleState): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const next = `${path}.next`;
    await using file = await open(next, "w", 0o600);
    await file.writeFile(JSON.stringify(state, undefined, 1));
    await file.sync();
    await rename(next, path);
    // The name has to survive a power cut as well as the content.
    await using folder = await open(dirname(path), "r");
    await folder.sync();
  } catch (error) {
    throw unreachable(path, error);
  }
}

function unreachable(path: string, error: unknown): ProviderFault {
  return new ProviderFault("unreachable", `The example directory ${path} cannot be used: ${(error as Error).message}`, { cause: error });
}

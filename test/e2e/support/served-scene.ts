/** Ten weeks of work, served to a real browser: people visit it with the sessions they already have. */
import { liveThrough, type Scene } from "./scene.ts";
import { type Served, serveToBrowsers } from "./serve.ts";

export type ServedScene = Scene & Served;

export async function serveScene(chromium: string, more: Parameters<typeof liveThrough>[1] = {}): Promise<ServedScene> {
  return serveToBrowsers(
    chromium,
    (origin) => liveThrough(origin, more),
    ({ app }) => app,
  );
}

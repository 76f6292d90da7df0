import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compose } from "./compose.ts";
import { readConfig } from "./config.ts";
import { openApiOf } from "./openapi.ts";
import { systemClock } from "./platform/clock.ts";
import { randomIds } from "./platform/ids.ts";
import { createLog } from "./platform/log.ts";
import type { Command } from "./cli/command.ts";

export const openApiCommand: Command = {
  name: "openapi",
  usage: "",
  summary: "Print the API as OpenAPI 3.1",
  options: {},
  async run(input) {
    // Routes are made by composing; an empty folder keeps the real data out of it.
    const folder = mkdtempSync(join(tmpdir(), "postern-openapi-"));
    const log = createLog(
      () => systemClock.now(),
      () => undefined,
    );
    const app = await compose(readConfig({ POSTERN_DATA: folder }), { clock: systemClock, ids: randomIds(systemClock), log });
    try {
      const document = openApiOf(
        app.routes.map((each) => each.endpoint),
        "1",
      );
      input.print(JSON.stringify(document, null, 2));
      return 0;
    } finally {
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

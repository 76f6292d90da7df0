/** A scan whose process is killed with SIGKILL, again and again, until one comes to its end. */
import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, onTestFinished, test } from "vitest";

import { randomIds } from "../../src/platform/ids.ts";
import { manualClock } from "../../src/platform/clock.ts";
import { openDatabase } from "../../src/platform/db.ts";
import { SCOPES } from "../../src/connectors/okta/sign-in.ts";
import { freshEmbedded } from "../support/databases.ts";
import { addGoverned, CLIENT, settingsFor, START } from "../support/okta/harness.ts";
import { startFakeOkta } from "../support/okta/server.ts";
import { addConnection, keysTold } from "../support/scan-world.ts";

const PEOPLE = 300;
const PAGE = 10;
const KILLS = 8;
const SCANNER = new URL("../support/scan-process.ts", import.meta.url).pathname;

test(
  `goes on after each of ${KILLS} kills: nothing is lost, found twice or taken for gone, and hardly anything read twice`,
  { timeout: 600_000 },
  async () => {
    const fake = await startFakeOkta(() => START);
    const { pem } = fake.clients.add(CLIENT, SCOPES);
    const vpn = addGoverned(fake.org, "vpn");
    const add = (name: string) => {
      const user = fake.org.addUser(name);
      fake.org.putIn(vpn.exemptions, user);
      return user;
    };
    const steady = Array.from({ length: PEOPLE }, (_, n) => add(`person.${n}`).id);
    const { dataDir, database, close } = await freshEmbedded();
    onTestFinished(async () => {
      await close().catch(() => undefined);
      await fake.stop();
    });
    const connection = randomIds(manualClock(START)).next("connection");
    await addConnection(database.db, connection);
    await database.close();

    const settings = JSON.stringify(settingsFor(fake, pem, { vpn }, { pageSize: PAGE, timeoutMs: 60_000 }));
    const asked = () => fake.requests.filter(({ path }) => /^\/api\/v1\/users\/[^/]+\/groups$/.test(path)).length;
    /** Scans until it is killed, at a request of its own choosing, or done. */
    async function scanUntil(killAt: number): Promise<unknown> {
      const child = spawn(process.execPath, [SCANNER, dataDir, connection, settings], { stdio: ["ignore", "pipe", "inherit"] });
      let told = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (told += text));
      fake.tamper((_, sent) => {
        if (asked() >= killAt) child.kill("SIGKILL");
        return sent;
      });
      await once(child, "close");
      return told === "" ? undefined : JSON.parse(told);
    }
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Far enough for a page to be kept, and no further than what is left.
      expect(await scanUntil(asked() + PAGE + Math.floor(Math.random() * PAGE))).toBeUndefined();
    }
    const reread = KILLS * 2 * PAGE;
    expect(await scanUntil(Number.POSITIVE_INFINITY)).toEqual({ seen: PEOPLE, found: PEOPLE, gone: 0 });
    expect(asked()).toBeLessThanOrEqual(PEOPLE + reread);
    expect(asked()).toBeGreaterThanOrEqual(PEOPLE);

    // The next one finds everybody there, and sees that one is not.
    fake.org.takeOut(vpn.exemptions, fake.org.users.get(steady[7]!)!);
    expect(await scanUntil(Number.POSITIVE_INFINITY)).toEqual({ seen: PEOPLE - 1, found: 0, gone: 1 });
    const again = await openDatabase({ dataDir });
    const [found, gone] = [await keysTold(again.db, connection, "bypassFound"), await keysTold(again.db, connection, "bypassGone")];
    await again.close();
    expect([found.length, new Set(found).size]).toEqual([PEOPLE, PEOPLE]);
    expect(gone).toEqual([found.find((key) => key.includes(steady[7]!))]);
  },
);

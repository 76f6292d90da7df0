/** A scan of an organisation of Okta in a process of its own, to be killed: `scan-process.ts DATA CONNECTION SETTINGS`. */
import { createOktaConnector } from "../../src/connectors/okta/connector.ts";
import type { OktaSettings } from "../../src/connectors/okta/config.ts";
import { createPassStore } from "../../src/bypasses/index.ts";
import { openDatabase } from "../../src/platform/db.ts";
import { manualClock } from "../../src/platform/clock.ts";
import { START } from "./okta/harness.ts";
import { createScanning } from "./scan-world.ts";

const [dataDir = "", connection = "", settings = ""] = process.argv.slice(2);
const clock = manualClock(START);
const database = await openDatabase({ dataDir });
await createPassStore(database.db).releaseCutOff();
const connector = createOktaConnector(JSON.parse(settings) as OktaSettings, clock);
process.stdout.write(JSON.stringify(await createScanning(database.db, clock, connector).scan(connection)));
await connector.close();
await database.close();

/** Access over a database, served by the real HTTP shell on a clock that stands still. */
import { randomBytes } from "node:crypto";

import type { Hono } from "hono";

import { type Access, accessRoutes, type CompanySettings, createAccess } from "../../src/access/index.ts";
import { instant, type Instant } from "../../src/kernel/time.ts";
import { type ManualClock, manualClock } from "../../src/platform/clock.ts";
import type { Database } from "../../src/platform/db.ts";
import { createHttp } from "../../src/platform/http.ts";
import { createIdempotencyStore } from "../../src/platform/idempotency.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { createSeal, type Seal } from "../../src/platform/seal.ts";
import { type AuthenticatorSettings, createAuthenticator } from "./authenticator.ts";
import { type Browser, createBrowser } from "./browser.ts";
import { createPersons, type Persons } from "./persons.ts";

export interface OpenAccess {
  readonly access: Access;
  readonly app: Hono;
  readonly clock: ManualClock;
  readonly persons: Persons;
  readonly origin: string;
  /** Everything that was logged so far. */
  readonly logged: string[];
  /** A browser nobody is signed in on. */
  browser(kind?: AuthenticatorSettings["kind"]): Browser;
  /** A new person with these roles, signed in with a passkey they got by an invitation. */
  signedIn(id: string, roles: readonly string[], kind?: AuthenticatorSettings["kind"]): Promise<Browser>;
}

export const STARTED = instant("2026-03-02T09:00:00Z");

export interface AccessOptions {
  readonly origin?: string;
  readonly company?: CompanySettings;
  readonly start?: Instant;
  readonly sealer?: Seal;
}

export function openAccess(database: Database, options: AccessOptions = {}): OpenAccess {
  const { origin = "http://localhost:8080", company, start = STARTED, sealer = createSeal([randomBytes(32)]) } = options;
  const clock = manualClock(start);
  const logged: string[] = [];
  const context = { db: database.db, ids: randomIds(clock) };
  const persons = createPersons(context, clock);
  const publicLimit = { burst: 100_000, perSecond: 1000, addresses: 10 };
  const access = createAccess({ ...context, origin, directory: persons, publicLimit, company, sealer });
  const app = createHttp(accessRoutes(access), {
    clock,
    log: createLog(
      () => clock.now(),
      (line) => void logged.push(line),
    ),
    authenticate: (request, now) => access.authenticate(request, now),
    idempotency: createIdempotencyStore(database.db, sealer.digest),
    origin,
  });
  const browser = (kind?: AuthenticatorSettings["kind"]) =>
    createBrowser(app, origin, createAuthenticator({ origin, ...(kind && { kind }) }));
  return {
    access,
    app,
    clock,
    persons,
    origin,
    logged,
    browser,
    async signedIn(id, roles, kind) {
      await persons.add(id, roles);
      const { link } = await access.enrolment.invite(id, undefined, clock.now());
      const made = browser(kind);
      await made.enrol(link);
      return made;
    },
  };
}

/** All text of every table, to search for what must not be there. */
export async function dumpOf(database: Database): Promise<string> {
  const tables = await database.pool.query<{ name: string }>(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  let text = "";
  for (const { name } of tables.rows) {
    const { rows } = await database.pool.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
    text += rows.map(({ row }) => row).join("\n");
  }
  return text;
}

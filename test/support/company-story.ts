/** Access with a company provider beside it, and what a person and their browser do between the two. */
import type { CompanySettings } from "../../src/access/index.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { type Database, executeSql } from "../../src/platform/db.ts";
import { type OpenAccess, openAccess } from "./access.ts";
import { type Answer, type Browser, succeeded } from "./browser.ts";
import { freshEmbedded } from "./databases.ts";
import { type OpenIdProvider, openProvider, type Way } from "./openid-provider.ts";

export const ORIGIN = "http://localhost:8080";

export interface CompanyStory {
  readonly at: OpenAccess;
  readonly provider: OpenIdProvider;
  readonly database: Database;
  /** The same people, with the provider configured otherwise. */
  open(settings?: Partial<CompanySettings>): OpenAccess;
  /** The provider as it is by itself, and a silence forgotten. */
  reset(): void;
  /** Address of the provider to go to. */
  begin(browser: Browser): Promise<string>;
  finish(browser: Browser, answer: string): Promise<Answer>;
  /** There and back again. */
  through(browser: Browser, account?: string, way?: Way): Promise<Answer>;
  /** Signs, goes there and back again. */
  connect(browser: Browser, person: string, account: string): Promise<Answer>;
  /** States of a person's company accounts, the oldest first. */
  accountsOf(person: string): Promise<{ readonly id: string; readonly state: string }[]>;
  close(): Promise<void>;
}

/** With `per_ada` and `per_ben`, whose accounts the directory `ad` knows. On the clock of this machine: the provider has no other. */
export async function openCompanyStory(): Promise<CompanyStory> {
  const provider = await openProvider(`${ORIGIN}/sign-in/company`, { account: { claim: "guid", connection: "ad" } });
  const { database, close } = await freshEmbedded();
  const open = (settings: Partial<CompanySettings> = {}) =>
    openAccess(database, { company: { ...provider.settings, ...settings }, start: systemClock.now() });
  const at = open();
  for (const name of ["ada", "ben"]) {
    await at.persons.add(`per_${name}`, ["iam"]);
    await at.persons.link(`per_${name}`, "ad", `guid-${name}`);
  }
  return {
    at,
    provider,
    database,
    open,
    ...journeys(provider),
    reset() {
      provider.forge(undefined);
      provider.describe(undefined);
      at.clock.set(addDuration(at.clock.now(), duration("PT11S")));
    },
    async accountsOf(person) {
      const { rows } = await executeSql(database.db, "select state from company_account where person = $1 order by id", [person]);
      return rows.map((row) => (row as { state: { id: string; state: string } }).state);
    },
    async close() {
      await provider.stop();
      await close();
    },
  };
}

async function begin(browser: Browser): Promise<string> {
  const begun = succeeded(await browser.ask("POST", "/api/v1/company-sign-in/begin", { to: "/register?view=open" }));
  return begun.body["redirect"] as string;
}

const finish = (browser: Browser, answer: string): Promise<Answer> => browser.ask("POST", "/api/v1/company-sign-in/finish", { answer });

function journeys(provider: OpenIdProvider): Pick<CompanyStory, "begin" | "finish" | "through" | "connect"> {
  return {
    begin,
    finish,
    through: async (browser, account = "sub-ada", way = "passkey") =>
      finish(browser, await provider.signIn(await begin(browser), account, way)),
    async connect(browser, person, account) {
      const assertion = await browser.sign("access.connectAccount", person);
      const begun = succeeded(await browser.ask("POST", "/api/v1/company-accounts", { to: "/access", assertion }));
      return finish(browser, await provider.signIn(begun.body["redirect"] as string, account));
    },
  };
}

export const isIn = async (browser: Browser): Promise<boolean> => (await browser.ask("GET", "/api/v1/session")).status === 200;

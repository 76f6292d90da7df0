/** One person, one real browser, one real Keycloak: what an exception changes for somebody who signs in, and what its end takes from them. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, visit, type Visit } from "../e2e/support/browser.ts";
import { succeeded } from "../support/browser.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings, type KeycloakPlants, openKeycloakPlants } from "../support/keycloak-plants.ts";
import { makeRealm, REALM_LAYOUT } from "../support/keycloak-realm.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";
import { type MainJob, openMainJob } from "../support/main-job.ts";
import { type Shown, show, submitRequest, vote } from "../support/whole-app.ts";

const chromium = findChromium();
const missing = keycloakMissing() ?? (chromium === undefined ? NO_CHROMIUM : undefined);

/** Goes to the account's page and says who it is. */
async function begin({ page }: Visit): Promise<void> {
  await page.goto(`/realms/${REALM_LAYOUT.realm}/account/`);
  await page.getByLabel(/username/i).fill("ada");
  await page.getByRole("button", { name: "Sign In" }).click();
}

const isIn = ({ page }: Visit) => page.getByRole("heading", { name: "Personal info" }).waitFor();
const askedForPasskey = ({ page }: Visit) => page.getByRole("button", { name: /sign in with passkey/i }).waitFor();
const passwordFields = ({ page }: Visit) => page.getByLabel("Password", { exact: true }).count();

describe("signing in to Keycloak in a browser", () => {
  let keycloak: Keycloak;
  let plants: KeycloakPlants;
  let job: Pick<MainJob, "story" | "connection" | "start">;
  let browser: Browser;
  let ada: { readonly key: string; readonly password: string };
  let laptop: Visit;
  let borrowed: Visit;
  let exception: Shown;

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    keycloak = await startKeycloak();
    await makeRealm(keycloak);
    plants = await openKeycloakPlants(keycloak);
    const { secret, ...config } = keycloakSettings(keycloak.url);
    const connection = { key: "keycloak", name: "Keycloak", kind: "keycloak", config, secret };
    job = await openMainJob({ connection } as Parameters<typeof openMainJob>[0]);
    browser = await launchBrowser(chromium!);
    // A passkey needs a name, not an address.
    const origin = `http://localhost:${keycloak.port}`;
    [laptop, borrowed] = [await visit(browser, origin), await visit(browser, origin)];
    const made = await plants.person("ada", { requiredActions: ["webauthn-register-passwordless"] });
    ada = { key: made.subject.key, password: made.password };
  });
  afterAll(async () => {
    await browser?.close();
    await job?.story.close();
    await keycloak?.close();
  });

  test("she registers a passkey, and signs in with it", async () => {
    await plants.exempt(ada.key);
    const { page } = laptop;
    page.on("dialog", (dialog) => void dialog.accept("Laptop"));
    await begin(laptop);
    await page.getByLabel("Password", { exact: true }).fill(ada.password);
    await page.getByRole("button", { name: "Sign In" }).click();
    await page.getByRole("button", { name: /register/i }).click();
    await isIn(laptop);
    await plants.undo(ada.key);
    await keycloak.admin("POST", `/${REALM_LAYOUT.realm}/users/${ada.key}/logout`);
    await laptop.context.clearCookies();
    await begin(laptop);
    await askedForPasskey(laptop);
    expect(await passwordFields(laptop)).toBe(0);
    await page.getByRole("button", { name: /sign in with passkey/i }).click();
    await isIn(laptop);
  });

  test("from a laptop without her passkey she is asked for it, and for no password", async () => {
    await begin(borrowed);
    await askedForPasskey(borrowed);
    expect(await passwordFields(borrowed)).toBe(0);
  });

  test("with an approved exception her password is taken there", async () => {
    const { story, connection, start } = job;
    const found = succeeded(await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=ada&policy=passkey`));
    const subject = found.body["subject"] as { kind: string; key: string; name: string };
    const until = addDuration(start, duration("P20D"));
    const asked = await submitRequest(story, { connection, policy: "passkey", subject, until });
    succeeded(await vote(story.as.ivo, asked));
    succeeded(await vote(story.as.nils, asked));
    await story.moveTo(story.clock.now());
    exception = await story.until(
      () => show(story.as.rolf, asked.id),
      ({ state }) => state === "active",
      "active",
    );
    await begin(borrowed);
    await borrowed.page.getByLabel("Password", { exact: true }).fill(ada.password);
    await borrowed.page.getByRole("button", { name: "Sign In" }).click();
    await isIn(borrowed);
  });

  test("when it ends her session there is dead, and the passkey is asked for again", async () => {
    const { story, start } = job;
    await story.moveTo(addDuration(start, duration("P20D")));
    await story.until(
      () => show(story.as.rolf, exception.id),
      ({ state }) => state === "closed",
      "closed",
    );
    // What is left of the old sign-in is of no more use: the page asks who it is.
    await begin(borrowed);
    await askedForPasskey(borrowed);
    expect(await passwordFields(borrowed)).toBe(0);
  });
});

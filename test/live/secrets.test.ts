/** What a provider's secrets must never get into: answers, the log, the journal, the database, the operator's pages. */
import { generateKeyPairSync } from "node:crypto";

import { afterEach, describe, expect, test } from "vitest";

import { CLIENT, addGoverned, settingsFor as oktaSettingsFor } from "../support/okta/harness.ts";
import { SCOPES } from "../../src/connectors/okta/sign-in.ts";
import { prepareTenant, START } from "../../src/connectors/entra/harness.suite.ts";
import { executeSql } from "../../src/platform/db.ts";
import { codeOf, succeeded } from "../support/browser.ts";
import { startGraph } from "../support/graph/server.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings } from "../support/keycloak-plants.ts";
import { makeRealm } from "../support/keycloak-realm.ts";
import { startKeycloak } from "../support/keycloak.ts";
import { startFakeOkta } from "../support/okta/server.ts";
import { openPlants, settingsFor } from "../support/slapd-plants.ts";
import { slapdMissing, startSlapd } from "../support/slapd.ts";
import { openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

/** A provider that can be connected to, that knows which secrets it gave out, and that can go away. */
interface Provider {
  readonly kind: string;
  readonly settings: object & { readonly secret: string };
  /** A secret of the right shape that is not the right one. */
  readonly wrong: string;
  /** A configuration under which the provider itself is not believed; where that can be had. */
  readonly untrusted?: object;
  /** Tokens that were given for the secret: they open the same doors. */
  readonly tokens: () => readonly string[];
  readonly down: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const PROVIDERS: readonly { readonly name: string; readonly missing: () => string | undefined; readonly start: () => Promise<Provider> }[] =
  [
    { name: "OpenLDAP", missing: slapdMissing, start: openLdap },
    { name: "Keycloak", missing: keycloakMissing, start: keycloak },
    { name: "Entra ID", missing: () => undefined, start: entra },
    { name: "Okta", missing: () => undefined, start: okta },
  ];

async function openLdap(): Promise<Provider> {
  const slapd = await startSlapd();
  const plants = openPlants(slapd);
  return {
    kind: "openldap",
    settings: settingsFor(slapd),
    wrong: "Wrong-Secret-4711",
    untrusted: { caPem: undefined },
    tokens: () => [],
    down: () => slapd.stop(),
    close: async () => {
      await plants.close();
      await slapd.close();
    },
  };
}

async function keycloak(): Promise<Provider> {
  const server = await startKeycloak();
  await makeRealm(server);
  return {
    kind: "keycloak",
    settings: keycloakSettings(server.url),
    wrong: "Wrong-Secret-4711",
    // Of whatever token there is, the head is the same.
    tokens: () => ["eyJhbGciOi"],
    down: () => server.stop(),
    close: () => server.close(),
  };
}

async function entra(): Promise<Provider> {
  const { tenant, settings } = prepareTenant();
  const graph = await startGraph(tenant);
  return {
    kind: "entra",
    settings: settings(graph.port),
    wrong: "Wrong-Secret-4711",
    tokens: () => graph.tokens(),
    down: () => graph.stop(),
    close: () => graph.stop(),
  };
}

async function okta(): Promise<Provider> {
  const fake = await startFakeOkta(() => START);
  const { pem } = fake.clients.add(CLIENT, SCOPES);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    kind: "okta",
    settings: oktaSettingsFor(fake, pem, { vpn: addGoverned(fake.org, "vpn") }),
    wrong: privateKey.export({ type: "pkcs8", format: "pem" }),
    tokens: () => fake.clients.secrets(),
    down: () => fake.stop(),
    close: () => fake.stop(),
  };
}

describe("the secrets of a connection", () => {
  let story: WholeApp | undefined;
  let provider: Provider | undefined;
  afterEach(async () => {
    await story?.close();
    await provider?.close();
    story = provider = undefined;
  });

  test.for(PROVIDERS)("$name: right, wrong, misplaced or refused, they are left nowhere", async ({ missing, start }, { skip }) => {
    const reason = missing();
    if (reason !== undefined) skip(reason);
    provider = await start();
    story = await openWholeApp({ start: START });
    const { heard, id } = await useIt(story, provider);
    const everything = [heard, story.logged, await stored(story)].map((each) => JSON.stringify(each)).join("\n");
    expect(everything).toContain(id);
    const secrets = [provider.settings.secret, provider.wrong, ...provider.tokens()];
    for (const form of secrets.flatMap(formsOf)) expect(everything.includes(form), "a secret was found").toBe(false);
  });
});

/** Everything that is done with a connection, and all that is heard of it. */
async function useIt({ admin, app, clock }: WholeApp, { kind, settings, wrong, untrusted, down }: Provider) {
  const { secret, ...config } = settings;
  const heard: string[] = [];
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await admin.ask(method, path, body);
    heard.push(JSON.stringify([answer.body, [...answer.headers]]));
    return answer;
  };
  const connect = (key: string, more: object) => ask("POST", "/api/v1/connections", { key, name: kind, kind, config, secret, ...more });

  expect(codeOf(await connect("wrong", { secret: wrong }))).toBe("connections.unreachable");
  if (untrusted !== undefined)
    expect(codeOf(await connect("untrusted", { config: { ...config, ...untrusted } }))).toBe("connections.unreachable");
  expect(codeOf(await connect("misplaced", { config: { ...config, password: secret } }))).toBe("connections.configInvalid");
  const { id } = succeeded(await connect("right", {})).body as { id: string };
  const at = `/api/v1/connections/${id}`;
  expect(codeOf(await ask("POST", `${at}/secret`, { secret: wrong }))).toBe("connections.unreachable");
  succeeded(await ask("POST", `${at}/secret`, { secret }));
  succeeded(await ask("POST", `${at}/scan`, {}));
  await down();
  expect((await ask("GET", `${at}/health`)).body).toMatchObject({ reachable: false });
  expect(codeOf(await ask("POST", `${at}/scan`, {}))).toBe("connections.unreachable");
  await app.tick.tickOnce(clock.now());
  for (const path of ["/api/v1/connections", "/api/v1/inventory", "/api/v1/bypasses?limit=200"]) await ask("GET", path);
  for (const path of ["/metrics", "/readyz", "/healthz"]) heard.push(await (await app.http.fetch(new Request(ORIGIN + path))).text());
  return { heard, id };
}

/** Every row of every table. */
async function stored({ app: { database } }: WholeApp): Promise<readonly unknown[]> {
  const { rows: tables } = await executeSql(
    database.db,
    "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    [],
  );
  const all: unknown[] = [];
  for (const { name } of tables as { name: string }[])
    all.push((await executeSql(database.db, `select t::text as row from ${name} t`, [])).rows);
  return all;
}

/** As it is and as it is written in other places; of a key each line, since a line is enough to tell it by. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return lines.flatMap((line) => [line, Buffer.from(line).toString("base64"), encodeURIComponent(line)]);
}

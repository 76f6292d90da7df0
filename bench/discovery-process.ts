/** One provider with many people, in a process of its own: `discovery-process.ts entra|okta|keycloak`. Tells how it is reached, and what was asked of it. */
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from "node:http";

import { prepareTenant } from "../src/connectors/entra/harness.suite.ts";
import { keycloakConfig } from "../src/connectors/keycloak/config.ts";
import { SCOPES } from "../src/connectors/okta/sign-in.ts";
import { startGraph } from "../test/support/graph/server.ts";
import { createGroup, createUser } from "../test/support/graph/tenant.ts";
import { makeRealm, REALM_LAYOUT } from "../test/support/keycloak-realm.ts";
import { startKeycloak } from "../test/support/keycloak.ts";
import { addGoverned, CLIENT, settingsFor, START } from "../test/support/okta/harness.ts";
import { startFakeOkta } from "../test/support/okta/server.ts";

const PEOPLE = 100_000;
const GROUPS = 2_000;
/** Okta is asked for the groups of each one of these: one request each. */
const OKTA_EXEMPT = 10_000;
const IMPORT_BATCH = 1_000;
const IMPORT_WITHIN_MS = 60_000;

interface Provider {
  readonly host: string;
  readonly port: number;
  readonly settings: (port: number) => object;
  readonly people: number;
  readonly bypasses: number;
  readonly close: () => Promise<unknown>;
}

const PROVIDERS: Readonly<Record<string, () => Promise<Provider>>> = { entra, okta, keycloak };

async function entra(): Promise<Provider> {
  const { tenant, governed, settings } = prepareTenant();
  const pool = tenant.members.get(governed[0]!.poolId)!;
  for (let n = 0; n < PEOPLE; n += 1) pool.add(createUser(tenant, `person.${n}`, { mail: `person.${n}@mail.postern.test` }).id);
  for (let n = 0; n < GROUPS; n += 1) pool.add(createGroup(tenant, { displayName: `Group ${n}` }).id);
  const graph = await startGraph(tenant, { pageSize: 999 });
  const more = { pageSize: 999, timeoutMs: 60_000, readsPasses: false };
  return { ...graph, settings: (port) => settings(port, more), people: PEOPLE, bypasses: PEOPLE + GROUPS, close: graph.stop };
}

async function okta(): Promise<Provider> {
  const fake = await startFakeOkta(() => START);
  const { pem } = fake.clients.add(CLIENT, SCOPES);
  const vpn = addGoverned(fake.org, "vpn");
  for (let n = 0; n < PEOPLE; n += 1) {
    const { id } = fake.org.addUser(`person.${n}`);
    if (n < OKTA_EXEMPT) vpn.exemptions.members.add(id);
  }
  for (let n = 0; n < GROUPS; n += 1) fake.org.addGroup(`group.${n}`);
  fake.org.log.length = 0;
  const settings = (port: number) =>
    settingsFor(fake, pem, { vpn }, { orgUrl: `http://${fake.host}:${port}`, pageSize: 200, timeoutMs: 60_000 });
  return { ...fake, settings, people: PEOPLE, bypasses: OKTA_EXEMPT, close: fake.stop };
}

/** As many people as it takes in within a minute: a real server writes each to its disk. */
async function keycloak(): Promise<Provider> {
  const server = await startKeycloak();
  await makeRealm(server);
  const { realm, service } = REALM_LAYOUT;
  for (let n = 0; n < GROUPS; n += 1) await server.admin("POST", `/${realm}/groups`, { name: `group ${n}` });
  let people = 0;
  for (const end = Date.now() + IMPORT_WITHIN_MS; people < PEOPLE && Date.now() < end; people += IMPORT_BATCH) {
    const users = Array.from({ length: IMPORT_BATCH }, (_, n) => {
      const username = `person.${people + n}`;
      return { username, enabled: true, email: `${username}@postern.test`, firstName: username, lastName: "Test" };
    });
    await server.admin("POST", `/${realm}/partialImport`, { ifResourceExists: "FAIL", users });
  }
  const settings = (port: number) => {
    const config = { url: `http://${server.host}:${port}`, realm, clientId: service.clientId, exemptionsClient: REALM_LAYOUT.exemptions };
    const policies = [{ key: "passkey", title: "Passkey", role: REALM_LAYOUT.role }];
    return { ...keycloakConfig.parse({ ...config, policies, timeoutMs: 60_000 }), secret: service.secret };
  };
  return { ...server, settings, people, bypasses: 0, close: () => server.close() };
}

interface Kept {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

const kind = process.argv[2] ?? "";
const provider = await PROVIDERS[kind]!();
const kept = new Map<string, Kept>();
let asked: string[] = [];

/** A fake that reckons its pages anew each time would be what is measured: each page is kept. A real server is asked each time. */
async function answered(request: IncomingMessage): Promise<Kept> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const path = request.url ?? "/";
  const isRead = request.method === "GET";
  if (isRead) asked.push(path);
  const known = isRead ? kept.get(path) : undefined;
  if (known !== undefined) return known;
  const answer = await forwarded(request, path, Buffer.concat(chunks));
  if (isRead && kind !== "keycloak" && answer.status === 200) kept.set(path, answer);
  return answer;
}

function forwarded({ method, headers }: IncomingMessage, path: string, body: Buffer): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const sent = ask({ host: provider.host, port: provider.port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === "/-/asked") {
    response.end(JSON.stringify(asked));
    asked = [];
    return;
  }
  const { status, headers, body } = await answered(request);
  const { "transfer-encoding": _, connection: __, ...rest } = headers;
  response.writeHead(status, { ...rest, "content-length": String(body.length) });
  response.end(body);
}

const server = createServer((request, response) => {
  serve(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as { port: number };
  const { people, bypasses } = provider;
  process.stdout.write(`${JSON.stringify({ origin: `http://127.0.0.1:${port}`, settings: provider.settings(port), people, bypasses })}\n`);
});
process.stdin.resume().on("end", () => void provider.close().then(() => process.exit(0)));

/**
 * Everything behind an enforcement point: a directory that checks passwords (slapd), Postern with exceptions in it, and its decision
 * point at a port with client certificates and at one for tokens. What the decision point is asked is written down.
 */
import { createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { decisionsOnly } from "../../src/compose-listen.ts";
import { addDuration, duration, epochMs, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { succeeded } from "./browser.ts";
import { createAuthority, type Issued } from "./certificates.ts";
import { openFront } from "./lying-front.ts";
import { openPlants, type Person, type Plants, settingsFor } from "./slapd-plants.ts";
import { type Slapd, startSlapd } from "./slapd.ts";
import { ESTATE, openWholeApp, requestBody, type Shown, show, vote, type WholeApp } from "./whole-app.ts";

export type Enforcement = Awaited<ReturnType<typeof openEnforcement>>;

const ISSUER = "https://build.acme.example";
const AUDIENCE = "https://postern.acme.example";

/** Who asks, by token or by certificate, and about what. */
export interface CallerGiven {
  readonly name: string;
  readonly resource: { readonly type: "policy" | "application"; readonly id: string };
}

/** `at`: an empty folder. `names`: people of the directory; each is somebody Postern knows. */
export async function openEnforcement(at: string, caller: CallerGiven, names: readonly string[], databaseUrl?: string) {
  const file = (name: string, text: string) => (writeFileSync(join(at, name), text), join(at, name));
  const authority = createAuthority();
  const server = authority.issue({ commonName: "postern", untilDays: 2, names: "DNS:localhost,IP:127.0.0.1", purpose: "serverAuth" });
  const certificateFile = file("server.pem", server.certificatePem);
  const keyFile = file("server.key", server.keyPem);
  const caFile = file("ca.pem", authority.caPem);
  const signToken = openIssuer((jwks) => file("keys.json", jwks));
  const callersFile = file("callers.yaml", callersOf(caller));
  const slapd = await startSlapd();
  const plants = openPlants(slapd);
  const start = instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000);
  const story = await openWholeApp({
    start,
    ...(databaseUrl !== undefined && { databaseUrl }),
    env: {
      POSTERN_DECISION_CALLERS: callersFile,
      POSTERN_DECISION_TLS_PORT: "0",
      POSTERN_DECISION_TLS_CERT: certificateFile,
      POSTERN_DECISION_TLS_KEY: keyFile,
    },
  });
  const people = await connect(story, slapd, plants, names);
  const asked: string[] = [];
  const handle = writingDown(asked, decisionsOnly(story.app.decisionPoint));
  const byCertificate = (await story.app.callers.listen(handle))!;
  const byToken = await serve(handle);
  const fronts = { byCertificate: await openFront(server, byCertificate.port), byToken: await openFront(undefined, portOf(byToken)) };

  const impostors: { close(): void | Promise<void> }[] = [];

  return {
    story,
    slapd,
    people,
    authority,
    server,
    certificateFile,
    keyFile,
    caFile,
    callersFile,
    file,
    asked,
    ...fronts,
    /** What the caller shows: a certificate of days, or a token of minutes. */
    identity: (): Issued =>
      authority.issue({ commonName: caller.name, untilDays: 1, names: `DNS:${caller.name}.acme.example`, purpose: "clientAuth" }),
    token: () => signToken(caller.name, story.clock.now()),
    /** Leads who asks by certificate to somebody who permits everything, with a certificate of a strange authority or of another name. */
    async impersonate(how: "strange" | "misnamed"): Promise<void> {
      const by = how === "strange" ? createAuthority() : authority;
      const names = how === "strange" ? "DNS:localhost,IP:127.0.0.1" : "DNS:elsewhere.acme.example";
      const front = await openFront(by.issue({ commonName: "postern", untilDays: 1, names, purpose: "serverAuth" }));
      impostors.push(front, ...(by === authority ? [] : [by]));
      front.tell({ status: 200, text: `{"decision":true}` });
      fronts.byCertificate.lead(front.port);
    },
    grant: (name: string, length: string, more: Grant = {}) => grant(story, people.get(name)!, length, more),
    async revoke({ id }: Shown) {
      succeeded(await story.as.ada.ask("POST", `/api/v1/exceptions/${id}/revoke`, { reason: "not needed any more" }));
    },
    later: (length: string) => addDuration(story.clock.now(), duration(length)),
    async close() {
      for (const each of [...Object.values(fronts), ...impostors]) await each.close();
      byToken.closeAllConnections();
      await new Promise((resolve) => byToken.close(resolve));
      await story.close();
      await plants.close();
      await slapd.close();
      authority.close();
    },
  };
}

function callersOf({ name, resource }: CallerGiven): string {
  return [
    `audiences: [${AUDIENCE}]`,
    `issuers: [{ name: build, issuer: "${ISSUER}", keys: { file: keys.json } }]`,
    "authorities: [{ name: acme, file: ca.pem }]",
    "callers:",
    `  - name: ${name}`,
    `    is: [{ issuer: build, subject: ${name} }, { authority: acme, dns: ${name}.acme.example }]`,
    "    may:",
    "      subjects: [user]",
    "      actions: [sign_in]",
    `      resources: [{ type: ${resource.type}, ids: [${resource.id}] }]`,
    "      seeExceptions: true",
  ].join("\n");
}

/** An issuer whose keys lie in a file; gives tokens of ten minutes. */
function openIssuer(publish: (jwks: string) => void): (subject: string, at: Instant) => string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  publish(JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "ES256", use: "sig" }] }));
  return (sub, at) => {
    const iat = Math.floor(epochMs(at) / 1000);
    const parts = [
      { alg: "ES256", kid: "1", typ: "JWT" },
      { iss: ISSUER, aud: AUDIENCE, sub, iat, exp: iat + 600 },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signature = createSign("sha256").update(signed).sign({ key: privateKey, dsaEncoding: "ieee-p1363" }, "base64url");
    return `${signed}.${signature}`;
  };
}

/** Each request in full, as it came: address, headers, body. */
function writingDown(asked: string[], handle: RequestListener): RequestListener {
  return (request, response) => {
    const at = asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} `) - 1;
    const emit = request.emit.bind(request);
    request.emit = (event: string, ...given: unknown[]): boolean => {
      if (event === "data") asked[at] += String(given[0]);
      return emit(event, ...given);
    };
    handle(request, response);
  };
}

async function serve(handle: RequestListener): Promise<Server> {
  const server = createServer(handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

/** Connects the directory, and makes its people known. */
async function connect(story: WholeApp, slapd: Slapd, plants: Plants, names: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  const { secret, ...config } = settingsFor(slapd);
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "ldap", name: "OpenLDAP", kind: "openldap", config, secret });
  const connection = succeeded(made).body["id"] as string;
  const people = new Map<string, Known>();
  for (const name of names) people.set(name, { ...(await plants.person(name, { open: true })), connection });
  const lines = [...people].map(
    ([name, { subject }]) => `  - { key: ${name}, name: ${name}, accounts: [{ connection: ldap, key: "${subject.key}" }] }`,
  );
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: [ESTATE, ...lines].join("\n"), dryRun: false }));
  return people;
}

interface Known extends Person {
  readonly connection: string;
}

export interface Grant {
  readonly method?: string;
  readonly networks?: readonly string[];
}

/** An exception for somebody, asked for, approved by the two right people, and seen in the directory. */
async function grant(story: WholeApp, { connection, subject }: Known, length: string, more: Grant): Promise<Shown> {
  const asked = { connection, policy: "vpn", subject, until: addDuration(story.clock.now(), duration(length)) };
  const body = requestBody(story, asked) as { content: { scope: Record<string, unknown>[] } };
  const { method = "password", networks = null } = more;
  const scope = [{ ...body.content.scope[0], conditions: { networks } }];
  const content = { ...body.content, fallbackMethodAllowed: method, scope };
  const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", { ...body, content })).body as unknown as Shown;
  const submitted = await story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, {});
  const shown = succeeded(submitted).body as unknown as Shown;
  succeeded(await vote(story.as.ivo, shown));
  succeeded(await vote(story.as.nils, shown));
  await story.moveTo(story.clock.now());
  return story.until(
    () => show(story.as.rolf, shown.id),
    ({ state }) => state === "active",
    "active",
  );
}

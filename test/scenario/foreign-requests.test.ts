/** What another site can make a browser send: the cookie travels along, and nothing changes. And what every answer forbids a browser. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { readConfig } from "../../src/config.ts";
import { createExampleOrganisation } from "../../src/example-organisation/organisation.ts";
import { pathOf } from "../../src/kernel/contract.ts";
import { executeSql } from "../../src/platform/db.ts";
import { createLog } from "../../src/platform/log.ts";
import { openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
});
afterAll(async () => {
  await story.close();
});

/** How browsers, old and new, mark what a page of somebody else sends. */
const FOREIGN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "another site": { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
  "another site, in a browser that names no site": { Origin: "https://evil.example" },
  "another port of this machine": { Origin: "http://localhost:9090", "Sec-Fetch-Site": "same-site" },
  "an origin that only begins like ours": { Origin: `${ORIGIN}.evil.example` },
  "a frame without an origin": { Origin: "null" },
  "a page that hides where it is": { "Sec-Fetch-Site": "cross-site" },
  "nobody says where": {},
};
const FORMS = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/jsonx",
  "text/plain; application/json",
];

const changes = () => story.app.routes.map((route) => route.endpoint).filter(({ method }) => method !== "GET");

/** Everything that is kept: a change of anything would show. */
async function everything(): Promise<unknown> {
  const { db } = story.app.database;
  const { rows } = await executeSql(
    db,
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const kept: Record<string, unknown> = {};
  for (const { name } of rows as { name: string }[]) {
    kept[name] = (
      await executeSql(db, `select count(*)::int as n, md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as h from "${name}" t`)
    ).rows[0];
  }
  return kept;
}

async function send(
  endpoint: { method: string; path: string },
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<[number, string]> {
  const path = pathOf(endpoint.path, new Proxy({}, { get: () => "x" }));
  const request = new Request(ORIGIN + path, { method: endpoint.method, headers: { Cookie: story.admin.cookie(), ...headers }, body });
  const response = await story.app.http.fetch(request);
  const { reasons } = (await response.json()) as { reasons?: { code: string }[] };
  return [response.status, reasons?.[0]?.code ?? ""];
}

test.each(Object.entries(FOREIGN))("no change is accepted from %s, whatever endpoint is asked", async (_, headers) => {
  const before = await everything();
  expect(Object.keys(before as object).length).toBeGreaterThan(20);
  for (const endpoint of changes()) {
    for (const type of ["application/json", "text/plain"]) {
      expect(await send(endpoint, { ...headers, "Content-Type": type }, "{}"), endpoint.id).toEqual([403, "http.foreignOrigin"]);
    }
  }
  expect(await everything()).toEqual(before);
});

test.each(FORMS)("no change is accepted as %s, not even from our own pages", async (type) => {
  const before = await everything();
  for (const endpoint of changes()) {
    for (const body of ["", "{}"]) {
      const headers = { Origin: ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": type };
      expect(await send(endpoint, headers, body), endpoint.id).toEqual([415, "http.contentType"]);
    }
  }
  expect(await everything()).toEqual(before);
});

test("what is refused above is accepted from our own page: the requests are told apart by nothing else", async () => {
  const own = { Origin: ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json" };
  const codes = [];
  for (const endpoint of changes()) {
    // Signing out would end what the others are asked with.
    if (endpoint.id !== "signOut") codes.push((await send(endpoint, own, "{}"))[1]);
  }
  expect(codes.length).toBeGreaterThan(60);
  expect(codes.filter((code) => code === "http.foreignOrigin" || code === "http.contentType")).toEqual([]);
});

test("every answer forbids what is inline, what is evaluated, what is framed and what is from elsewhere", async () => {
  const example = createExampleOrganisation({
    config: readConfig({ POSTERN_DATA: story.dataDir, POSTERN_ORIGIN: ORIGIN }),
    clock: story.clock,
    log: createLog(
      () => "",
      () => undefined,
    ),
  });
  const front = example.front(story.app);
  const reads = story.app.routes.filter(({ endpoint }) => endpoint.method === "GET" && endpoint.path !== "/api/v1/events");
  const paths = [
    ...reads.map(({ endpoint }) => pathOf(endpoint.path, new Proxy({}, { get: () => "x" }))),
    "/api/v1/register/export?format=csv",
    "/api/v1/register/export?format=xlsx",
    "/",
    "/register",
    "/index.html",
    "/assets/none.js",
    "/problems/",
    "/problems/http.foreignOrigin",
    "/%ff",
    "/metrics",
    "/healthz",
    "/readyz",
    "/api/v1/nothing",
    "/api/v1/openapi.json",
    "/example/",
    "/example",
    "/example/api/v1/session",
    "/example/metrics",
  ];
  const seen = new Map<string, number>();
  for (const path of paths) {
    for (const cookie of ["", story.admin.cookie()]) {
      const response = await front(new Request(ORIGIN + path, { headers: { Cookie: cookie } }), {});
      await response.body?.cancel();
      const policy = response.headers.get("Content-Security-Policy") ?? "";
      expect(policy, path).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';.*base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      );
      expect(policy, path).not.toMatch(/unsafe|\*|data:|blob:|https?:/);
      expect(response.headers.get("X-Content-Type-Options"), path).toBe("nosniff");
      seen.set(`${response.status}`, (seen.get(`${response.status}`) ?? 0) + 1);
    }
  }
  // Answers of every kind were looked at: what is there, what is not, what is refused.
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining(["200", "303", "400", "401", "404"]));
});

import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Hono } from "hono";
import { expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { createHttp } from "./http.ts";
import { createLog } from "./log.ts";
import { systemClock } from "./clock.ts";
import { serveStatic } from "./static.ts";

const SCRIPT = `console.log("${"a".repeat(2000)}")`;

const newFolder = tempFolders("static");

function folders() {
  const root = newFolder();
  mkdirSync(join(root, "console", "assets"), { recursive: true });
  mkdirSync(join(root, "problems"));
  mkdirSync(join(root, "forms"));
  writeFileSync(join(root, "console", "index.html"), "<!doctype html><title>Postern</title>");
  writeFileSync(join(root, "console", "favicon.svg"), "<svg/>");
  writeFileSync(join(root, "console", "assets", "main-abc123.js"), SCRIPT);
  writeFileSync(join(root, "problems", "http.notFound.md"), "# http.notFound\n\nNothing <here>.\n");
  writeFileSync(join(root, "forms", "static_secret.md"), "# static_secret\n\nA key.\n");
  writeFileSync(join(root, "secret.txt"), "secret");
  return { console: join(root, "console"), problems: join(root, "problems"), forms: join(root, "forms") };
}

function serverOf(where = folders()): Hono {
  const http = new Hono();
  serveStatic(http, where);
  return http;
}

test("200: the console's files, with their types; only names that carry a hash may be kept for good", async () => {
  const http = serverOf();
  const script = await http.request("/assets/main-abc123.js");
  expect([script.status, script.headers.get("Content-Type")]).toEqual([200, "text/javascript; charset=utf-8"]);
  expect(script.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  expect(await script.text()).toBe(SCRIPT);
  const icon = await http.request("/favicon.svg");
  expect([icon.headers.get("Content-Type"), icon.headers.get("Cache-Control")]).toEqual(["image/svg+xml", "no-cache"]);
});

test.each(["/", "/register", "/exceptions/exc_01j", "/people/anna%20b"])("200: %s is the console's own address", async (path) => {
  const reply = await serverOf().request(path);
  expect([reply.status, reply.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(reply.headers.get("Cache-Control")).toBe("no-cache");
  expect(await reply.text()).toContain("<title>Postern</title>");
});

test("304: what the browser has already is not sent again, and a changed file is", async () => {
  const http = serverOf();
  const etag = (await http.request("/")).headers.get("ETag")!;
  expect((await http.request("/", { headers: { "If-None-Match": etag } })).status).toBe(304);
  expect((await http.request("/", { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
});

test("200: a browser that takes gzip gets gzip", async () => {
  const reply = await serverOf().request("/assets/main-abc123.js", { headers: { "Accept-Encoding": "br, gzip" } });
  expect([reply.headers.get("Content-Encoding"), reply.headers.get("Vary")]).toEqual(["gzip", "Accept-Encoding"]);
  const bytes = await reply.arrayBuffer();
  expect(bytes.byteLength).toBeLessThan(200);
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  expect(text).toBe(SCRIPT);
});

test.each(["/assets/none.js", "/favicon.png", "/problems/no.such", "/problems/http.notFound.md", "/forms/none"])(
  "404: %s",
  async (path) => {
    expect((await serverOf().request(path)).status).toBe(404);
  },
);

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/..%2f..%2f..%2fsecret.txt",
  "/problems/..%2f..%2fsecret.txt",
])("404: no path leads out of the folders: %s", async (path) => {
  const reply = await serverOf().request(new Request(`http://localhost${path}`));
  expect(reply.status).toBe(404);
  expect(await reply.text()).not.toContain("secret");
});

test("400: an address that is not readable", async () => {
  expect((await serverOf().request("/%ff")).status).toBe(400);
});

test("503: without a built console the address says what to do", async () => {
  const reply = await serverOf({ ...folders(), console: join(tmpdir(), "no-such-folder") }).request("/");
  expect(reply.status).toBe(503);
  expect(await reply.text()).toContain("npm start");
});

test("200: a problem has a page for people, in which nothing is markup but ours", async () => {
  const http = serverOf();
  const text = await (await http.request("/problems/http.notFound")).text();
  expect(text).toContain("<h1>http.notFound</h1>\n<p>Nothing &lt;here&gt;.</p>");
  expect(text).not.toMatch(/<script|<style|style="/);
  expect(await (await http.request("/problems")).text()).toContain('<a href="/problems/http.notFound">');
  expect((await http.request("/problems/page.css")).headers.get("Content-Type")).toBe("text/css; charset=utf-8");
});

test("200: a form of bypass has a page, in a list of all of them", async () => {
  const http = serverOf();
  expect(await (await http.request("/forms/static_secret")).text()).toContain("<h1>static_secret</h1>\n<p>A key.</p>");
  expect(await (await http.request("/forms")).text()).toContain('<a href="/forms/static_secret">');
});

test.each([
  ["http://localhost:8080", null],
  ["https://postern.example", "max-age=31536000"],
])("every reply of %s tells the browser to refuse what is not ours", async (origin, transportSecurity) => {
  const log = createLog(
    () => "",
    () => undefined,
  );
  const http = createHttp([], {
    clock: systemClock,
    log,
    authenticate: () => Promise.resolve(undefined),
    idempotency: { once: (_, run) => run() },
    origin,
  });
  serveStatic(http, folders());
  for (const path of ["/", "/assets/main-abc123.js", "/problems/http.notFound", "/none.js", "/api/v1/none"]) {
    const { headers } = await http.request(path);
    expect(headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(headers.get("Content-Security-Policy")).not.toContain("unsafe");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(headers.get("Strict-Transport-Security")).toBe(transportSecurity);
  }
});

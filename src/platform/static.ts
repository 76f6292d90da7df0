/**
 * What is served beside the API: the built console, and the page of every problem code and every form of bypass. Files are listed once at the start and
 * only what is on the list is served, so no path can lead out of their folders.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

import type { Hono } from "hono";

import { FORMS_OF_BYPASS, listPage, onePage, type PageKind, PROBLEM_STYLE, PROBLEMS } from "./problem-page.ts";

export interface StaticFolders {
  /** What `vite build` made: index.html, and below assets/ files whose names carry their hash. */
  readonly console: string;
  /** One `<code>.md` a problem. */
  readonly problems: string;
  /** One `<form>.md` a form of bypass. */
  readonly forms: string;
}

const ROOT = join(import.meta.dirname, "..", "..");
const FOLDERS: StaticFolders = {
  console: join(ROOT, "dist", "console"),
  problems: join(ROOT, "docs", "problems"),
  forms: join(ROOT, "docs", "forms"),
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

const NOT_BUILT = "The console is not built. Run npm start, or npm run build.\n";

interface Served {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer> | undefined;
  readonly type: string;
  readonly etag: string;
  readonly caching: string;
}

/** Adds the pages to a server that has its API already. Addresses without a file are the console's own: it gets its index.html. */
export function serveStatic(http: Hono, folders: StaticFolders = FOLDERS): void {
  const files = new Map([
    ...consoleFiles(folders.console),
    ...pageFiles(PROBLEMS, folders.problems),
    ...pageFiles(FORMS_OF_BYPASS, folders.forms),
    style(),
  ]);
  const index = files.get("/index.html");
  http.get("*", ({ req }) => {
    const path = decoded(req.path);
    if (path === undefined) return plain("This address cannot be read.\n", 400);
    const file = files.get(path);
    if (file !== undefined) return answer(file, req.raw);
    if (/^\/(problems|forms)\//.test(path) || extname(path) !== "") return plain("There is nothing here.\n", 404);
    return index === undefined ? plain(NOT_BUILT, 503) : answer(index, req.raw);
  });
}

function answer(file: Served, request: Request): Response {
  const headers = new Headers({ "Content-Type": file.type, "Cache-Control": file.caching, ETag: file.etag, Vary: "Accept-Encoding" });
  if (request.headers.get("If-None-Match") === file.etag) return new Response(undefined, { status: 304, headers });
  const wantsGzip = /\bgzip\b/.test(request.headers.get("Accept-Encoding") ?? "");
  if (!wantsGzip || file.gzipped === undefined) return new Response(file.body, { headers });
  headers.set("Content-Encoding", "gzip");
  return new Response(file.gzipped, { headers });
}

function consoleFiles(folder: string): [string, Served][] {
  const paths = listFiles(folder);
  return paths.map((path) => {
    const name = `/${relative(folder, path).replaceAll("\\", "/")}`;
    const caching = name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    return [name, served(readFileSync(path), TYPES[extname(path)] ?? "application/octet-stream", caching)];
  });
}

function pageFiles(kind: PageKind, folder: string): [string, Served][] {
  const names = listFiles(folder)
    .filter((path) => extname(path) === ".md")
    .map((path) => relative(folder, path).slice(0, -".md".length));
  return [
    ...names.map((name): [string, Served] => [
      `${kind.path}/${name}`,
      html(onePage(kind, name, readFileSync(join(folder, `${name}.md`), "utf8"))),
    ]),
    [kind.path, html(listPage(kind, names))],
  ];
}

function html(text: string): Served {
  return served(Buffer.from(text), TYPES[".html"]!, "no-cache");
}

function style(): [string, Served] {
  return ["/problems/page.css", served(Buffer.from(PROBLEM_STYLE), TYPES[".css"]!, "no-cache")];
}

function served(body: Buffer, type: string, caching: string): Served {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const isText = /^text\/|json|svg/.test(type);
  return { body: new Uint8Array(body), gzipped: isText ? new Uint8Array(gzipSync(body)) : undefined, type, etag, caching };
}

/** Empty for a folder that is not there: the server also runs without a console. */
function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" } });
}

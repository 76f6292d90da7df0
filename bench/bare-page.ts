/** What a page with the register's rows costs at least: the same fifty out of the same database, written as plain HTML. */
import type { ExceptionDependencies } from "../src/exceptions/index.ts";
import { listRegister } from "../src/exceptions/register.ts";
import { instantOfEpochMs } from "../src/kernel/time.ts";

const ROWS = 50;

/** Answers `/bare`, and nothing else. */
export function barePage(deps: ExceptionDependencies): (request: Request) => Promise<Response> | undefined {
  return (request) => (new URL(request.url).pathname === "/bare" ? answer(deps) : undefined);
}

async function answer(deps: ExceptionDependencies): Promise<Response> {
  const { items } = await listRegister(deps, { sort: "ends", descending: false, limit: ROWS }, instantOfEpochMs(Date.now()));
  const rows = items.map(({ ref, title, state, endsAt }) => `<tr><th>${ref}</th><td>${title}</td><td>${state}</td><td>${endsAt}</td></tr>`);
  const page = `<!doctype html><title>Bare</title><h1>Register</h1><input type="search" aria-label="Search"><table><tbody>${rows.join("")}</tbody></table>`;
  return new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/**
 * Serves the example organisation by itself, for looking at it: `node scripts/example.ts [PORT]`, then open /walk-in/governance (or
 * owner, approver, iam, help-desk, auditor, board, administrator, or an account name) to be signed in as that person.
 */
import { serve } from "@hono/node-server";
import { Hono } from "hono";

import { PERSONAS } from "../src/example-organisation/company.ts";
import { openExampleOrganisation } from "../test/support/example-organisation.ts";

const port = Number(process.argv[2] ?? "8090");
const origin = `http://localhost:${port}`;
process.stdout.write("Playing the year, where it has not been played yet…\n");
const example = await openExampleOrganisation({ origin });
const http = new Hono();
http.get("/walk-in/:who", async (context) => {
  const cookie = await example.cookieOf(context.req.param("who"));
  return context.body(null, 303, { Location: "/", "Set-Cookie": `${cookie}; Path=/; HttpOnly; SameSite=Strict` });
});
http.all("*", (context) => example.app.http.fetch(context.req.raw, context.env));
const server = serve({ fetch: http.fetch, port, hostname: "localhost" });
for (const { key, title } of PERSONAS) process.stdout.write(`${origin}/walk-in/${key}   ${title}\n`);
process.once("SIGINT", () => {
  server.close();
  void example.close();
});

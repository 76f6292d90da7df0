/** What a provider's secret must never get into: answers, the log, the journal, the operator's pages. Told by a real slapd. */
import { expect, onTestFinished, test } from "vitest";

import { executeSql } from "../../src/platform/db.ts";
import { codeOf, succeeded } from "../support/browser.ts";
import { openPlants, settingsFor } from "../support/slapd-plants.ts";
import { slapdMissing, startSlapd } from "../support/slapd.ts";
import { openWholeApp, ORIGIN } from "../support/whole-app.ts";

test("a secret that is right, wrong or refused, and a provider that is not trusted or away, leave no secret anywhere", async ({ skip }) => {
  const missing = slapdMissing();
  if (missing !== undefined) skip(missing);
  const slapd = await startSlapd();
  const plants = openPlants(slapd);
  const story = await openWholeApp();
  onTestFinished(async () => {
    await story.close();
    await plants.close();
    await slapd.close();
  });
  const { secret, ...config } = settingsFor(slapd);
  const wrong = "Wrong-Secret-4711";
  const heard: string[] = [];
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await story.admin.ask(method, path, body);
    heard.push(JSON.stringify([answer.body, [...answer.headers]]));
    return answer;
  };
  const connect = (key: string, more: object) =>
    ask("POST", "/api/v1/connections", { key, name: "OpenLDAP", kind: "openldap", config, secret, ...more });

  expect(codeOf(await connect("wrong", { secret: wrong }))).toBe("connections.unreachable");
  expect(codeOf(await connect("untrusted", { config: { ...config, caPem: undefined } }))).toBe("connections.unreachable");
  expect(codeOf(await connect("misplaced", { config: { ...config, bindPassword: secret } }))).toBe("connections.configInvalid");
  const { id } = succeeded(await connect("ldap", {})).body as { id: string };
  const at = `/api/v1/connections/${id}`;
  expect(codeOf(await ask("POST", `${at}/secret`, { secret: wrong }))).toBe("connections.unreachable");
  succeeded(await ask("POST", `${at}/secret`, { secret }));
  succeeded(await ask("POST", `${at}/scan`, {}));
  await slapd.stop();
  expect((await ask("GET", `${at}/health`)).body).toMatchObject({ reachable: false });
  expect(codeOf(await ask("POST", `${at}/scan`, {}))).toBe("connections.unreachable");
  await story.app.tick.tickOnce(story.clock.now());
  await ask("GET", "/api/v1/connections");

  for (const path of ["/metrics", "/readyz", "/healthz"]) {
    const page = await story.app.http.fetch(new Request(ORIGIN + path));
    heard.push(await page.text());
  }
  const { rows } = await executeSql(story.app.database.db, "select body from journal_entry");
  const kept = await executeSql(story.app.database.db, "select to_jsonb(s)::text as row from connection_secret s");
  const connections = await executeSql(story.app.database.db, "select coalesce(jsonb_agg(to_jsonb(c))::text, '') as row from connection c");
  const everything = [heard, story.logged, rows, kept.rows, connections.rows].map((each) => JSON.stringify(each)).join("\n");
  expect(everything).toContain(id);
  for (const one of [secret, wrong]) {
    for (const form of [one, Buffer.from(one).toString("base64"), encodeURIComponent(one)]) expect(everything).not.toContain(form);
  }
});

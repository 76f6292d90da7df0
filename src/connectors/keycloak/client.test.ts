import { expect, test } from "vitest";

import { openToldRealm, type Told } from "./told-realm.suite.ts";

const PERSON = { id: "kim", username: "kim" };

/** A realm that answers a sign-in so, as often as told, before it lets us in. */
const openBusy = (told: Told, often: number) => {
  let signIns = 0;
  return openToldRealm(({ path }) => {
    if (path !== "token") return { json: path === "/users" ? [PERSON] : PERSON };
    return ++signIns <= often ? told : undefined;
  });
};

test.each([
  ["429", { status: 429 }],
  ["503 and to come back at once", { status: 503, headers: { "retry-after": "0" } }],
  ["500", { status: 500 }],
  ["503", { status: 503 }],
])("a sign-in that is answered %s is tried again", async (_, told) => {
  const { connector } = await openBusy(told, 2);
  expect(await connector.findSubject("kim")).toMatchObject({ key: "kim" });
});

test("a sign-in that has to wait longer is told as throttled, with how long", async () => {
  const { connector } = await openBusy({ status: 429, headers: { "retry-after": "3600" } }, 1);
  await expect(connector.findSubject("kim")).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 3_600_000 });
});

test("a server that is not well at a sign-in is told as unreachable, so that a long reading keeps its place", async () => {
  const { connector } = await openBusy({ status: 500, json: { error: "unknown_error" } }, 100);
  await expect(connector.findSubject("kim")).rejects.toMatchObject({ kind: "unreachable" });
});

test("what a server says of a refused sign-in is told without the secret, on one line and not at length", async () => {
  const error = `very-secret\r\n\u001B[31m${Buffer.from("postern:very-secret").toString("base64")}${"!".repeat(5000)}`;
  const { connector } = await openBusy({ status: 401, json: { error } }, 100);
  const words = await connector.findSubject("kim").then(String, String);
  expect(words).not.toMatch(/very-secret|cG9zdGVybj|\p{Cc}/u);
  expect(words.length).toBeLessThan(600);
});

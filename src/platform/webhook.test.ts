import { createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import { manualClock } from "./clock.ts";
import { mayConnect } from "./addresses.ts";
import { createWebhook, newWebhookKey, webhookPublicKey } from "./webhook.ts";

interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => server?.close());

/** A chat tool of ours: what it was sent, and how it answers. */
async function receiver(answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end()) {
  const posts: Post[] = [];
  const made = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      posts.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString("utf8") });
      answer(response);
    });
  });
  server = made;
  made.listen(0, "127.0.0.1");
  await once(made, "listening");
  return { url: new URL(`http://localhost:${(made.address() as AddressInfo).port}/hook`), posts };
}

/** As a receiver writes it, from the published key and nothing else. */
function isGenuine({ headers, body }: Post, published: string): boolean {
  const x = Buffer.from(published.replace(/^whpk_/, ""), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  const given = (headers["webhook-signature"] ?? "").split(" ").filter((each) => each.startsWith("v1a,"));
  return given.some((each) => verify(null, signed, key, Buffer.from(each.slice(4), "base64")));
}

const clock = manualClock(instant("2026-03-02T09:00:00Z"));
const key = newWebhookKey();

describe("a post", () => {
  test("is genuine to whoever has the published key, and not any more when a letter of it is changed", async () => {
    const { url, posts } = await receiver();
    expect(await createWebhook(url, key, clock).post("ntf_1", { text: "Überprüfung" })).toEqual({
      kind: "accepted",
      words: "answered 204",
    });
    const [post] = posts as [Post];
    const published = webhookPublicKey(key);
    expect(published).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(JSON.parse(post.body)).toEqual({ text: "Überprüfung" });
    expect(post.headers["webhook-timestamp"]).toBe("1772442000");
    expect(isGenuine(post, published)).toBe(true);
    expect(isGenuine({ ...post, body: post.body.replace("Ü", "U") }, published)).toBe(false);
    expect(isGenuine({ ...post, headers: { ...post.headers, "webhook-timestamp": "1772442001" } }, published)).toBe(false);
    expect(isGenuine({ ...post, headers: { ...post.headers, "webhook-id": "ntf_2" } }, published)).toBe(false);
    expect(isGenuine(post, webhookPublicKey(newWebhookKey()))).toBe(false);
  });

  test.each([
    [503, "deferred"],
    [429, "deferred"],
    [404, "refused"],
    [410, "refused"],
  ])("answered %i is %s", async (status, kind) => {
    const { url } = await receiver((response) => response.writeHead(status).end("secret of the inside"));
    expect(await createWebhook(url, key, clock).post("ntf_1", {})).toEqual({ kind, words: `answered ${status}` });
  });

  test("follows no redirect", async () => {
    const { url, posts } = await receiver((response) => response.writeHead(307, { Location: "/elsewhere" }).end());
    expect((await createWebhook(url, key, clock).post("ntf_1", {})).kind).toBe("refused");
    expect(posts).toHaveLength(1);
  });

  test("to nobody, or to one who hangs up, is tried again", async () => {
    const { url } = await receiver((response) => response.destroy());
    expect((await createWebhook(url, key, clock).post("ntf_1", {})).kind).toBe("deferred");
    const gone = new URL("http://localhost:1/");
    expect((await createWebhook(gone, key, clock).post("ntf_1", {})).kind).toBe("deferred");
  });

  test("takes nothing of an answer but its status: one that never ends is hung up on", async () => {
    const hungUp = Promise.withResolvers<void>();
    let written = 0;
    const { url } = await receiver((response) => {
      response.writeHead(200);
      const fill = () => {
        while (!response.destroyed && response.write("x".repeat(65_536))) written += 1;
      };
      response.on("drain", fill).on("close", () => hungUp.resolve());
      fill();
    });
    expect(await createWebhook(url, key, clock).post("ntf_1", {})).toEqual({ kind: "accepted", words: "answered 200" });
    await hungUp.promise;
    // What the network's buffers took before it hung up, and not the megabytes that would follow.
    expect(written).toBeLessThan(500);
  });

  test("is held genuine by the receiver that the manual shows, for five minutes, and no other is", async () => {
    const page = readFileSync(new URL("../../docs/operate/messages.md", import.meta.url), "utf8");
    const code = /```js\n([^]*?)```/.exec(page)![1]!;
    const shown = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as {
      isFromPostern(headers: object, body: string, key: string, nowSeconds: number): boolean;
    };
    const { url, posts } = await receiver();
    await createWebhook(url, key, clock).post("ntf_1", { text: "Überprüfung" });
    const [{ headers, body }] = posts as [Post];
    const published = webhookPublicKey(key);
    const at = Number(headers["webhook-timestamp"]);
    expect([-300, 0, 300].map((later) => shown.isFromPostern(headers, body, published, at + later))).toEqual([true, true, true]);
    expect([-301, 301, 86_400].map((later) => shown.isFromPostern(headers, body, published, at + later))).toEqual([false, false, false]);
    expect(shown.isFromPostern(headers, `${body} `, published, at)).toBe(false);
    expect(shown.isFromPostern({ ...headers, "webhook-id": "ntf_2" }, body, published, at)).toBe(false);
    // Replayed under a newer time it is not what was signed.
    expect(shown.isFromPostern({ ...headers, "webhook-timestamp": String(at + 600) }, body, published, at + 600)).toBe(false);
    expect(shown.isFromPostern({ ...headers, "webhook-timestamp": "soon" }, body, published, at)).toBe(false);
    expect(shown.isFromPostern(headers, body, webhookPublicKey(newWebhookKey()), at)).toBe(false);
  });

  test("under a name that leads to this machine goes nowhere: the address is judged, not the name", async () => {
    const { url, posts } = await receiver();
    url.hostname = "chat.localhost";
    const result = await createWebhook(url, key, clock).post("ntf_1", {});
    expect(result.kind).toBe("deferred");
    expect(posts).toEqual([]);
  });
});

test.each([
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "fe80::1",
  "0.0.0.0",
  "::",
  "224.0.0.1",
  "255.255.255.255",
  "127.0.0.1",
  "::1",
  "::ffff:127.0.0.1",
  "100.100.100.200",
  "192.0.0.192",
  "64:ff9b::a9fe:a9fe",
  "fd00:ec2::254",
])("%s is connected to by no name", (address) => expect(mayConnect(address, false)).toBe(false));

test.each(["10.0.0.5", "192.168.1.1", "203.0.113.9", "2001:db8::1", "fd12::1", "64:ff9b::a00:5"])("%s may be a chat", (address) =>
  expect(mayConnect(address, false)).toBe(true),
);

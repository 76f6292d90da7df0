/**
 * Posts to one address that the operator configured, signed as Standard Webhooks describes (`v1a`, Ed25519): whoever has the
 * published key can check it, and nobody but us can make it. docs/decisions/0012-reaching-people.md says why.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

import type { Clock } from "../kernel/time.ts";
import { epochMs } from "../kernel/time.ts";
import { guardedLookup, isLoopback } from "./addresses.ts";
import { answerLine, type SendResult } from "./send-result.ts";

export interface Webhook {
  /** Never throws for what a server or the network does: that is a result. The same `id` for every try. */
  post(id: string, body: object): Promise<SendResult>;
}

/** PEM, PKCS #8. */
export function newWebhookKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
}

/** `whpk_` and the 32 bytes of the public key as base64: what a receiver needs and nothing else. */
export function webhookPublicKey(pem: string): string {
  const { x } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
  return `whpk_${Buffer.from(x!, "base64url").toString("base64")}`;
}

const ANSWER_MS = 15_000;
/** Answers that say: later. */
const LATER = [408, 425, 429];

export function createWebhook(url: URL, privateKeyPem: string, clock: Clock): Webhook {
  const key = createPrivateKey(privateKeyPem);
  return {
    async post(id, content) {
      const body = JSON.stringify(content);
      const timestamp = String(Math.floor(epochMs(clock.now()) / 1000));
      const signature = sign(null, Buffer.from(`${id}.${timestamp}.${body}`), key).toString("base64");
      const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1a,${signature}` };
      try {
        return resultOf(await send(url, body, headers));
      } catch (error) {
        return { kind: "deferred", words: answerLine(error instanceof Error ? error.message : "no answer") };
      }
    },
  };
}

/** Redirects are not followed: the address was given by the operator, and nobody else may change it. */
function resultOf(status: number): SendResult {
  const words = `answered ${status}`;
  if (status >= 200 && status < 300) return { kind: "accepted", words };
  if (status >= 500 || LATER.includes(status)) return { kind: "deferred", words };
  return { kind: "refused", words: status >= 300 && status < 400 ? `${words}: redirects are not followed` : words };
}

/** The status alone. What the answer says is not read: nothing that comes back can be shown to anybody. */
function send(url: URL, body: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body), "user-agent": "Postern" },
        lookup: guardedLookup(isLoopback(url.hostname)),
        signal: AbortSignal.timeout(ANSWER_MS),
      },
      (answer) => {
        answer.on("error", () => undefined).destroy();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

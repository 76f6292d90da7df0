/**
 * Proof of possession (RFC 9449), which Okta asks of new service applications: a token is worth nothing to whoever does not hold the key
 * it was bound to. The key is made when the connector is, and never leaves memory.
 */
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";

import { epochMs, type Instant } from "../../kernel/time.ts";
import type { Wire, WireRequest } from "../http/wire.ts";

export const DPOP = "DPoP ";

/** Proves one request: for a token by the nonce Okta gave, for anything else by the token. */
export type Prove = (
  request: Pick<WireRequest, "method" | "url">,
  by: { readonly nonce?: string | undefined; readonly token?: string },
) => string;

export function createPossession(now: () => Instant): Prove {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: publicKey.export({ format: "jwk" }) };
  return ({ method, url }, { nonce, token }) => {
    const claims = {
      htm: method,
      htu: `${url.origin}${url.pathname}`,
      iat: Math.floor(epochMs(now()) / 1000),
      jti: randomUUID(),
      nonce,
      ath: token === undefined ? undefined : createHash("sha256").update(token).digest("base64url"),
    };
    const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return `${signed}.${signature.toString("base64url")}`;
  };
}

/** Each request with a bound token carries a proof of its own, also when it is sent again. */
export function provingWire(wire: Wire, prove: Prove): Wire {
  return {
    close: () => wire.close(),
    send: (request) => {
      const { authorization = "" } = request.headers;
      if (!authorization.startsWith(DPOP)) return wire.send(request);
      return wire.send({ ...request, headers: { ...request.headers, dpop: prove(request, { token: authorization.slice(DPOP.length) }) } });
    },
  };
}

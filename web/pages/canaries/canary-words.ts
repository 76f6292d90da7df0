import type { CanaryView } from "../../../src/canaries/contract.ts";
import type { Sign } from "../../parts/tone.ts";

type Way = CanaryView["way"]["kind"];

export const WAY_WORDS: Readonly<Record<Way, string>> = {
  password: "Password, at its directory",
  certificate: "Certificate",
  openid: "At an OpenID provider",
  bearer: "Token, at relying parties",
  cookie: "Cookie, at relying parties",
};

export const GRANT_WORDS = { client_credentials: "Client credentials", refresh_token: "Refresh token", password: "Password" } as const;
export type Grant = keyof typeof GRANT_WORDS;

/** What its secret is called. */
export function secretWords(way: Way, grant: Grant): string {
  if (way === "openid") return { client_credentials: "Secret of the client", refresh_token: "Refresh token", password: "Password" }[grant];
  return { password: "Password", certificate: "Private key (PEM)", bearer: "Token", cookie: "Value of the cookie" }[way];
}

export const ANSWER_SIGNS = {
  let_in: { word: "Let in", tone: "ok", shape: "shut" },
  refused: { word: "Refused", tone: "bad", shape: "crossed" },
  none: { word: "Could not be asked", tone: "unknown", shape: "question" },
} as const satisfies Record<string, Sign>;

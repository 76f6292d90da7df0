/** Secrets we hand out: 256 random bits, kept as SHA-256 only. No salt or slow hash: nobody guesses 256 bits. */
import { createHash, randomBytes } from "node:crypto";

export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Tokens say what they are, so that a scanner that finds one in a repository can say so too. */
export const CLI_TOKEN_PREFIX = "postern_cli_";

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** `sha256:` and hex: how content is named everywhere in Postern. */
export function contentHashOf(text: string): string {
  return `sha256:${hashSecret(text)}`;
}

/** What a PKCE challenge (S256, RFC 7636) is of its verifier. */
export function pkceChallenge(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

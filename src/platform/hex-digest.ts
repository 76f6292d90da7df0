import { hash } from "node:crypto";

/** SHA-256 in hexadecimal. */
export function hexDigest(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}

/** The key that signs posts to chat tools: one for all replicas, sealed, made at the first start. */
import { newWebhookKey, webhookPublicKey } from "../platform/webhook.ts";
import { type Seal, SealFault } from "../platform/seal.ts";
import type { CalendarStore } from "./calendar-store.ts";

export interface WebhookKey {
  /** PEM. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Where the seal's key was lost a new key is made: receivers then have to be given its public half. */
export async function loadWebhookKey(store: CalendarStore, seal: Pick<Seal, "seal" | "open" | "isCurrent">): Promise<WebhookKey> {
  const kept = await store.signingKey();
  const readable = kept === undefined ? undefined : opened(seal, kept.sealed);
  const privateKey = readable ?? newWebhookKey();
  const publicKey = webhookPublicKey(privateKey);
  if (readable !== undefined && kept !== undefined && seal.isCurrent(kept.sealed)) return { privateKey, publicKey };
  const sealed = seal.seal(privateKey);
  if (kept === undefined) await store.keepSigningKey(publicKey, sealed);
  else await store.replaceSigningKey(publicKey, sealed, kept.sealed);
  const now = await store.signingKey();
  if (now === undefined || now.sealed === sealed) return { privateKey, publicKey };
  return { privateKey: seal.open(now.sealed), publicKey: now.publicKey };
}

function opened(seal: Pick<Seal, "open">, sealed: string): string | undefined {
  try {
    return seal.open(sealed);
  } catch (error) {
    if (error instanceof SealFault) return undefined;
    throw error;
  }
}

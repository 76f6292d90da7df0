/** Okta's own SDK, unmodified, as a second client of the fake. */
import okta from "@okta/okta-sdk-nodejs";

import type { FakeOkta } from "./server.ts";

/** It demands HTTPS of whoever does not say that this is a test; its types do not know the word. */
const TESTING = { testing: { disableHttpsCheck: true } };

/** Signs in as an administrator. */
export function sdkFor(fake: FakeOkta) {
  const config = { orgUrl: fake.url, token: fake.clients.adminToken, ...TESTING };
  return new okta.Client(config);
}

/** Signs in as a service application does, by its key. */
export function sdkByKey(fake: FakeOkta, clientId: string, privateKey: string, scopes: readonly string[]) {
  const signIn = { authorizationMode: "PrivateKey", clientId, scopes: [...scopes], privateKey, keyId: "key-1" };
  const config = { orgUrl: fake.url, ...signIn, ...TESTING };
  return new okta.Client(config);
}

export async function all<T>(collection: { each: (visit: (item: T | null) => unknown) => Promise<unknown> }): Promise<T[]> {
  const items: T[] = [];
  await collection.each((item) => {
    if (item !== null) items.push(item);
  });
  return items;
}

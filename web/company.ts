/** Signing in through the company's provider: there, and back with its answer. */
import { queryOptions } from "@tanstack/react-query";

import { beginCompanySignIn, connectCompanyAccount, finishCompanySignIn, readCompanySignIn } from "../src/access/contract-company.ts";
import type { ReplyOf } from "../src/kernel/contract.ts";
import { call } from "./api.ts";
import { assert, deviceWords } from "./passkeys.ts";

/** What the provider is called; no name where none is configured. */
export const companyQuery = queryOptions({
  queryKey: [readCompanySignIn.id],
  queryFn: ({ signal }) => call(readCompanySignIn, {}, { signal, asksToSignIn: false }),
  staleTime: Infinity,
});

/** Leaves for the provider, to come back to `to`. Throws {@link CallFailed} when it does not answer. */
export async function leaveForCompany(to: string): Promise<void> {
  const { redirect } = await call(beginCompanySignIn, { body: { to, label: deviceWords() } }, { asksToSignIn: false });
  location.assign(redirect);
}

/** Leaves for the provider to connect one's account there, signed with a passkey. */
export async function leaveToConnect(person: string, to: string): Promise<void> {
  const assertion = await assert("access.connectAccount", person);
  const { redirect } = await call(connectCompanyAccount, { body: { to, assertion } });
  location.assign(redirect);
}

/**
 * What the provider sent the browser back with. It stands behind `#`, which browsers send to no server; a provider that cannot
 * put it there puts it before.
 */
export function companyAnswer(): string {
  return location.hash === "" ? location.search.slice(1) : location.hash.slice(1);
}

export async function finishAtCompany(answer: string): Promise<ReplyOf<typeof finishCompanySignIn>> {
  return await call(finishCompanySignIn, { body: { answer } }, { asksToSignIn: false });
}

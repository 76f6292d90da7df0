/** What the caller's roles allow, only to show it: the server decides. It is read from the contracts, so the two cannot differ. */
import type { Endpoint } from "../src/kernel/contract.ts";
import { rolesWords } from "./words.ts";

/** Why somebody with these roles may not call an endpoint; undefined when they may. */
export function whyNotCall(endpoint: Endpoint, roles: readonly string[]): string | undefined {
  const { access } = endpoint;
  if (typeof access === "string" || access.some((role) => roles.includes(role))) return undefined;
  return `Only ${rolesWords(access)} may do this.`;
}

/** True when pages about it should be shown at all. */
export function mayCall(endpoint: Endpoint, roles: readonly string[]): boolean {
  return whyNotCall(endpoint, roles) === undefined;
}

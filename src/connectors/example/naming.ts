/** How objects of the example directory are called, for people to read. Pure. */
import { policyOf } from "./directory.ts";
import { COMPANY } from "./people.ts";

/** What carries a way around the policy: the account itself, or the exemption group (one for each exception). */
export function objectOf(policy: string, name: string, ref?: string): string {
  if (policyOf(policy)?.shape !== "group") return `uid=${name},o=${COMPANY}`;
  return ref === undefined ? `cn=${policy}-exempt,o=${COMPANY}` : `cn=${policy}-${ref},ou=postern,o=${COMPANY}`;
}

/** The same subject, policy and exception have one opening. */
export function grantKey(policy: string, ref: string, subject: string): string {
  return `grant:${policy}:${subject}:${ref}`;
}

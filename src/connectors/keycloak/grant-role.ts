/**
 * The role of one grant: for one person, one exception and one policy. It contains the exemption role, so whoever is given it is
 * exempt, and taking the role itself away takes all of it away at once. What it is for is written on it.
 */
import type { Instant } from "../../kernel/time.ts";
import { parseInstant } from "../../kernel/time.ts";
import type { GrantOrder } from "../port.ts";
import type { KeycloakRole } from "./shapes.ts";

export interface GrantRole {
  readonly ref: string;
  readonly policy: string;
  readonly subject: string;
  readonly until: Instant | undefined;
}

const MARK = { ref: "postern.exception", policy: "postern.policy", subject: "postern.subject", until: "postern.until" } as const;

export function nameOfGrant({ ref, policy, subject }: Pick<GrantOrder, "ref" | "policy" | "subject">): string {
  return `${ref}.${policy}.${subject.key}`;
}

export function grantRepresentation(order: GrantOrder) {
  return {
    name: nameOfGrant(order),
    description: `${order.subject.name} may sign in without what ${order.policy} demands, by exception ${order.ref}. Made and removed by Postern.`,
    attributes: {
      [MARK.ref]: [order.ref],
      [MARK.policy]: [order.policy],
      [MARK.subject]: [order.subject.key],
      [MARK.until]: [order.validUntil],
    },
  };
}

/** What a role was made for; undefined when it is not one of ours, or no longer as we made it. */
export function grantOf({ name, attributes }: KeycloakRole): GrantRole | undefined {
  const [ref, policy, subject] = [MARK.ref, MARK.policy, MARK.subject].map((key) => attributes?.[key]?.[0]);
  if (ref === undefined || policy === undefined || subject === undefined) return undefined;
  if (name !== `${ref}.${policy}.${subject}`) return undefined;
  return { ref, policy, subject, until: parseInstant(attributes?.[MARK.until]?.[0] ?? "") };
}

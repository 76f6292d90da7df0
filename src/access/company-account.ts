/** An account at the company's OpenID provider that lets one person in. Named by issuer and subject, never by a name or an address. */
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";

export interface ConnectedAccount {
  readonly id: Id<"companyAccount">;
  readonly person: string;
  readonly issuer: string;
  /** `sub`: the provider's own name for the account, never given to another one (OpenID Connect Core, 2). */
  readonly subject: string;
  readonly connectedAt: Instant;
}

export type CompanyAccount = ConnectedAccount &
  ({ readonly state: "connected" } | { readonly state: "disconnected"; readonly disconnectedAt: Instant });

/** Whose word it was that the account is this person's. */
export type ConnectedVia =
  /** The person's own, signed with their passkey. */
  | { readonly kind: "passkey"; readonly assertion: string }
  /** A directory's: the provider named an account that the directory says is this person's. */
  | { readonly kind: "directory"; readonly connection: string; readonly key: string };

/** How the provider says somebody signed in there. */
export interface Authentication {
  readonly acr: string | null;
  readonly amr: readonly string[];
}

export type CompanyAccountEvent =
  | { readonly type: "connected"; readonly data: ConnectedAccount & { readonly via: ConnectedVia } }
  | { readonly type: "signedIn"; readonly data: Authentication & { readonly session: string } }
  | { readonly type: "disconnected"; readonly data: { readonly at: Instant; readonly assertion: string } };

export const TRANSITIONS: readonly Transition<CompanyAccount["state"], CompanyAccountEvent["type"]>[] = [
  ...from(["nothing"], "connected", "connected"),
  ...from(["connected"], "signedIn", "connected"),
  ...from(["connected"], "disconnected", "disconnected"),
];

export function evolve(state: CompanyAccount | undefined, event: CompanyAccountEvent): CompanyAccount {
  if (event.type === "connected") {
    const { via: _, ...facts } = event.data;
    return { ...facts, state: "connected" };
  }
  if (state === undefined) throw new RangeError(`${event.type} before connected`);
  switch (event.type) {
    case "signedIn":
      return state;
    case "disconnected":
      return { ...state, state: "disconnected", disconnectedAt: event.data.at };
  }
}

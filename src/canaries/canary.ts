/** An account that exists to be tried: what drills sign in with. Its secret is sealed apart and never part of this. */
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";

export const GRANTS = ["client_credentials", "refresh_token", "password"] as const;

/** How it gets in, and so what its secret is. */
export type CanaryWay =
  /** By the bind of its connection: a password. */
  | { readonly kind: "password" }
  /** At a directory or a TLS endpoint: the private key of this certificate (PEM). */
  | { readonly kind: "certificate"; readonly certificatePem: string }
  /** At an OpenID provider: the client's secret, a refresh token, or a password. */
  | {
      readonly kind: "openid";
      readonly issuer: string;
      readonly clientId: string;
      readonly grant: (typeof GRANTS)[number];
      readonly scope: string | null;
    }
  /** What relying parties were given once: a token, or the value of a cookie. */
  | { readonly kind: "bearer" }
  | { readonly kind: "cookie"; readonly name: string };

/** What an account is tried for. `method`: the kind of its way, or the grant of an OpenID provider; null for whichever there is. */
export interface CanaryUse {
  readonly does: "bind" | "signIn" | "useMethod";
  readonly method: string | null;
}

const USES: Readonly<Record<CanaryUse["does"], readonly CanaryWay["kind"][]>> = {
  bind: ["password", "certificate"],
  signIn: ["password", "certificate", "openid"],
  useMethod: ["password", "certificate", "openid"],
};

/** Whether a way is tried for a use; to use a method is nothing where none is named. */
export function isUsedFor(way: CanaryWay, { does, method }: CanaryUse): boolean {
  if (!USES[does].includes(way.kind) || (does === "useMethod" && method === null)) return false;
  return method === null || way.kind === method || (way.kind === "openid" && way.grant === method);
}

/** The account as its directory knows it, where exceptions are granted to it for drills. */
export interface CanarySubject {
  readonly key: string;
  readonly name: string;
}

export interface Canary {
  readonly id: Id<"canary">;
  /** Slug; unique, never changes. */
  readonly key: string;
  readonly name: string;
  /** Key of the connection it signs in at; null where its way says where. */
  readonly connection: string | null;
  /** As it is given at the sign-in: a distinguished name, a user principal name, a user name. */
  readonly account: string;
  readonly subject: CanarySubject | null;
  readonly way: CanaryWay;
  /** Origins (https://rp.example.org) it may be shown to, and no others. */
  readonly shownTo: readonly string[];
  /** Key of another canary that is good: where that one is taken, a refusal of this one means something. */
  readonly control: string | null;
  readonly secretFingerprint: string;
  readonly status: "active" | "removed";
  readonly addedAt: Instant;
  readonly addedBy: string;
}

export type CanaryEvent =
  | { readonly type: "added"; readonly data: Omit<Canary, "status"> }
  | { readonly type: "secretChanged"; readonly data: { readonly secretFingerprint: string } }
  | { readonly type: "removed"; readonly data: { readonly reason: string } };

export const TRANSITIONS: readonly Transition<Canary["status"], CanaryEvent["type"]>[] = [
  ...from(["nothing"], "added", "active"),
  ...from(["active"], "secretChanged", "active"),
  ...from(["active"], "removed", "removed"),
];

/** Folds one event. */
export function evolve(state: Canary | undefined, event: CanaryEvent): Canary {
  if (event.type === "added") return { ...event.data, status: "active" };
  if (state === undefined) throw new RangeError(`${event.type} before added`);
  if (event.type === "removed") return { ...state, status: "removed" };
  return { ...state, secretFingerprint: event.data.secretFingerprint };
}

/** What lists are made of, and verified with the state. */
export function columnsOf({ key, status, connection, account, subject }: Canary): Readonly<Record<string, unknown>> {
  return { key, status, connection, account, subject_key: subject?.key ?? null };
}

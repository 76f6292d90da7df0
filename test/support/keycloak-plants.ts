/** People and bypasses in the test realm, made as an administrator of that realm would. */
import { randomBytes } from "node:crypto";

import { keycloakConfig } from "../../src/connectors/keycloak/config.ts";
import type { KeycloakSettings } from "../../src/connectors/keycloak/config.ts";
import type { ProviderSubject } from "../../src/connectors/port.ts";
import { type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { clientUuid, REALM_LAYOUT } from "./keycloak-realm.ts";
import type { Keycloak } from "./keycloak.ts";

export const machineNow = (): Instant => instantOfEpochMs(Date.now());

export interface PlantedPerson {
  readonly subject: ProviderSubject;
  readonly password: string;
}

export type KeycloakPlants = Awaited<ReturnType<typeof openKeycloakPlants>>;

/** `admin` may be of the realm itself: its name is in the log then. */
export async function openKeycloakPlants({ admin }: Keycloak) {
  const { realm, exemptions, role } = REALM_LAYOUT;
  const at = `/${realm}`;
  const holder = await clientUuid(admin, exemptions);
  const exemption = (await admin("GET", `${at}/clients/${holder}/roles/${role}`)) as { id: string; name: string };
  const mappings = (key: string) => `${at}/users/${key}/role-mappings/clients/${holder}`;

  return {
    async person(username: string, more: Record<string, unknown> = {}): Promise<PlantedPerson> {
      const password = `Person-${randomBytes(9).toString("hex")}`;
      const body = {
        username,
        enabled: true,
        credentials: [{ type: "password", value: password, temporary: false }],
        ...complete(username),
        ...more,
      };
      const key = String(await admin("POST", `${at}/users`, body));
      return { subject: { kind: "user", key, name: username }, password };
    },
    remove: (key: string) => admin("DELETE", `${at}/users/${key}`),
    exempt: (key: string) => admin("POST", mappings(key), [exemption]),
    undo: (key: string) => admin("DELETE", mappings(key), [exemption]),
    async group(name: string, members: readonly string[], parent?: string): Promise<string> {
      const id = String(
        await admin("POST", parent === undefined ? `${at}/groups` : `${at}/groups/${parent}/children`, { name }).then(idOf),
      );
      for (const key of members) await admin("PUT", `${at}/users/${key}/groups/${id}`, {});
      return id;
    },
    exemptGroup: (id: string) => admin("POST", `${at}/groups/${id}/role-mappings/clients/${holder}`, [exemption]),
    /** The keys of everybody in the realm. */
    async people(): Promise<readonly string[]> {
      return ((await admin("GET", `${at}/users?max=10000`)) as { id: string }[]).map(({ id }) => id);
    },
    async unmapGrant(key: string, name: string): Promise<void> {
      const grant = await admin("GET", `${at}/clients/${holder}/roles/${encodeURIComponent(name)}`);
      await admin("DELETE", mappings(key), [grant]);
    },
    /** Copies the roles Postern made; `putBack` makes them again as an administrator, as a restore would. */
    async copyGrants(): Promise<{ putBack(): Promise<void> }> {
      const roles = `${at}/clients/${holder}/roles`;
      const made = (await admin("GET", `${roles}?briefRepresentation=false`)) as { name: string; attributes?: Record<string, string[]> }[];
      const grants = made.filter(({ attributes }) => attributes?.["postern.subject"] !== undefined);
      return {
        async putBack() {
          for (const { name, attributes } of grants) {
            await admin("POST", roles, { name, attributes });
            const path = `${roles}/${encodeURIComponent(name)}`;
            await admin("POST", `${path}/composites`, [exemption]);
            await admin("POST", mappings(attributes!["postern.subject"]![0]!), [await admin("GET", path)]);
          }
        },
      };
    },
  };
}

/** The server asks for what is missing of a profile at the first sign-in. */
function complete(username: string) {
  return { email: `${username}@acme.test`, emailVerified: true, firstName: "Person", lastName: username };
}

/** A child group is answered whole, a top-level one by its place alone. */
function idOf(made: unknown): unknown {
  return typeof made === "object" && made !== null && "id" in made ? made.id : made;
}

export function keycloakSettings(url: string, more: Record<string, unknown> = {}): KeycloakSettings {
  const { realm, role, service } = REALM_LAYOUT;
  const { secret = service.secret, ...rest } = more;
  const config = keycloakConfig.parse({
    url,
    realm,
    clientId: service.clientId,
    policies: [{ key: "passkey", title: "Sign-in by passkey", role }],
    ...rest,
  });
  return { ...config, secret: secret as string };
}

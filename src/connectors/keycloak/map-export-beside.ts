/** What an exported realm tells of ways in beside the sign-in page. */
import {
  type BesideFacts,
  type ClientOfItsOwn,
  isImpersonation,
  letsPeopleIn,
  type ListedIdentityProvider,
  signsInBySecret,
} from "./map-beside.ts";
import { type ExportedPeople, heldRolesWith, keyOf } from "./map-export-people.ts";
import { type Flow, missingFlow } from "./map-flow.ts";

export interface ExportedBeside {
  readonly realm: string;
  readonly registrationAllowed: boolean;
  readonly identityProviders: readonly (ListedIdentityProvider & {
    readonly alias: string;
    readonly postBrokerLoginFlowAlias?: string | null | undefined;
  })[];
  readonly clients?: readonly ClientOfItsOwn[] | undefined;
  readonly adminPermissionsClient?: { readonly clientId: string } | null | undefined;
}

export function besideOf(
  realm: ExportedBeside,
  people: ExportedPeople,
  told: Pick<BesideFacts, "roleExists" | "requiredActions"> & { readonly byAlias: (alias: string) => Flow | undefined },
): BesideFacts {
  const accounts = new Map(people.users.map((user) => [user.serviceAccountClientId, { key: keyOf(user), name: user.username }]));
  return {
    realm: realm.realm,
    roleExists: told.roleExists,
    requiredActions: told.requiredActions,
    identityProviders: realm.identityProviders.filter(letsPeopleIn).map(({ alias, postBrokerLoginFlowAlias: flow }) => ({
      alias,
      afterwards: flow ? (told.byAlias(flow) ?? missingFlow(flow)) : undefined,
    })),
    mayRegister: realm.registrationAllowed,
    secrets: (realm.clients ?? [])
      .map((client) => asServerTakesIt(realm, client))
      .filter(signsInBySecret)
      .map((client) => ({ client, account: accounts.get(client.clientId) })),
    impersonators: impersonatorsIn(people),
  };
}

/** Of what is not said the server makes a secret; but for its own client for permissions, which has none. */
function asServerTakesIt({ adminPermissionsClient: own }: ExportedBeside, client: ClientOfItsOwn): ClientOfItsOwn {
  return client.clientId === own?.clientId
    ? client
    : { ...client, clientAuthenticatorType: client.clientAuthenticatorType ?? "client-secret" };
}

function impersonatorsIn(people: ExportedPeople): BesideFacts["impersonators"] {
  return Object.entries(people.roles?.client ?? {}).flatMap(([client, roles]) =>
    roles
      .filter(({ name }) => isImpersonation(people.realm, client, name))
      .map(({ name }) => ({ role: `${client}.${name}`, heldBy: heldRolesWith(people, `${client}.${name}`) }))
      .filter(({ heldBy }) => heldBy.length > 0),
  );
}

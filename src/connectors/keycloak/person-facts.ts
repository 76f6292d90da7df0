/** What a flow's conditions ask of one person: roles and attributes, as the realm itself tells them. */
import { z } from "zod";

import type { Realm } from "./client.ts";
import type { Context } from "./context.ts";
import type { PersonFacts } from "./evaluate.ts";
import { groupsAround } from "./holdings.ts";
import type { Flow } from "./map-flow.ts";
import { conditionsIn, ofEverybody, rolesIn } from "./map-findings.ts";
import { findRole } from "./realm-facts.ts";
import { type KeycloakRole, role, user, userProfile } from "./shapes.ts";

/** Whatever is asked for may have been set up by the time of a sign-in: what the person has now is not looked at. */
export async function factsAbout(context: Context, flow: Flow, userId: string): Promise<PersonFacts> {
  const roles = new Map<string, { readonly exists: boolean; readonly held: boolean }>();
  for (const name of rolesIn(flow)) {
    const asked = await findRole(context, name);
    roles.set(name, { exists: asked !== undefined, held: asked !== undefined && (await hasRole(context, userId, asked)) });
  }
  return {
    roleExists: (name) => roles.get(name)?.exists,
    hasRole: (name) => roles.get(name)?.held,
    attribute: await attributesOf(context, flow, userId),
    hasSetUp: () => undefined,
  };
}

async function hasRole(
  { realm }: Context,
  userId: string,
  asked: KeycloakRole & { readonly container: string | undefined },
): Promise<boolean> {
  const where = asked.container === undefined ? "realm" : `clients/${asked.container}`;
  const effective = await realm.get(`/users/${encodeURIComponent(userId)}/role-mappings/${where}/composite`, z.array(role));
  return effective.some(({ id }) => id === asked.id);
}

/** Read only as far as the flow asks for them. */
async function attributesOf(context: Context, flow: Flow, userId: string): Promise<PersonFacts["attribute"]> {
  const asked = conditionsIn(flow).filter(({ provider }) => provider === "conditional-user-attribute");
  if (asked.length === 0) return () => undefined;
  const { realm } = context;
  const id = encodeURIComponent(userId);
  const person = await realm.get(`/users/${id}`, user);
  const own = new Map(Object.entries(person.attributes ?? {}));
  const { username, email, firstName, lastName } = person;
  // Conditions see them as attributes; the list of attributes leaves them out.
  for (const [name, value] of Object.entries({ username, email, firstName, lastName })) own.set(name, value === undefined ? [] : [value]);
  const isShown = await whatIsShown(realm);
  // A group has what the groups above it have.
  const groups = asked.some(({ config }) => config["include_group_attributes"] === "true") ? await groupsAround(context, id) : [];
  return (name, withGroups) => {
    if (!own.has(name) && !isShown(name)) return undefined;
    const inherited = withGroups ? groups.flatMap(({ attributes = {} }) => (Object.hasOwn(attributes, name) ? attributes[name]! : [])) : [];
    return [...(own.get(name) ?? []), ...inherited];
  };
}

/** A realm keeps attributes from its administrators that its user profile does not tell of; conditions see them all the same. */
async function whatIsShown(realm: Realm): Promise<(name: string) => boolean> {
  const profile = await realm.find("/users/profile", userProfile);
  // Before there were profiles, everything was shown.
  if (profile === undefined) return () => true;
  const { attributes, unmanagedAttributePolicy: policy } = profile;
  return (name) => {
    if (ofEverybody(name)) return true;
    const declared = attributes.find((each) => each.name === name);
    if (declared === undefined) return policy === "ENABLED" || policy === "ADMIN_VIEW" || policy === "ADMIN_EDIT";
    const { view, edit } = declared.permissions;
    return [...view, ...edit].includes("admin");
  };
}

/** Every way around the front gate that a realm holds now. */
import type { Bypass, Progress } from "../port.ts";
import { z } from "zod";

import { readBeside } from "./beside.ts";
import type { KeycloakPolicy } from "./config.ts";
import { type Context, roleText, subjectOfUser } from "./context.ts";
import { exemptingRoles, readRoleGraph } from "./exemptions.ts";
import { holdersOf } from "./holders.ts";
import { besideIn } from "./map-beside.ts";
import { findingsIn, untold } from "./map-findings.ts";
import { readFlow, readRealmFacts, readSettings } from "./realm-facts.ts";
import { credential, user } from "./shapes.ts";
import { instantOfEpochMs } from "../../kernel/time.ts";

const PASSKEYS = new Set(["webauthn", "webauthn-passwordless"]);

export async function* discover(context: Context, progress?: Progress): AsyncGenerator<Bypass> {
  const { settings, realm } = context;
  const facts = await readRealmFacts(context);
  const governed = settings.policies.map((policy) => ({ policy: policy.key, role: roleText(context, policy) }));
  const { bypasses, unknown } = findingsIn(facts, governed);
  yield* bypasses;
  for (const words of new Set(unknown)) yield untold(facts.realm, words);
  const graph = await readRoleGraph(context);
  const { defaultRole, registrationAllowed } = await readSettings(realm);
  yield* besideIn(await readBeside(context, graph, { ...facts, mayRegister: registrationAllowed }));
  const exempt = new Set<string>();
  for (const policy of settings.policies) {
    for await (const bypass of holdersOf(context, policy, await exemptingRoles(context, policy, graph), defaultRole?.id)) {
      exempt.add(bypass.subject.key);
      yield bypass;
    }
  }
  if (settings.findsLeftoverPasswords) yield* leftoverPasswords(context, exempt, progress);
}

/**
 * People who hold a passkey and still have the password they had before: any door that takes one is open to them. One call a person,
 * the only long part of a discovery: what comes before it is read anew when it goes on.
 */
async function* leftoverPasswords({ realm }: Context, exempt: ReadonlySet<string>, progress?: Progress): AsyncGenerator<Bypass> {
  for await (const each of realm.list("/users", user, {}, progress)) {
    if (exempt.has(each.id) || each.serviceAccountClientId !== undefined) continue;
    // Gone since the list was read.
    const credentials = (await realm.find(`/users/${each.id}/credentials`, z.array(credential))) ?? [];
    const password = credentials.find(({ type }) => type === "password");
    if (password === undefined || !credentials.some(({ type }) => PASSKEYS.has(type))) continue;
    yield {
      key: `password|${each.id}|${password.id}`,
      form: "password_usable",
      subject: subjectOfUser(each),
      object: `user ${each.username}`,
      critical: false,
      evidence: { credentials: [...new Set(credentials.map(({ type }) => type))].sort().join(", ") },
      ...(typeof password.createdDate === "number" && { since: instantOfEpochMs(password.createdDate) }),
    };
  }
}

/** The flow by which the policy is asked for now: the application's own, or the realm's. */
export async function flowOfPolicy(context: Context, policy: KeycloakPolicy) {
  const { realm } = context;
  const { browserFlow } = await readSettings(realm);
  if (policy.application === undefined) return readFlow(realm, browserFlow);
  const facts = await readRealmFacts(context);
  return facts.clients.find(({ clientId }) => clientId === policy.application)?.browserFlow ?? facts.browserFlow;
}

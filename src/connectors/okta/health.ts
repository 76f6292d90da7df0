/** Whether Okta can be reached and grants what is needed. Scopes are read from the token; a reading right is also tried. */
import { coverageOf, type Health, type Permission, ProviderFault } from "../port.ts";
import { policyAnswer } from "./answers.ts";
import { skewMs } from "./client.ts";
import type { Context } from "./directory.ts";
import { PERMISSIONS } from "./permissions.ts";
import { type Scope, SCOPES } from "./sign-in.ts";

/** A scope is half of it: what an application may do its administrator roles say too. */
const TRIED: Partial<Record<Scope, string>> = {
  "okta.users.read": "/api/v1/users?limit=1",
  "okta.groups.read": "/api/v1/groups?limit=1",
  "okta.policies.read": "/api/v1/policies?type=ACCESS_POLICY&limit=1",
  "okta.apps.read": "/api/v1/apps?limit=1",
  "okta.authenticators.read": "/api/v1/authenticators",
  "okta.logs.read": "/api/v1/logs?limit=1",
};

export async function health(context: Context): Promise<Health> {
  try {
    const scopes = await context.okta.signIn.scopes();
    const permissions: Permission[] = [];
    let clockSkewMs: number | undefined;
    for (const name of SCOPES) {
      const path = TRIED[name];
      const tried = scopes.has(name) && path !== undefined ? await attempt(context, path) : undefined;
      clockSkewMs ??= tried?.skewMs;
      permissions.push({ name, ...PERMISSIONS[name], held: scopes.has(name) && tried?.allowed !== false });
    }
    const words = `Okta at ${context.settings.orgUrl}, signed in as the application ${context.settings.clientId}`;
    const coverage = [await coverageOf("governed policies", policiesOf(context))];
    return { reachable: true, words, permissions, ...(clockSkewMs !== undefined && { clockSkewMs }), coverage };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: error.message, permissions: [] };
  }
}

function policiesOf({ settings, okta }: Context) {
  const read = (id: string) => () => okta.find(policyAnswer, `/api/v1/policies/${encodeURIComponent(id)}`);
  return new Map(settings.policies.map(({ key, policyId }) => [key, read(policyId)]));
}

async function attempt({ okta, now }: Context, path: string): Promise<{ allowed: boolean; skewMs?: number | undefined }> {
  const answer = await okta.send({ method: "GET", path, expect: [403] });
  return { allowed: answer.status !== 403, skewMs: skewMs(answer, now()) };
}

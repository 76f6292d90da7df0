/** Builds an authentication flow through the admin API, as an administrator would by hand. */
import type { Keycloak } from "./keycloak.ts";

export type FlowStep = {
  readonly is: "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL" | "DISABLED";
} & (
  | { readonly provider: string; readonly config?: Readonly<Record<string, string>> }
  | { readonly flow: string; readonly steps: readonly FlowStep[] }
);

/** Makes a top-level flow of that alias; nothing uses it until it is bound. */
export async function addFlow(admin: Keycloak["admin"], realm: string, alias: string, steps: readonly FlowStep[]): Promise<void> {
  await admin("POST", `/${realm}/authentication/flows`, { alias, providerId: "basic-flow", topLevel: true, builtIn: false });
  await addSteps(admin, realm, alias, steps);
}

async function addSteps(admin: Keycloak["admin"], realm: string, alias: string, steps: readonly FlowStep[]): Promise<void> {
  const flow = `/${realm}/authentication/flows/${encodeURIComponent(alias)}`;
  for (const step of steps) {
    const body =
      "flow" in step ? { alias: step.flow, type: "basic-flow", provider: "registration-page-form" } : { provider: step.provider };
    const id = await admin("POST", `${flow}/executions/${"flow" in step ? "flow" : "execution"}`, body);
    const executions = (await admin("GET", `${flow}/executions`)) as { id: string; displayName: string; level: number; flowId?: string }[];
    // A sub-flow is told by its own id, an execution by the execution's.
    const made = executions.find((each) => ("flow" in step ? each.flowId === id : each.id === id))!;
    await admin("PUT", `${flow}/executions`, { ...made, requirement: step.is });
    if ("flow" in step) await addSteps(admin, realm, step.flow, step.steps);
    else if (step.config !== undefined)
      await admin("POST", `/${realm}/authentication/executions/${made.id}/config`, {
        alias: `${alias} ${step.provider}`,
        config: step.config,
      });
  }
}

/** Asks for the username, then for a passkey; whoever has the role may give a password instead. */
export function passkeyUnless(role: string, prefix: string): readonly FlowStep[] {
  const condition = (negate: boolean): FlowStep => ({
    is: "REQUIRED",
    provider: "conditional-user-role",
    config: { condUserRole: role, negate: String(negate) },
  });
  return [
    { is: "ALTERNATIVE", provider: "auth-cookie" },
    {
      is: "ALTERNATIVE",
      flow: `${prefix} forms`,
      steps: [
        { is: "REQUIRED", provider: "auth-username-form" },
        {
          is: "CONDITIONAL",
          flow: `${prefix} passkey`,
          steps: [condition(true), { is: "REQUIRED", provider: "webauthn-authenticator-passwordless" }],
        },
        {
          is: "CONDITIONAL",
          flow: `${prefix} exempt`,
          steps: [condition(false), { is: "REQUIRED", provider: "auth-password-form" }],
        },
      ],
    },
  ];
}

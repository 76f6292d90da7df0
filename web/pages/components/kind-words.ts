/** Kinds and layers of components as people call them. */
import type { CommonCauseView, ComponentView } from "../../../src/estate/contract-model.ts";
import type { Sign } from "../../parts/tone.ts";

export const KIND_WORDS: Readonly<Record<ComponentView["kind"], string>> = {
  idp: "Identity provider",
  directory: "Directory",
  "device-trust": "Device trust",
  authenticator: "Authenticators",
  certificate: "Certificate",
  ca: "Certificate authority",
  network: "Network",
  dns: "Names (DNS)",
  time: "Time",
  cloud: "Cloud",
  vault: "Vault",
  kms: "Key management",
  hsm: "Key module (HSM)",
  pam: "Privileged access",
  telecom: "Telecom",
  sms: "Text messages",
  helpdesk: "Help desk",
  person: "A person",
  "approver-pool": "Approvers",
  "break-glass": "Break-glass",
  "workload-issuer": "Machine identities",
  postern: "Postern",
  external: "Somebody else's",
};

export const LAYER_WORDS: Readonly<Record<ComponentView["layer"], string>> = {
  identity: "Identity",
  device: "Devices",
  network: "Network",
  facility: "Buildings",
  people: "People",
  provider: "Providers",
  application: "Applications",
};

export const CAUSE_WORDS: Readonly<Record<CommonCauseView["kind"], string>> = {
  region: "Region",
  tenant: "Tenant",
  "admin-plane": "Administration plane",
  "ca-root": "Root of a certificate authority",
  contract: "Contract",
  person: "A person",
  "software-version": "Version of software",
};

/** Saved filters of what is described. */
export const VIEWS = [
  ["active", "In use"],
  ["retired", "Retired"],
] as const;
export const RETIRED: Sign = { word: "Retired", tone: "idle", shape: "barred" };

export const SOURCE_WORDS = { slo: "promised", measured: "measured", expert: "estimated" } as const;

export const optionsOf = <Key extends string>(words: Readonly<Record<Key, string>>) =>
  Object.entries<string>(words).map(([value, label]) => ({ value, label }));

export function awayWords({ p, source, asOf }: NonNullable<ComponentView["unavailability"]>): string {
  return `${p} of the time, ${SOURCE_WORDS[source]} on ${asOf}`;
}

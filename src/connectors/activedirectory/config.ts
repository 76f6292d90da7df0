/** What a connection to Active Directory asks for. The bind secret is kept apart and never part of it. */
import { z } from "zod";

const dn = z
  .string()
  .min(3)
  .max(1000)
  .regex(/^[A-Za-z][A-Za-z0-9.-]*=/, "not a distinguished name");
const policyKey = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes, at most 40");
const words = z.string().min(1).max(200);

const attributePolicy = z.strictObject({
  key: policyKey,
  shape: z.literal("attribute"),
  title: words.default("Smart card required for interactive logon"),
  demands: words.default("smart card or security key"),
  leaves: words.default("password"),
});

const groupPolicy = z.strictObject({
  key: policyKey,
  shape: z.literal("group"),
  title: words,
  demands: words.default("strong sign-in"),
  leaves: words.default("password"),
  /** The group the policy (VPN, AD FS, NPS, PAM) leaves out. */
  exemptionGroupDn: dn,
});

/** Everything but the secret. Defaults are filled in. */
export const activeDirectoryConfig = z
  .strictObject({
    url: z
      .string()
      .max(500)
      .regex(/^ldaps?:\/\/[^/]+$/, "ldaps://host or ldap://host, with an optional port"),
    /** Encrypts an ldap:// connection before anything is sent. */
    startTls: z.boolean().default(false),
    /** Certificates to trust, in PEM; the machine's own store without. */
    caPem: z.string().max(100_000).optional(),
    /** A distinguished name or a user principal name. */
    bindDn: z.string().min(3).max(1000),
    baseDn: dn,
    /** Where Postern makes its own groups; nobody else may write there. */
    groupsOu: dn,
    /** Who must sign in with a smart card: a group, or an LDAP filter in parentheses. */
    mustHaveSmartcard: z.string().min(3).max(2000).optional(),
    policies: z
      .array(z.discriminatedUnion("shape", [attributePolicy, groupPolicy]))
      .min(1)
      .max(50),
    /** Longest life of a Kerberos ticket in the domain; the domain's policy keeps it in a file that LDAP does not show. */
    ticketLifetimeHours: z.number().positive().max(240).default(10),
    /** Accounts whose expiry Postern sets as a second lock (vendors, services, break-glass): an LDAP filter. */
    accountExpiryFilter: z.string().startsWith("(").max(2000).optional(),
    /** Samba's JSON audit logs, when they can be read from here. */
    auditLogs: z
      .strictObject({ signIns: z.string().min(1).optional(), changes: z.string().min(1).optional(), groups: z.string().min(1).optional() })
      .default({}),
    timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
    pageSize: z.number().int().min(1).max(1000).default(500),
  })
  .superRefine((config, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    if (config.url.startsWith("ldap:") && !config.startTls) fault(["startTls"], "ldap:// needs StartTLS: the bind sends a secret");
    if (config.url.startsWith("ldaps:") && config.startTls) fault(["startTls"], "ldaps:// is encrypted already");
    const keys = config.policies.map(({ key }) => key);
    keys.forEach((key, index) => {
      if (keys.indexOf(key) !== index) fault(["policies", index, "key"], `the key ${key} is used twice`);
    });
    const attributes = config.policies.flatMap(({ shape }, index) => (shape === "attribute" ? [index] : []));
    if (attributes.length > 1) fault(["policies", attributes[1]!], "an account has one smart-card bit: one policy of shape attribute");
    if (attributes.length === 1 && config.mustHaveSmartcard === undefined) {
      fault(["mustHaveSmartcard"], "say who must have a smart card: a group or a filter");
    }
  });

export type ActiveDirectoryConfig = z.infer<typeof activeDirectoryConfig>;
export type ActiveDirectoryPolicy = ActiveDirectoryConfig["policies"][number];
export type GroupPolicy = z.infer<typeof groupPolicy>;
export type AttributePolicy = z.infer<typeof attributePolicy>;

/** With the secret the account signs in with: what a connector is made of. Not to be stored or logged. */
export type ActiveDirectorySettings = ActiveDirectoryConfig & { readonly secret: string };

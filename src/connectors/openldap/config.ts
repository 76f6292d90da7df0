/** What a connection to OpenLDAP asks for. The secret (bind password, or the certificate's key) is kept apart and never part of it. */
import { z } from "zod";

const dn = z
  .string()
  .min(3)
  .max(1000)
  .regex(/^[A-Za-z][A-Za-z0-9.-]*=/, "not a distinguished name")
  // As the server writes them: names are compared as text.
  .transform((text) =>
    text
      .trim()
      .replaceAll(/(?<!\\)\s*,\s*/g, ",")
      .replaceAll(/(^|,)([^=,]+?)\s*=\s*/g, "$1$2="),
  );
const filter = z
  .string()
  .max(2000)
  .regex(/^\(.+\)$/s, "an LDAP filter in parentheses");
const words = z.string().min(1).max(200);

const policy = {
  key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes, at most 40"),
  /** Where Postern makes its groups for this policy: a place of its own, in which nobody else may write. */
  exemptionsBase: dn,
  demands: words.default("strong sign-in"),
  leaves: words.default("password"),
};

const groupPolicy = z.strictObject({
  ...policy,
  shape: z.literal("group"),
  title: words,
  /** Exemption groups that the application honours beside Postern's own. Their members are bypasses nobody answers for. */
  exemptionGroups: z.array(dn).max(50).default([]),
  /** Whether the application looks through groups in exemption groups. OpenLDAP itself does not. */
  resolvesNestedGroups: z.boolean().default(false),
});

const attributePolicy = z.strictObject({
  ...policy,
  shape: z.literal("attribute"),
  title: words.default("Sign-in by certificate only: the password is locked"),
  /** Who must not have a usable password. */
  mustBePasswordless: filter,
});

/** Everything but the secret. Defaults are filled in. */
export const openLdapConfig = z
  .strictObject({
    url: z
      .string()
      .max(500)
      .regex(/^ldaps?:\/\/[^/]+$/, "ldaps://host or ldap://host, with an optional port"),
    /** Encrypts an ldap:// connection before anything is sent. */
    startTls: z.boolean().default(false),
    /** Certificates to trust, in PEM; the machine's own store without. */
    caPem: z.string().max(100_000).optional(),
    /** The account that signs in with a password … */
    bindDn: dn.optional(),
    /** … or the certificate (PEM) to sign in with; the secret is its private key then. */
    certificatePem: z.string().max(100_000).optional(),
    baseDn: dn,
    peopleBase: dn.optional(),
    peopleFilter: filter.default("(objectClass=inetOrgPerson)"),
    /** The password policy of whoever has none of their own (`ppolicy_default`). */
    defaultPasswordPolicy: dn.optional(),
    /** The accesslog overlay's database, when there is one: changes and sign-ins are read there. */
    accesslogBase: dn.optional(),
    /** Whether the accesslog overlay logs sign-ins too (`logops` with `session`, `bind` or `all`). */
    logsSignIns: z.boolean().default(false),
    policies: z
      .array(z.discriminatedUnion("shape", [groupPolicy, attributePolicy]))
      .min(1)
      .max(50),
    /** How long applications go on with a session after its bypass has ended. OpenLDAP knows nothing of them. */
    applicationSessionHours: z
      .number()
      .min(0)
      .max(24 * 365)
      .default(12),
    /** How long replicas and applications' caches may show the old state. */
    maxPropagationSeconds: z.number().int().min(0).max(86_400).default(0),
    timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
    pageSize: z.number().int().min(1).max(1000).default(500),
  })
  .superRefine((config, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    if (config.url.startsWith("ldap:") && !config.startTls) fault(["startTls"], "ldap:// needs StartTLS: the bind sends a secret");
    if (config.url.startsWith("ldaps:") && config.startTls) fault(["startTls"], "ldaps:// is encrypted already");
    if ((config.bindDn === undefined) === (config.certificatePem === undefined)) {
      fault(["bindDn"], "give either the account to sign in with, or a certificate");
    }
    if (config.logsSignIns && config.accesslogBase === undefined)
      fault(["accesslogBase"], "sign-ins are read from the accesslog: say where");
    const { policies } = config;
    for (const [name, values] of [
      ["key", policies.map(({ key }) => key)],
      // Two policies in one place could not be told apart.
      ["exemptionsBase", policies.map(({ exemptionsBase }) => exemptionsBase.toLowerCase())],
    ] as const) {
      values.forEach((value, index) => {
        if (values.indexOf(value) !== index) fault(["policies", index, name], `${value} is used twice`);
      });
    }
    const attributes = policies.flatMap(({ shape }, index) => (shape === "attribute" ? [index] : []));
    if (attributes.length > 1) fault(["policies", attributes[1]!], "an entry has one password: one policy of shape attribute");
    if (attributes.length > 0 && config.defaultPasswordPolicy === undefined) {
      fault(["defaultPasswordPolicy"], "a locked password is refused only where the password policy says so: say which it is");
    }
  });

export type OpenLdapConfig = z.infer<typeof openLdapConfig>;
export type OpenLdapPolicy = OpenLdapConfig["policies"][number];
export type GroupPolicy = z.infer<typeof groupPolicy>;
export type AttributePolicy = z.infer<typeof attributePolicy>;

/** With the secret: what a connector is made of. Not to be stored or logged. */
export type OpenLdapSettings = OpenLdapConfig & { readonly secret: string };

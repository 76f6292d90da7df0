/** What a connection to Microsoft Entra ID asks for. The secret (client secret, or the certificate's key) is kept apart. */
import { z } from "zod";

const guid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, "an object id, such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301")
  .transform((text) => text.toLowerCase());
const words = z.string().min(1).max(200);
const url = z
  .string()
  .max(300)
  // In clear only to a server on this machine, which is how it is tried out.
  .regex(/^(https:\/\/[^/?#]+|http:\/\/127\.0\.0\.1:\d+)(\/[^?#]*[^/?#])?$/, "https://host, without a slash at its end");

const policy = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes, at most 40"),
  title: words,
  /** The Conditional Access policy. Postern reads it and never changes it. */
  policyId: guid,
  /** The group that the policy excludes, once and for all. Postern puts its own groups into it, one for each grant. */
  poolId: guid,
  /** The application to sign in to when Entra ID is asked whom the policy holds: one that the policy covers. */
  applicationId: guid.default("00000003-0000-0ff1-ce00-000000000000"),
  demands: words.default("strong sign-in"),
  leaves: words.default("password"),
});

/** Everything but the secret. Defaults are filled in. */
export const entraConfig = z
  .strictObject({
    tenantId: guid,
    clientId: guid,
    /** The application's certificate in PEM; the secret is its private key then. Without, the secret is a client secret. */
    certificatePem: z.string().max(100_000).optional(),
    /** National clouds have others. */
    graphUrl: url.default("https://graph.microsoft.com/v1.0"),
    loginUrl: url.default("https://login.microsoftonline.com"),
    policies: z.array(policy).min(1).max(50),
    /** Sign-in logs take a P1 licence. */
    readsSignIns: z.boolean().default(true),
    /** Passes are read one person at a time. */
    readsPasses: z.boolean().default(true),
    /** How long Entra ID may go on showing the old state before a change counts as not made. */
    settleMs: z.number().int().min(0).max(120_000).default(20_000),
    timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
    pageSize: z.number().int().min(1).max(999).default(999),
  })
  .superRefine(({ policies }, context) => {
    // Two policies in one pool could not be told apart.
    for (const name of ["key", "policyId", "poolId"] as const) {
      const values = policies.map((one) => one[name]);
      values.forEach((value, index) => {
        if (values.indexOf(value) !== index)
          context.addIssue({ code: "custom", path: ["policies", index, name], message: `${value} is used twice` });
      });
    }
  });

export type EntraConfig = z.infer<typeof entraConfig>;
export type EntraPolicy = EntraConfig["policies"][number];

/** With the secret: what a connector is made of. Not to be stored or logged. */
export type EntraSettings = EntraConfig & { readonly secret: string };

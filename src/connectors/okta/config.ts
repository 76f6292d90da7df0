/** What a connection to Okta asks for. The secret (the private key) is kept apart and never part of it. */
import { z } from "zod";

const id = z.string().regex(/^[A-Za-z0-9]{10,40}$/, "an id of Okta, as it stands in the console's address");
const words = z.string().min(1).max(200);

const policy = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes, at most 40"),
  title: words,
  /** The access policy that demands strong sign-in. */
  policyId: id,
  /** The group one of its rules lets through with less. Postern puts people in and takes them out; it never edits the rule. */
  exemptionGroupId: id,
  demands: words.default("phishing-resistant sign-in"),
  leaves: words.default("password and any second factor"),
});

/** Plain HTTP goes no further than this machine: for a proxy that encrypts. */
const orgUrl = z
  .string()
  .max(500)
  .regex(/^(https:\/\/[^/?#]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)$/, "https://your-org.okta.com, without a path");

export const oktaConfig = z
  .strictObject({
    orgUrl,
    /** Certificates to trust, in PEM; the machine's own store without. */
    caPem: z.string().max(100_000).optional(),
    /** The service application … */
    clientId: id,
    /** … and which of its keys the secret is. */
    keyId: z.string().min(1).max(200),
    policies: z.array(policy).min(1).max(50),
    /** How long applications go on with a session of their own after Okta's has ended. */
    applicationSessionHours: z
      .number()
      .min(0)
      .max(24 * 365)
      .default(12),
    maxPropagationSeconds: z.number().int().min(0).max(86_400).default(60),
    timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
    pageSize: z.number().int().min(1).max(200).default(200),
  })
  .superRefine((config, context) => {
    const { policies } = config;
    for (const name of ["key", "policyId", "exemptionGroupId"] as const) {
      const values = policies.map((one) => one[name]);
      values.forEach((value, index) => {
        // A group that opens two policies could not be closed for one of them.
        if (values.indexOf(value) !== index)
          context.addIssue({ code: "custom", path: ["policies", index, name], message: `${value} is used twice` });
      });
    }
  });

export type OktaConfig = z.infer<typeof oktaConfig>;
export type OktaPolicy = OktaConfig["policies"][number];

/** With the private key: what a connector is made of. Not to be stored or logged. */
export type OktaSettings = OktaConfig & { readonly secret: string };

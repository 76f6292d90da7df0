/** What a connection to a Keycloak realm asks for. The client's secret is kept apart and never part of it. */
import { z } from "zod";

const words = z.string().min(1).max(200);
const name = z.string().min(1).max(200);

const policy = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes, at most 40"),
  title: words,
  /** The role that the flow's conditions ask about, in the exemptions client. */
  role: name,
  /** The application whose own flow is meant; the realm's flow without. */
  application: name.optional(),
  demands: words.default("passkey"),
  leaves: words.default("password"),
});

/** Everything but the secret. Defaults are filled in. */
export const keycloakConfig = z
  .strictObject({
    /** Of the server, with its path if it has one, without `/realms`. */
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .transform((url) => url.replace(/\/+$/, "")),
    realm: name,
    /** Certificates to trust, in PEM; the machine's own store without. */
    caPem: z.string().max(100_000).optional(),
    clientId: name.default("postern"),
    /** A client that is there for its roles only: the exemption roles, and one more for each exception. */
    exemptionsClient: name.default("postern-exemptions"),
    policies: z.array(policy).min(1).max(50),
    /** Whether people who hold a passkey are looked up one by one for a password left behind. */
    findsLeftoverPasswords: z.boolean().default(true),
    /** How long applications go on with a session of their own after it was ended here. */
    applicationSessionHours: z
      .number()
      .min(0)
      .max(24 * 365)
      .default(12),
    timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
    pageSize: z.number().int().min(1).max(1000).default(200),
  })
  .superRefine((config, context) => {
    const url = new URL(config.url);
    if (url.protocol === "http:" && !["127.0.0.1", "[::1]", "localhost"].includes(url.hostname))
      context.addIssue({ code: "custom", path: ["url"], message: "http:// would send the secret in clear: use https://" });
    for (const field of ["key", "role"] as const) {
      const values = config.policies.map((each) => each[field]);
      values.forEach((value, index) => {
        if (values.indexOf(value) !== index)
          context.addIssue({ code: "custom", path: ["policies", index, field], message: `${value} is used twice` });
      });
    }
  });

export type KeycloakConfig = z.infer<typeof keycloakConfig>;
export type KeycloakPolicy = KeycloakConfig["policies"][number];

/** With the secret: what a connector is made of. Not to be stored or logged. */
export type KeycloakSettings = KeycloakConfig & { readonly secret: string };

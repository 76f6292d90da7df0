/** What runs here: for those who operate it. Nothing in it is secret, and nothing opens anything. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";

export const readInstallation = endpoint({
  id: "readInstallation",
  method: "GET",
  path: "/api/v1/installation",
  summary: "Version, storage, keys by their names, and the last backup known of",
  access: ["administrator", "iam", "auditor"],
  reply: z.strictObject({
    version: z.string(),
    storage: z.enum(["embedded", "postgresql"]),
    seal: z.strictObject({
      /** Names the key that seals; tells nothing about it. */
      keyId: z.string(),
      /** Keys beside it that still open what they sealed. */
      olderKeys: z.number().int(),
      /** When the file of keys was last changed; absent where the configuration gives the key. */
      changedAt: z.string().optional(),
    }),
    /** Public half of the journal's key. */
    journalKey: z.string(),
    /** When the embedded database was last backed up by `postern backup`; absent where that is not known. */
    backedUpAt: z.string().optional(),
  }),
});
export type InstallationView = z.output<(typeof readInstallation)["reply"]>;

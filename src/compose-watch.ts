/** How exceptions for canaries are watched: in the directory itself, by the connection's address and account, not by its connector. */
import { z } from "zod";

import { type CanaryService, createWatchService, type WatchService } from "./canaries/index.ts";
import type { ConnectionService } from "./connections/index.ts";
import { readLetThrough, type WatchedPolicy } from "./connectors/canary/let-through.ts";
import { ProviderFault } from "./connectors/port.ts";
import { grantsOfSubjects } from "./exceptions/index.ts";
import { Refused } from "./kernel/problem.ts";
import type { Db } from "./platform/db.ts";

const place = {
  url: z.string(),
  startTls: z.boolean().default(false),
  caPem: z.string().optional(),
  bindDn: z.string().default(""),
  certificatePem: z.string().optional(),
  baseDn: z.string(),
};
const openLdap = z.looseObject({
  ...place,
  policies: z.array(
    z.discriminatedUnion("shape", [
      z.looseObject({
        key: z.string(),
        shape: z.literal("group"),
        exemptionsBase: z.string(),
        exemptionGroups: z.array(z.string()).default([]),
        resolvesNestedGroups: z.boolean().default(false),
      }),
      z.looseObject({ key: z.string(), shape: z.literal("attribute") }),
    ]),
  ),
});
const activeDirectory = z.looseObject({
  ...place,
  policies: z.array(
    z.discriminatedUnion("shape", [
      z.looseObject({ key: z.string(), shape: z.literal("group"), exemptionGroupDn: z.string() }),
      z.looseObject({ key: z.string(), shape: z.literal("attribute") }),
    ]),
  ),
});

export function createWatch(db: Db, canaries: CanaryService, connections: ConnectionService, reachesOut: boolean): WatchService {
  return createWatchService({
    db,
    subjectKeys: () => canaries.subjectKeys(),
    grants: (keys, endedAfter) => grantsOfSubjects(db, keys, endedAfter),
    async letsThrough({ connection, policy, subjectKey }) {
      try {
        const reached = await connections.reach(connection);
        const read = readingOf(reached.connection.kind, reached.connection.config, policy);
        if (read === undefined || !reachesOut) return undefined;
        const { settings, watched } = read;
        return await readLetThrough({ ...settings, secret: reached.secret ?? "", timeoutMs: 10_000 }, watched, subjectKey);
      } catch (error) {
        if (error instanceof ProviderFault || error instanceof Refused) return undefined;
        throw error;
      }
    },
  });
}

type Settings = z.output<z.ZodObject<typeof place>>;

/** Undefined for providers that can be read by their connector only, and for settings that are not as they were. */
function readingOf(kind: string, config: unknown, key: string): { settings: Settings; watched: WatchedPolicy } | undefined {
  if (kind === "openldap") {
    const settings = openLdap.safeParse(config).data;
    if (settings === undefined) return undefined;
    const found = settings.policies.find((policy) => policy.key === key);
    const { baseDn } = settings;
    if (found === undefined) return undefined;
    if (found.shape === "attribute") return { settings, watched: { kind: "openldap-password", baseDn } };
    const { exemptionsBase, exemptionGroups, resolvesNestedGroups: isNested } = found;
    return { settings, watched: { kind: "openldap-group", baseDn, exemptionsBase, exemptionGroups, isNested } };
  }
  if (kind !== "activedirectory") return undefined;
  const settings = activeDirectory.safeParse(config).data;
  if (settings === undefined) return undefined;
  const found = settings.policies.find((policy) => policy.key === key);
  if (found === undefined) return undefined;
  if (found.shape === "attribute") return { settings, watched: { kind: "activedirectory-smartcard" } };
  return { settings, watched: { kind: "activedirectory-group", exemptionGroupDn: found.exemptionGroupDn } };
}

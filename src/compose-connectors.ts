/** The kinds of connectors this release offers, each with what it asks for. */
import { join } from "node:path";
import type { z } from "zod";

import { activeDirectoryConfig } from "./connectors/activedirectory/config.ts";
import { createActiveDirectoryConnector } from "./connectors/activedirectory/connector.ts";
import { entraConfig } from "./connectors/entra/config.ts";
import { createEntraConnector } from "./connectors/entra/connector.ts";
import { exampleConfig } from "./connectors/example/config.ts";
import { createExampleDirectory } from "./connectors/example/connector.ts";
import { keycloakConfig } from "./connectors/keycloak/config.ts";
import { createKeycloakConnector } from "./connectors/keycloak/connector.ts";
import { oktaConfig } from "./connectors/okta/config.ts";
import { createOktaConnector } from "./connectors/okta/connector.ts";
import { openLdapConfig } from "./connectors/openldap/config.ts";
import { createOpenLdapConnector } from "./connectors/openldap/connector.ts";
import { type ConnectorFactory, ProviderFault } from "./connectors/port.ts";
import type { Clock } from "./kernel/time.ts";
import type { Db } from "./platform/db.ts";
import { createTurns } from "./platform/turns.ts";

export function createConnectorFactories(clock: Clock, dataDir: string, db: Db): readonly ConnectorFactory[] {
  const time = { now: () => clock.now() };
  const turns = (tenant: string, perSecond?: number) =>
    createTurns(
      db,
      tenant,
      (retryAfterMs) => new ProviderFault("throttled", `Too many others wait for ${tenant}.`, { retryAfterMs }),
      perSecond,
    );
  return [
    factory("activedirectory", "Active Directory", activeDirectoryConfig, "bind password", (config, secret) =>
      createActiveDirectoryConnector({ ...config, secret }, time),
    ),
    factory("openldap", "OpenLDAP", openLdapConfig, "bind password, or private key of the certificate", (config, secret) =>
      createOpenLdapConnector({ ...config, secret }, time),
    ),
    factory("keycloak", "Keycloak", keycloakConfig, "client secret", (config, secret) =>
      createKeycloakConnector({ ...config, secret }, time),
    ),
    factory("entra", "Microsoft Entra ID", entraConfig, "client secret, or private key of the certificate", (config, secret) =>
      createEntraConnector(
        { ...config, secret },
        {
          ...time,
          limiter: turns(`entra ${config.tenantId}`, ENTRA_POLICY_REQUESTS_PER_SECOND),
        },
      ),
    ),
    factory("okta", "Okta Identity Engine", oktaConfig, "private key of the service application, in PEM", (config, secret) =>
      createOktaConnector({ ...config, secret }, { ...time, pauses: turns(`okta ${config.orgUrl}`) }),
    ),
    factory("example", "Example directory (fictional people, for trying Postern out)", exampleConfig, undefined, () =>
      createExampleDirectory({ path: join(dataDir, "example-directory.json"), ...time }),
    ),
  ];
}

/** Conditional Access counts all applications of a tenant together. */
const ENTRA_POLICY_REQUESTS_PER_SECOND = 1;

/** A connector's schema and maker as a factory; every fault of a configuration comes with its place. */
function factory<Config>(
  kind: string,
  title: string,
  schema: z.ZodType<Config>,
  secretLabel: string | undefined,
  create: (config: Config, secret: string) => ReturnType<ConnectorFactory["create"]>,
): ConnectorFactory {
  return {
    kind,
    title,
    ...(secretLabel !== undefined && { secretLabel }),
    parse: (config) => {
      const parsed = schema.safeParse(config);
      if (parsed.success) return { ok: true, config: parsed.data };
      return { ok: false, faults: parsed.error.issues.map((issue) => ({ at: `/${issue.path.join("/")}`, words: issue.message })) };
    },
    create: (config, secret) => create(config as Config, secret ?? ""),
  };
}

/** A connector on a fresh test domain, with the plants to try it on. */
import { activeDirectoryConfig, type ActiveDirectorySettings } from "../../src/connectors/activedirectory/config.ts";
import { createActiveDirectoryConnector } from "../../src/connectors/activedirectory/connector.ts";
import type { Bypass, Connector, GrantOrder, ProviderSubject } from "../../src/connectors/port.ts";
import { addDuration, duration, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { openPlants, type Planted, type Plants } from "./samba-plants.ts";
import { type Samba, startSamba } from "./samba.ts";

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld() {
  const samba = await startSamba();
  const plants: Plants = await openPlants(samba);
  const opened: Connector[] = [];
  const connect = (more: Record<string, unknown> = {}): Connector => {
    const connector = createActiveDirectoryConnector(settingsFor(samba, more), { now: machineNow });
    opened.push(connector);
    return connector;
  };
  return {
    samba,
    plants,
    connect,
    connector: connect(),
    close: async () => {
      await Promise.all(opened.map((connector) => connector.close()));
      await plants.close();
      await samba.close();
    },
  };
}

/** Tickets, audit records and metadata carry the machine's time: so does the connector in these tests. */
export function machineNow(): Instant {
  return instantOfEpochMs(Date.now());
}

export function settingsFor(samba: Samba, more: Record<string, unknown> = {}): ActiveDirectorySettings {
  const { secret = samba.service.password, ...rest } = more;
  const config = activeDirectoryConfig.parse({
    url: samba.url,
    caPem: samba.caPem,
    bindDn: samba.service.dn,
    baseDn: samba.baseDn,
    groupsOu: samba.layout.posternOu,
    mustHaveSmartcard: samba.layout.mustHaveSmartcard,
    policies: [
      { key: "smartcard", shape: "attribute" },
      { key: "vpn", shape: "group", title: "VPN with a password", exemptionGroupDn: samba.layout.vpnExempt },
    ],
    ...rest,
  });
  return { ...config, secret: secret as string };
}

export function subjectOf({ name, key }: Planted, kind: ProviderSubject["kind"] = "user"): ProviderSubject {
  return { kind, key, name };
}

export function orderFor(policy: string, ref: string, subject: Planted | ProviderSubject, days = 30): GrantOrder {
  const now = machineNow();
  const who: ProviderSubject = "kind" in subject ? subject : subjectOf(subject);
  return { ref, policy, subject: who, validFrom: now, validUntil: addDuration(now, duration(`P${days}D`)) };
}

export async function discovered(connector: Connector): Promise<Bypass[]> {
  const found: Bypass[] = [];
  for await (const bypass of connector.discover()) found.push(bypass);
  return found;
}

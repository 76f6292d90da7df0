/** Discovery in a real OpenLDAP of 20,000 people whose passwords are all open, beside `ldapsearch` reading the same people. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

import { createOpenLdapConnector } from "../src/connectors/openldap/connector.ts";
import { PASSWORD_ATTRIBUTES, SUBJECT_ATTRIBUTES } from "../src/connectors/openldap/map.ts";
import type { Bypass, Connector } from "../src/connectors/port.ts";
import { machineNow, settingsFor } from "../test/support/slapd-plants.ts";
import { SLAPD_LAYOUT } from "../test/support/slapd-directory.ts";
import { type Slapd, slapdMissing, startSlapd } from "../test/support/slapd.ts";
import { type Bench, figure, quantile, seconds } from "./figure.ts";

const PEOPLE = 20_000;
const PAGE = 500;
const ROUNDS = 5;
/** A program of the machine, not of a package. */
const PEER = "ldapsearch";

export const discoveryBench: Bench = {
  name: "discovery",
  missing: () => slapdMissing() ?? ldapsearchMissing(),
  async run() {
    const slapd = await startSlapd({ ldif: peopleLdif() });
    const connector = createOpenLdapConnector(settingsFor(slapd, { pageSize: PAGE }), { now: machineNow });
    const [ours, theirs]: [number[], number[]] = [[], []];
    try {
      // In turns, so that what else the machine does falls on both.
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await seconds(async () => demandAll(await readByPostern(connector))));
        theirs.push(await seconds(async () => demandAll(await readByLdapsearch(slapd))));
      }
    } finally {
      await connector.close();
      await slapd.close();
    }
    const name = `discovery of ${PEOPLE} open passwords in OpenLDAP`;
    const note = `median of ${ROUNDS}; pages of ${PAGE}, the same attributes, over TLS`;
    return [figure(name, "s", quantile(ours, 0.5), "ldapsearch reading the same people", quantile(theirs, 0.5), note)];
  },
};

function peopleLdif(): string {
  return Array.from({ length: PEOPLE }, (_, index) => {
    const uid = `person${index}`;
    return [
      `dn: uid=${uid},${SLAPD_LAYOUT.peopleDn}`,
      "objectClass: inetOrgPerson",
      `uid: ${uid}`,
      `cn: ${uid}`,
      `sn: ${uid}`,
      `mail: ${uid}@postern.test`,
      "employeeType: passwordless",
      "userPassword: A-password-of-24-letters",
      "",
    ].join("\n");
  }).join("\n");
}

async function readByPostern(connector: Connector): Promise<number> {
  const found: Bypass[] = [];
  for await (const bypass of connector.discover()) found.push(bypass);
  return found.length;
}

/** How many entries it read: the whole of its output is taken in, as ours is. */
async function readByLdapsearch({ ldapsUrl, service, layout }: Slapd): Promise<number> {
  const account = ["-x", "-H", ldapsUrl, "-D", service.dn, "-w", service.password];
  const search = ["-LLL", "-b", layout.peopleDn, "-E", `pr=${PAGE}/noprompt`, "(employeeType=passwordless)"];
  const { stdout } = await promisify(execFile)(PEER, [...account, ...search, ...SUBJECT_ATTRIBUTES, ...PASSWORD_ATTRIBUTES], {
    // The certificate is the test server's own: what is measured is the reading, not whom it is read from.
    env: { ...process.env, LDAPTLS_REQCERT: "never" },
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout.match(/^dn:/gm)?.length ?? 0;
}

/** A quick reading that left somebody out would be no reading. */
function demandAll(count: number): void {
  if (count !== PEOPLE) throw new Error(`${count} of ${PEOPLE} were read`);
}

function ldapsearchMissing(): string | undefined {
  try {
    execFileSync(PEER, ["-VV"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "no ldapsearch (Debian: apt-get install ldap-utils)";
  }
}

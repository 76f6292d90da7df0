/** Signs in to the test domain by Kerberos, as a workstation does: with a password, or with a certificate as a smart card holds one. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { issueCertificate, type Samba } from "./samba.ts";

const PLUGIN_FOLDERS = ["/usr/lib/x86_64-linux-gnu/krb5/plugins/preauth", "/usr/lib/aarch64-linux-gnu/krb5/plugins/preauth"];

/** Why Kerberos cannot be tried here; undefined when it can. */
export function kerberosMissing(): string | undefined {
  if (!existsSync("/usr/bin/kinit")) return "no kinit (Debian: apt-get install krb5-user)";
  const hasPkinit = PLUGIN_FOLDERS.some((folder) => existsSync(folder) && readdirSync(folder).includes("pkinit.so"));
  return hasPkinit ? undefined : "kinit knows no certificates (Debian: apt-get install krb5-pkinit)";
}

export function openKerberos(samba: Samba) {
  const { folder, realm, host } = samba;
  const config = join(folder, "client-krb5.conf");
  const settings = [
    `default_realm = ${realm}`,
    "dns_lookup_kdc = false",
    "dns_lookup_realm = false",
    `pkinit_anchors = FILE:${folder}/tls/ca.pem`,
  ];
  const kdc = [`kdc = ${host}:88`, "pkinit_eku_checking = kpKDC"];
  writeFileSync(config, `[libdefaults]\n${settings.join("\n")}\n[realms]\n${realm} = {\n${kdc.join("\n")}\n}\n`);
  const env = { ...process.env, KRB5_CONFIG: config, KRB5CCNAME: `FILE:${folder}/ticket-cache` };
  const kinit = (args: readonly string[], input = "") => execFileSync("kinit", args, { env, input, stdio: "pipe" });

  return {
    /** Throws when the sign-in is refused. */
    withPassword: (name: string, password: string): void => {
      kinit([`${name}@${realm}`], `${password}\n`);
    },
    withCertificate(name: string): void {
      const upn = `otherName:1.3.6.1.4.1.311.20.2.3;UTF8:${name}@${realm.toLowerCase()}`;
      issueCertificate(
        folder,
        name,
        name,
        `subjectAltName = ${upn}\nkeyUsage = digitalSignature\nextendedKeyUsage = clientAuth,1.3.6.1.4.1.311.20.2.2\n`,
      );
      kinit(["-X", `X509_user_identity=FILE:${folder}/tls/${name}.pem,${folder}/tls/${name}.key`, `${name}@${realm}`]);
    },
  };
}

/** What the test directory holds before a test plants anything, and the rights the connector's account is given. */

const BASE = "dc=postern,dc=test";

export const SLAPD_LAYOUT = {
  baseDn: BASE,
  peopleDn: `ou=people,${BASE}`,
  groupsDn: `ou=groups,${BASE}`,
  /** Where Postern makes its groups: for the VPN, and as a register of whose password is open. */
  vpnExemptionsDn: `ou=vpn,ou=exemptions,${BASE}`,
  passwordExemptionsDn: `ou=password,ou=exemptions,${BASE}`,
  /** An exemption group from before Postern, which the VPN honours too. */
  oldExemptionGroupDn: `cn=vpn-passwords-allowed,ou=groups,${BASE}`,
  defaultPolicyDn: `cn=default,ou=policies,${BASE}`,
  weakPolicyDn: `cn=workshop,ou=policies,${BASE}`,
  adminDn: `cn=admin,${BASE}`,
  serviceDn: `cn=postern,ou=services,${BASE}`,
  readerDn: `cn=reader,ou=services,${BASE}`,
  accesslogDn: "cn=accesslog",
} as const;

const L = SLAPD_LAYOUT;

export function directoryLdif(password: string): string {
  const units = ["people", "groups", "exemptions", "policies", "services"].map((ou) => unit(`ou=${ou},${BASE}`, ou));
  const entries = [
    `dn: ${BASE}\nobjectClass: domain\ndc: postern`,
    ...units,
    unit(L.vpnExemptionsDn, "vpn"),
    unit(L.passwordExemptionsDn, "password"),
    policy(L.defaultPolicyDn, "default", ["pwdLockout: TRUE", "pwdMinLength: 12", "pwdMaxFailure: 5", "pwdCheckQuality: 1"]),
    policy(L.weakPolicyDn, "workshop", ["pwdLockout: TRUE", "pwdMinLength: 4", "pwdMaxFailure: 0", "pwdCheckQuality: 0"]),
    account(L.serviceDn, "postern", password),
    account(L.readerDn, "reader", password),
  ];
  return `${entries.join("\n\n")}\n`;
}

function unit(dn: string, ou: string): string {
  return `dn: ${dn}\nobjectClass: organizationalUnit\nou: ${ou}`;
}

function policy(dn: string, cn: string, rules: readonly string[]): string {
  return [
    `dn: ${dn}`,
    "objectClass: organizationalRole",
    "objectClass: pwdPolicy",
    `cn: ${cn}`,
    "pwdAttribute: userPassword",
    ...rules,
  ].join("\n");
}

function account(dn: string, cn: string, password: string): string {
  return [
    `dn: ${dn}`,
    "objectClass: organizationalRole",
    "objectClass: simpleSecurityObject",
    `cn: ${cn}`,
    `userPassword: ${password}`,
  ].join("\n");
}

/** The same rules docs/connectors/openldap.md asks an administrator for; `reader` has all of Postern's rights but the writing ones. */
export const ACCESS_RULES = `
limits dn.exact="${L.serviceDn}" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited
limits dn.exact="${L.readerDn}" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited

access to attrs=userPassword
  by dn.exact="${L.serviceDn}" =s
  by dn.exact="${L.readerDn}" =s
  by anonymous auth
access to dn.subtree="${L.peopleDn}" attrs=pwdAccountLockedTime,pwdEndTime
  by dn.exact="${L.serviceDn}" write
  by dn.exact="${L.readerDn}" read
access to dn.subtree="ou=exemptions,${BASE}" attrs=entryTtl
  by dn.exact="${L.serviceDn}" manage
  by users read
access to dn.subtree="ou=exemptions,${BASE}"
  by dn.exact="${L.serviceDn}" write
  by users read
access to dn.exact="${L.oldExemptionGroupDn}" attrs=member
  by dn.exact="${L.serviceDn}" write
  by users read
access to *
  by users read
`;

export const ACCESSLOG_RULES = `
limits dn.exact="${L.serviceDn}" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited
access to * by dn.exact="${L.serviceDn}" read by dn.exact="${L.readerDn}" read
`;

/** What the test domain holds before a test plants anything, and the rights the connector's account is given. */

export interface Layout {
  readonly baseDn: string;
  /** People whose account Postern may open to a password. */
  readonly staffOu: string;
  /** Where Postern makes its own groups. */
  readonly posternOu: string;
  /** Who must sign in with a smart card. */
  readonly mustHaveSmartcard: string;
  /** Members may use a password on the VPN. */
  readonly vpnExempt: string;
  readonly serviceDn: string;
}

const BASE = "DC=corp,DC=test";

export const LAYOUT: Layout = {
  baseDn: BASE,
  staffOu: `OU=Staff,${BASE}`,
  posternOu: `OU=Postern,${BASE}`,
  mustHaveSmartcard: `CN=Passwordless,OU=Access,${BASE}`,
  vpnExempt: `CN=VPN-Password-Exempt,OU=Access,${BASE}`,
  serviceDn: `CN=svc-postern,OU=Services,${BASE}`,
};

function group(dn: string, sAMAccountName: string) {
  return { dn, objectClass: "group", sAMAccountName, groupType: "-2147483646" };
}

export function domainLdif(password: string): string {
  const units = ["Staff", "Access", "Postern", "Services"].map((name) => ({ dn: `OU=${name},${BASE}`, objectClass: "organizationalUnit" }));
  const service = {
    dn: LAYOUT.serviceDn,
    objectClass: "user",
    sAMAccountName: "svc-postern",
    userPrincipalName: "svc-postern@corp.test",
    userAccountControl: "512",
    "unicodePwd:": Buffer.from(`"${password}"`, "utf16le").toString("base64"),
  };
  const entries = [...units, group(LAYOUT.mustHaveSmartcard, "Passwordless"), group(LAYOUT.vpnExempt, "VPN-Password-Exempt"), service];
  return entries
    .map((entry) =>
      Object.entries(entry)
        .map(([name, value]) => `${name}: ${value}`)
        .join("\n"),
    )
    .join("\n\n");
}

const GUID = {
  group: "bf967a9c-0de6-11d0-a285-00aa003049e2",
  user: "bf967aba-0de6-11d0-a285-00aa003049e2",
  member: "bf9679c0-0de6-11d0-a285-00aa003049e2",
  userAccountControl: "bf967a68-0de6-11d0-a285-00aa003049e2",
  accountExpires: "bf967915-0de6-11d0-a285-00aa003049e2",
};

/** The same rights docs/connectors/activedirectory.md asks an administrator to delegate, as security descriptors. */
export function delegations(sid: string): readonly { readonly objectDn: string; readonly sddl: string }[] {
  return [
    { objectDn: LAYOUT.posternOu, sddl: `(OA;;CCDC;${GUID.group};;${sid})(OA;CIIO;GA;;${GUID.group};${sid})` },
    { objectDn: LAYOUT.vpnExempt, sddl: `(OA;;WP;${GUID.member};;${sid})` },
    {
      objectDn: LAYOUT.staffOu,
      sddl: `(OA;CIIO;WP;${GUID.userAccountControl};${GUID.user};${sid})(OA;CIIO;WP;${GUID.accountExpires};${GUID.user};${sid})`,
    },
    { objectDn: `CN=Password Settings Container,CN=System,${BASE}`, sddl: `(A;CI;LCRPLORC;;;${sid})` },
  ];
}

/** What each kind of provider is asked for, in the words of those who run it. Kinds this console has no form for are given as JSON. */

export interface ConfigField {
  /** Where it goes in the configuration. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly isOptional?: boolean;
  readonly isLong?: boolean;
  readonly isYesNo?: boolean;
}

export interface ConnectForm {
  readonly fields: readonly ConfigField[];
  /** Values that the provider's own policies are weakened by; each becomes one policy of the connection. */
  readonly groupPolicies?: { readonly objectField: string; readonly objectLabel: string; readonly hint: string };
  /** A policy every connection of the kind has, as its configuration says it. */
  readonly fixedPolicy?: { readonly label: string; readonly hint: string; readonly value: Readonly<Record<string, string>> };
}

const LDAP_FIELDS: readonly ConfigField[] = [
  { name: "url", label: "Address", placeholder: "ldaps://dc1.corp.example", hint: "Encrypted always: ldaps://, or ldap:// with StartTLS." },
  { name: "startTls", label: "StartTLS", hint: "Encrypts an ldap:// address before anything is sent.", isYesNo: true },
  {
    name: "caPem",
    label: "Certificate authority",
    hint: "PEM. Without it, this machine's own trust decides.",
    isOptional: true,
    isLong: true,
  },
  { name: "bindDn", label: "Sign in as", placeholder: "CN=postern,OU=Services,DC=corp,DC=example" },
  { name: "baseDn", label: "Look below", placeholder: "DC=corp,DC=example" },
];

export const CONNECT_FORMS: Readonly<Record<string, ConnectForm>> = {
  activedirectory: {
    fields: [
      ...LDAP_FIELDS,
      {
        name: "groupsOu",
        label: "Postern's own groups go in",
        placeholder: "OU=Postern,DC=corp,DC=example",
        hint: "Only this account may write there.",
      },
      {
        name: "mustHaveSmartcard",
        label: "Who must use a smart card",
        placeholder: "CN=All staff,OU=Groups,DC=corp,DC=example",
        hint: "A group, or an LDAP filter in parentheses.",
      },
    ],
    fixedPolicy: {
      label: "Smart card required for interactive logon",
      hint: "The bit on each account. Postern reads it, and sets it again when an exception ends.",
      value: { key: "smartcard", shape: "attribute" },
    },
    groupPolicies: {
      objectField: "exemptionGroupDn",
      objectLabel: "Exemption group",
      hint: "The group that a VPN, NPS or federation policy leaves out.",
    },
  },
};

/**
 * What Brightwater's sign-ins hang on, as a part of its estate file. Somebody took care that no cable and no resolver stands alone;
 * nobody noticed that the codes payroll falls back on come through the very sign-in they are there for.
 */

/** `key | name | kind | layer | owner | requires | connection` */
const COMPONENTS = `
dns-1          | DNS resolver, head office                | dns             | network     | chloe-martin  |  |
dns-2          | DNS resolver, waterworks                 | dns             | network     | chloe-martin  |  |
clock-1        | Time server, head office                 | time            | network     | chloe-martin  |  |
clock-2        | Time server, waterworks                  | time            | network     | chloe-martin  |  |
fibre          | Fibre to the provider                    | telecom         | network     | chloe-martin  |  |
mobile-uplink  | Mobile uplink                            | telecom         | network     | chloe-martin  |  |
office-sign-in | Office sign-in                           | idp             | identity    | pavel-dvorak  | { all: [{ any: [dns-1, dns-2] }, { any: [clock-1, clock-2] }, { any: [fibre, mobile-uplink] }] } | office
passkeys       | Passkeys of the staff                    | authenticator   | identity    | mei-tanaka    |  |
otp-broker     | Code broker (one-time codes by app)      | external        | provider    | mei-tanaka    | office-sign-in |
bank-cards     | The bank's cards, in the treasury safe   | break-glass     | facility    | judith-stern  |  |
judith-reached | Judith Stern is reachable                | person          | people      | judith-stern  |  |
ming-reached   | Ming Zhao is reachable                   | person          | people      | judith-stern  |  |
samir-reached  | Samir Haddad is reachable                | person          | people      | samir-haddad  |  |
vault          | Vault of the administrators' secrets     | vault           | identity    | rafael-costa  | { all: [vault-key, { any: [office-sign-in, sealed-codes] }] } |
vault-key      | Key module that opens the vault          | hsm             | facility    | rafael-costa  |  |
sealed-codes   | Sealed accounts, in two envelopes        | break-glass     | facility    | imani-okafor  |  |
backup-site    | Backup site                              | cloud           | provider    | rafael-costa  |  |
plant-network  | Plant network                            | network         | network     | chloe-martin  |  |
plant-sign-in  | Plant directory                          | directory       | identity    | pavel-dvorak  | { all: [plant-network, clock-2] } | plant
local-console  | Local console at the pumps               | break-glass     | facility    | dario-conti   |  |
radio          | Crew radio                               | telecom         | network     | greta-olsen   |  |
hand-terminals | Hand terminals are managed               | device-trust    | device      | sunita-rao    | cloud-plane |
cloud-plane    | Control plane of the hosting provider    | cloud           | provider    | rafael-costa  |  |
token-issuer   | Issuer of machine identities             | workload-issuer | identity    | mei-tanaka    | cloud-plane |
vpn-gateway    | VPN gateways                             | network         | network     | chloe-martin  | { any: [fibre, mobile-uplink] } |
`;

const CAUSES = [
  "  - { key: waterworks-flooded, name: The waterworks are under water, kind: region, members: [plant-network, dns-2, clock-2] }",
  "  - { key: hosting-contract, name: The hosting contract ends, kind: contract, members: [cloud-plane, otp-broker] }",
  "  - { key: carrier-outage, name: The carrier is down, kind: tenant, members: [mobile-uplink, radio] }",
];

const SIGNED_IN = "{ all: [passkeys, office-sign-in] }";

const OPERATIONS = [
  operation("pay-wages", "Pay wages", { tier: 1, application: "payroll", owner: "judith-stern", onCall: "daniel-reyes", within: 480 }, [
    way("passkey", "Passkey at the office sign-in", "human", "primary", SIGNED_IN),
    way("codes", "One-time code", "human", "fallback", "otp-broker"),
  ]),
  operation(
    "release-payments",
    "Release payments at the bank",
    { tier: 1, application: "billing", owner: "judith-stern", onCall: "ming-zhao", within: 240 },
    [
      way("passkey", "Passkey at the office sign-in", "human", "primary", SIGNED_IN),
      way(
        "safe",
        "The bank's cards from the safe",
        "human",
        "break-glass",
        "{ all: [bank-cards, { atLeast: 2, of: [judith-reached, ming-reached, samir-reached] }] }",
        90,
      ),
    ],
  ),
  operation(
    "steer-pumps",
    "Steer the pumps",
    { tier: 1, application: "control-room", owner: "dario-conti", onCall: "amara-osei", within: 30 },
    [
      way("plant", "Smart card at the plant", "human", "primary", "plant-sign-in"),
      way("console", "Local console at the pumps", "human", "break-glass", "local-console", 20),
    ],
  ),
  operation(
    "send-crews",
    "Send crews to a burst pipe",
    { tier: 2, application: "field-orders", owner: "robert-hale", onCall: "greta-olsen", within: 60 },
    [
      way("terminal", "Hand terminal", "human", "primary", "{ all: [hand-terminals, passkeys, office-sign-in] }"),
      way("radio", "Crew radio and paper orders", "human", "fallback", "radio", 15),
    ],
  ),
  operation("restore-sign-in", "Restore the office sign-in", { tier: 1, owner: "imani-okafor", onCall: "rafael-costa", within: 240 }, [
    way("vault", "Administrators' secrets from the vault", "privileged", "primary", "{ all: [vault, backup-site] }"),
    way("envelopes", "Sealed accounts", "privileged", "break-glass", "{ all: [sealed-codes, backup-site] }", 60),
  ]),
  operation(
    "read-meters",
    "Take in pump readings",
    { tier: 2, application: "telemetry", owner: "anna-virtanen", onCall: "carlos-mendez", tolerates: 0 },
    [way("identity", "Identity of the machine", "machine", "primary", "token-issuer")],
  ),
  operation("maintain-pumps", "Let Pumpworks in to mend a pump", { tier: 2, owner: "clara-jensen", onCall: "anna-virtanen", within: 720 }, [
    way("remote", "Remote, through the VPN", "third-party", "primary", "{ all: [vpn-gateway, office-sign-in] }"),
    way("escorted", "On site, escorted", "third-party", "fallback", "local-console", 360),
  ]),
];

/** Lines of the estate file, from `components:` on. */
export const MODEL: readonly string[] = [
  "components:",
  ...componentLines(),
  "commonCauses:",
  ...CAUSES,
  "operations:",
  ...OPERATIONS.flat(),
];

function componentLines(): readonly string[] {
  return COMPONENTS.trim()
    .split("\n")
    .map((row) => row.split("|").map((cell) => cell.trim()))
    .map(([key, name, kind, layer, owner, requires = "", connection = ""]) => {
      const more = [...(requires === "" ? [] : [`requires: ${requires}`]), ...(connection === "" ? [] : [`connection: ${connection}`])];
      return `  - { ${[`key: ${key}`, `name: "${name}"`, `kind: ${kind}`, `layer: ${layer}`, `owner: ${owner}`, ...more].join(", ")} }`;
    });
}

interface Task {
  readonly tier: number;
  readonly application?: string;
  readonly owner: string;
  readonly onCall: string;
  readonly within?: number;
  readonly tolerates?: number;
}

function operation(key: string, name: string, { tier, application, owner, onCall, within, tolerates = 1 }: Task, ways: readonly string[]) {
  const parts = [
    `key: ${key}`,
    `name: ${name}`,
    `criticality: ${tier}`,
    ...(application === undefined ? [] : [`application: ${application}`]),
    `businessOwner: ${owner}`,
    "modelApprover: farah-siddiqui",
    "maintainer: mei-tanaka",
    `onCall: ${onCall}`,
    `tolerates: ${tolerates}`,
    ...(within === undefined ? [] : [`withinMinutes: ${within}`]),
  ];
  return [...parts.map((part, i) => `${i === 0 ? "  - " : "    "}${part}`), "    paths:", ...ways];
}

function way(key: string, name: string, population: string, role: string, needs: string, minutes?: number): string {
  const time = minutes === undefined ? "" : `, minutes: ${minutes}`;
  return `      - { key: ${key}, name: "${name}", population: ${population}, role: ${role}, needs: ${needs}${time} }`;
}

/** Brightwater, a water company that does not exist: who there has what to say, and what they answer for. Its people are the example directory's. */
import { PEOPLE } from "../connectors/example/people.ts";
import type { Role } from "../people/role.ts";
import { MODEL } from "./model.ts";

export const ORGANISATION = { name: "Brightwater (example organisation, invented)", zone: "Europe/Zurich" } as const;

/** Who sets Postern up, on its first day. */
export const FIRST_ADMINISTRATOR = "rafael.costa";

/** Who holds which role; everybody else works there, and may ask. */
export const ROLES: Readonly<Record<string, readonly Role[]>> = {
  "helena.brandt": ["executive"],
  "samir.haddad": ["executive"],
  "lars.nyholm": ["executive"],
  "imani.okafor": ["administrator"],
  "rafael.costa": ["administrator"],
  "pavel.dvorak": ["iam"],
  "mei.tanaka": ["iam"],
  "sunita.rao": ["endpoint"],
  "oskar.lind": ["help_desk"],
  "aisha.diallo": ["help_desk"],
  "ben.carver": ["help_desk"],
  "yusuf.kaya": ["help_desk"],
  "farah.siddiqui": ["security_governance"],
  "kofi.mensah": ["security_governance"],
  "anton.weiss": ["security_architecture"],
  "chloe.martin": ["network_security"],
  "ingrid.solberg": ["auditor"],
  "dario.conti": ["operations"],
  "greta.olsen": ["site_operations"],
  "hugo.lambert": ["site_operations"],
  "clara.jensen": ["vendor_manager"],
  "judith.stern": ["application_owner"],
  "anna.virtanen": ["application_owner"],
  "robert.hale": ["application_owner"],
};

/** Who is asked for most: the visitor of the example walks in their shoes. */
export const PERSONAS = [
  {
    key: "governance",
    person: "farah.siddiqui",
    title: "Head of security governance",
    does: "sees all of it, decides, asks why it is not closed",
  },
  {
    key: "owner",
    person: "judith.stern",
    title: "Owner of the billing and payroll applications",
    does: "answers for exceptions, and reviews them",
  },
  { key: "approver", person: "chloe.martin", title: "Network security", does: "decides on remote access" },
  { key: "iam", person: "mei.tanaka", title: "Identity engineer", does: "connects directories, claims or removes what nobody answers for" },
  { key: "help-desk", person: "oskar.lind", title: "Service desk lead", does: "asks for others; owns and approves nothing" },
  { key: "auditor", person: "ingrid.solberg", title: "Internal auditor", does: "reads all of it and verifies the journal" },
  { key: "board", person: "lars.nyholm", title: "Chief security officer", does: "answers for accepted risks" },
  { key: "administrator", person: "imani.okafor", title: "Head of IT", does: "keeps people, passkeys and connections" },
] as const;
export type PersonaKey = (typeof PERSONAS)[number]["key"];

/** Whose computers and terminals the plant's own directory knows. */
export const PLANT_UNITS = ["operations", "field", "vendor"] as const;

interface Employee {
  readonly name: string;
  readonly fullName: string;
  readonly unit: string;
  readonly manager: string;
}

/** Everybody who works there now. */
export const EMPLOYEES: readonly Employee[] = PEOPLE.trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, , , , , flags]) => flags !== "left")
  .map(([name = "", fullName = "", unit = "", , manager = ""]) => ({ name, fullName, unit, manager }));

/** A name as the estate's keys are written. */
export const keyOf = (name: string): string => name.replaceAll(".", "-");

export function fullNameOf(name: string): string {
  const found = EMPLOYEES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nobody at Brightwater is called ${name}`);
  return found.fullName;
}

export const PUMPWORKS = { key: "pumpworks", contract: "PW-2041" } as const;

/** The estate as a file; `contractEnds` is the day Pumpworks' contract ends. */
export function estateOf(contractEnds: string): string {
  return [
    `organisation: { name: "${ORGANISATION.name}", zone: ${ORGANISATION.zone} }`,
    "people:",
    ...EMPLOYEES.map(personLine),
    "teams:",
    "  - { key: identity, name: Identity, lead: pavel-dvorak, members: [pavel-dvorak, mei-tanaka] }",
    "  - { key: control-room, name: Control room, lead: amara-osei, members: [amara-osei, viktor-petrov, noor-rahman, jonas-keller, lucia-ferrer] }",
    "applications:",
    "  - { key: billing, name: Billing, owner: judith-stern, tier: 1, provider: { connection: office, policy: smartcard } }",
    "  - { key: payroll, name: Payroll, owner: judith-stern, tier: 2, provider: { connection: office, policy: vpn } }",
    "  - { key: telemetry, name: Pump telemetry, owner: anna-virtanen, tier: 1, provider: { connection: office, policy: vpn } }",
    "  - { key: control-room, name: Control-room console, owner: anna-virtanen, tier: 1, provider: { connection: office, policy: vpn } }",
    "  - { key: field-orders, name: Field orders, owner: robert-hale, tier: 2, provider: { connection: office, policy: vpn } }",
    "  - { key: purchasing, name: Purchasing, owner: judith-stern, tier: 3, provider: { connection: office, policy: vpn } }",
    "  - { key: recruiting, name: Recruiting, owner: judith-stern, tier: 4, provider: { connection: office, policy: vpn } }",
    "  - { key: leak-survey, name: Leak survey, owner: robert-hale, tier: 3, provider: { connection: office, policy: vpn } }",
    "deviceClasses:",
    "  - { key: hand-terminal, name: Hand terminals of the crews, lead: sunita-rao }",
    "vendors:",
    `  - { key: ${PUMPWORKS.key}, name: Pumpworks (invented), manager: clara-jensen, contracts: [{ ref: ${PUMPWORKS.contract}, endsOn: ${contractEnds} }] }`,
    ...MODEL,
  ].join("\n");
}

function personLine({ name, fullName, unit, manager }: Employee): string {
  const accounts = ["office", ...((PLANT_UNITS as readonly string[]).includes(unit) ? ["plant"] : [])].map(
    (connection) => `{ connection: ${connection}, key: person-${name}${connection === "plant" ? ", secondary: true" : ""} }`,
  );
  const parts = [
    `key: ${keyOf(name)}`,
    `name: "${fullName}"`,
    `email: ${name}@brightwater.example`,
    `unit: ${unit}`,
    `roles: [${(ROLES[name] ?? []).join(", ")}]`,
    ...(manager === "" ? [] : [`manager: ${keyOf(manager)}`]),
    `accounts: [${accounts.join(", ")}]`,
  ];
  return `  - { ${parts.join(", ")} }`;
}

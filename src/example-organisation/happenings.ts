/** What else happened at Brightwater: what was found and removed, who left, what broke, what was decided above. All invented. Pure. */
import type { Happening } from "./story.ts";

const NOBODY = "Nobody answers for it.";
const IMPORTED = `id,what,kind,where,policy,who,until,owner
7,Crew laptop of the south yard,remote_access,office,vpn,liam.byrne,UNTIL,anna-virtanen
9,Old contract archive,legacy_application,office,smartcard,stefan.maier,UNTIL,judith-stern
12,Spare account of the yard,remote_access,office,vpn,nadia.benali,,
`;

export const FOUND: readonly Happening[] = [
  { on: 1, removeBypass: "jonas.keller", form: "requirement_cleared", reason: NOBODY, by: "mei.tanaka" },
  {
    on: 1,
    removeBypass: "hana.suzuki",
    form: "requirement_cleared",
    reason: "The help desk had forgotten to set it back.",
    by: "mei.tanaka",
  },
  { on: 2, removeBypass: "viktor.petrov", form: "governed_group_member", reason: NOBODY, by: "mei.tanaka" },
  { on: 2, removeBypass: "rafael.costa", form: "governed_group_member", reason: "He has a key, and uses it.", by: "pavel.dvorak" },
  { on: 2, removeBypass: "tomasz.nowak", form: "password_reset_behind_requirement", reason: NOBODY, by: "mei.tanaka" },
  { on: 6, removeBypass: "ext.ruth.adler", form: "password_usable", reason: "No exception covers her.", by: "pavel.dvorak" },
  {
    on: 12,
    removeBypass: "helena.brandt",
    form: "requirement_cleared",
    reason: "She has a card now, and asked for it herself.",
    by: "mei.tanaka",
  },
  {
    on: 30,
    removeBypass: "svc-payroll",
    form: "password_never_expires",
    reason: "Its password is changed by a job now.",
    by: "mei.tanaka",
  },
  {
    on: 50,
    removeBypass: "ext.joao.pires",
    form: "governed_group_member",
    reason: "He asks for an exception like everybody.",
    by: "mei.tanaka",
  },
  { on: 100, byHand: hand("governed_group_member", "nadia.benali", "yusuf.kaya", "vpn") },
  { on: 104, removeBypass: "nadia.benali", form: "governed_group_member", reason: "It was for one evening, it says.", by: "mei.tanaka" },
  { on: 222, putBack: "treatment-model", subject: "emeka.obi", by: "ben.carver" },
  { on: 260, byHand: hand("requirement_cleared", "piotr.zielinski", "aisha.diallo", "smartcard") },
  { on: 262, removeBypass: "piotr.zielinski", form: "requirement_cleared", reason: "His card works again.", by: "pavel.dvorak" },
  { on: 349, byHand: hand("password_usable", "sofia.lindqvist", "ben.carver", "vpn") },
  { on: 361, byHand: hand("governed_group_member", "ext.ken.mori", "clara.jensen", "vpn") },
  { on: 362, byHand: hand("governed_group_member", "maria.santos", "yusuf.kaya", "vpn") },
  { on: 362, byHand: hand("requirement_cleared", "viktor.petrov", "ben.carver", "smartcard"), directory: "plant" },
  { on: 363, byHand: hand("requirement_cleared", "wanjiru.kamau", "ben.carver", "smartcard") },
];

function hand(form: "governed_group_member" | "requirement_cleared" | "password_usable", subject: string, by: string, policy: string) {
  const seen = {
    governed_group_member: `member of ${policy}-exempt`,
    requirement_cleared: "strongSignIn=off",
    password_usable: "a password is still set",
  };
  return { form, subject, by, policy, seen: seen[form] };
}

export const ABOVE: readonly Happening[] = [
  {
    on: 30,
    importList: "Spreadsheet of the service desk",
    csv: (day) => IMPORTED.replaceAll("UNTIL", day(100)),
    by: "pavel.dvorak",
  },
  {
    on: 88,
    risk: "old-terminals-too-long",
    executive: "helena.brandt",
    by: "kofi.mensah",
    chapters: ["hand-terminals"],
    until: 300,
    statement: "The hand terminals stay as they are until somebody asks again.",
  },
  {
    on: 92,
    declineRisk: "old-terminals-too-long",
    sentence: "Until somebody asks again is no date. Come back with one, and with the price of new ones.",
  },
  { on: 140, trouble: "down", directory: "office", hours: 7 },
  { on: 165, leaves: "dmitri.volkov", reason: "He left the company at the end of the month." },
  { on: 170, policyChange: "remote_access", by: "farah.siddiqui", change: { draftIdleFor: "P21D" } },
  {
    on: 180,
    designIssue: "telemetry",
    about: { application: "telemetry" },
    owner: "anna.virtanen",
    by: "farah.siddiqui",
    statement: "Telemetry lives on exceptions: the gateway, and the maker's engineer. It needs a sign-in of its own.",
  },
  { on: 200, delegate: "mei.tanaka", to: "pavel.dvorak", role: "iam", days: 14, reason: "Two weeks in the mountains." },
  {
    on: 205,
    risk: "hand-terminals",
    executive: "lars.nyholm",
    by: "farah.siddiqui",
    chapters: ["hand-terminals"],
    until: 330,
    statement:
      "The north crew works with terminals that take no passkey until the new ones are delivered. What they reach is the order system.",
  },
  { on: 207, acceptRisk: "hand-terminals" },
  {
    on: 215,
    designIssue: "billing",
    about: { application: "billing" },
    owner: "judith.stern",
    by: "farah.siddiqui",
    statement: "Billing prints through a gateway that takes no card.",
  },
  {
    on: 255,
    endIssue: "billing",
    by: "judith.stern",
    sentence: "The new interface prints with the card; the gateway goes with the next year's end.",
  },
  { on: 240, waysIn: "pavel.dvorak" },
  {
    on: 345,
    rewords: "control-room",
    statement: "A passkey on the staff card, or the shift's shared card from the drawer while the reader is out of order.",
    by: "mei.tanaka",
  },
  {
    on: 318,
    drill: "Steer the pumps from the local console",
    exercise: "break-glass-offline",
    path: "steer-pumps/console",
    fails: ["plant-sign-in"],
    owner: "dario.conti",
    by: "farah.siddiqui",
    held: {
      takes: ["amara.osei", "viktor.petrov"],
      looksOn: "helena.brandt",
      note: "The seal of the safe was whole. The second key took longest to find.",
    },
  },
  {
    on: 345,
    drill: "The bank's cards from the safe",
    exercise: "break-glass-offline",
    path: "release-payments/safe",
    fails: ["office-sign-in"],
    owner: "judith.stern",
    by: "farah.siddiqui",
    held: { due: 372 },
  },
  { on: 250, contractEnds: 330 },
  { on: 335, contractEnds: 700 },
  { on: 348, trouble: "readonly", directory: "plant" },
  {
    on: 352,
    risk: "scada-link",
    executive: "lars.nyholm",
    by: "farah.siddiqui",
    chapters: ["scada-link"],
    until: 480,
    statement: "Pump readings travel with a static secret until the gateway's release 7. Its owner has asked three times for longer.",
  },
  {
    on: 310,
    risk: "break-glass",
    executive: "lars.nyholm",
    by: "kofi.mensah",
    chapters: ["control-room-break-glass"],
    until: 500,
    statement:
      "The control room keeps a way in that does not depend on the identity provider. It is watched, sealed and tried every quarter.",
  },
  { on: 312, acceptRisk: "break-glass" },
];

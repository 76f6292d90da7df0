/** The people, groups and planted bypasses the example directory begins with. All of them are invented. */
import { instant } from "../../kernel/time.ts";
import type { BypassForm } from "../port.ts";
import type { ExampleGroup, ExamplePerson, ExampleState, Opening } from "./map.ts";

const PEOPLE = `Ada Brandt, Amir Solano, Anouk Verlinden, Arjun Mehrotra, Astrid Holm, Bela Kertesz, Bruno Calvino, Carla Montes, Cedric Aubert,
Chiara Bellandi, Dagny Strand, Daniel Okafor, Dario Ferrante, Dilek Aksoy, Edda Lindqvist, Elif Demirkan, Emil Novotny, Esra Polat, Farid Nasser,
Fenna de Wit, Fiona Gallacher, Gideon Amsel, Greta Hauser, Hana Sorokin, Henrik Dahl, Ilse Kamp, Imani Otieno, Ines Carvalho, Iris Vogt, Ivo Marek,
Jana Kolar, Jasper Thorne, Jonas Wirth, Juno Park, Kai Lehmann, Katya Morozova, Lars Ekdahl, Leila Haddad, Linus Berg, Lucia Navarro, Magnus Rask,
Maren Schulte, Mateo Iglesias, Mira Tanaka, Nadia Benali, Nils Arendt, Noor Rahman, Olga Petrenko, Oscar Lund, Paula Richter, Pavel Dvorak,
Quinn Farrow, Rania Khoury, Rafael Duarte, Sanna Virtanen, Tobias Frei, Uma Krishnan, Viktor Sandor, Wanda Zielinska, Yusuf Kaplan`;

const SERVICES = ["svc-scanner", "svc-backup"];

/** Whose account stands open, how, and who left it so. */
const PLANTED: readonly (readonly [name: string, form: BypassForm, policy: string | undefined, object: string, by: string])[] = [
  ["ada.brandt", "requirement_cleared", "smartcard", "example/people/ada.brandt/smartcard", "help.desk"],
  ["bruno.calvino", "requirement_cleared", "smartcard", "example/people/bruno.calvino/smartcard", "help.desk"],
  ["chiara.bellandi", "governed_group_member", "vpn", "example/exemptions/vpn", "network.admin"],
  ["daniel.okafor", "ungoverned_exemption", "vpn", "example/groups/vpn-passwords-allowed", "network.admin"],
  ["field-technicians", "ungoverned_exemption", "vpn", "example/groups/vpn-passwords-allowed", "network.admin"],
  ["svc-scanner", "password_not_required", undefined, "example/people/svc-scanner/password-not-required", "installer"],
  ["svc-backup", "password_never_expires", undefined, "example/people/svc-backup/password-never-expires", "installer"],
  ["katya.morozova", "password_never_expires", undefined, "example/people/katya.morozova/password-never-expires", "help.desk"],
  ["linus.berg", "weaker_password_policy", undefined, "example/password-policies/workshop", "it.admin"],
  ["mira.tanaka", "password_reset_behind_requirement", "smartcard", "example/people/mira.tanaka/password", "help.desk"],
  ["oscar.lund", "password_usable", "smartcard", "example/people/oscar.lund/password", "migration"],
];

const SINCE = instant("2026-02-16T08:30:00Z");

function people(): readonly ExamplePerson[] {
  const names = PEOPLE.split(",").map((name) => name.trim());
  const managers = names.length / 10;
  const staff = names.map((displayName, i): ExamplePerson => {
    const name = displayName.toLowerCase().replaceAll(" ", ".").replace(".de.", ".de");
    return {
      key: `person-${String(i + 1).padStart(2, "0")}`,
      name,
      displayName,
      kind: "user",
      email: `${name}@example.test`,
      // The first few lead ten people each; who leads nobody's manager is left out.
      ...(i >= managers && { managerKey: `person-${String((i % managers) + 1).padStart(2, "0")}` }),
      enabled: i % 29 !== 28,
    };
  });
  const services = SERVICES.map((name, i): ExamplePerson => {
    return { key: `service-${i + 1}`, name, displayName: name, kind: "service", email: `${name}@example.test`, enabled: true };
  });
  return [...staff, ...services];
}

function groups(staff: readonly ExamplePerson[]): readonly ExampleGroup[] {
  const keys = staff.filter(({ kind }) => kind === "user").map(({ key }) => key);
  return [
    { key: "group-1", name: "field-technicians", kind: "static", members: keys.slice(40, 47) },
    { key: "group-2", name: "assembly-line", kind: "static", members: keys.slice(47, 52) },
    { key: "group-3", name: "contractors", kind: "dynamic", members: keys.slice(52, 58) },
    { key: "group-4", name: "everyone-on-site", kind: "static", members: ["group-1", "group-2"] },
  ];
}

export function fictionalDirectory(): ExampleState {
  const staff = people();
  const all = groups(staff);
  const keyOf = (name: string) => [...staff, ...all].find((one) => one.name === name)!.key;
  const openings = PLANTED.map(([name, form, policy, object, by]): Opening => {
    return { form, ...(policy !== undefined && { policy }), subject: keyOf(name), object, since: SINCE, by };
  });
  return {
    label: "Postern's example directory. Everybody in it is invented. Remove the connection and delete this file when you are done.",
    version: 1,
    people: staff,
    groups: all,
    openings,
    log: [],
  };
}

import { describe, expect, test } from "vitest";

import type { Journey } from "../accountability/journey.ts";
import { instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import { inOrder } from "../platform/located-yaml.ts";
import { readEstateFile } from "./load-file.ts";
import { planFile, type Planned } from "./plan.ts";
import { planWords } from "./plan-words.ts";
import { type At, type Known, NOTHING_KNOWN } from "./planning.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const BASE = `people:
  - { key: ada, name: Ada, roles: [iam] }
  - { key: ben, name: Ben, roles: [application_owner] }
  - { key: hedi, name: Hedi, roles: [help_desk] }
  - { key: gone, name: Gone, active: false }
teams:
  - { key: it, name: IT, members: [ada, ben] }
applications:
  - { key: erp, name: Accounts, owner: ben, tier: 1 }
`;
const ROTA =
  "rotas:\n  - { key: it, name: IT, owner: { team: it }, rotation: { people: [ada, ben], startsOn: 2026-03-02, handoverAt: 09:00 } }\n";
const journey = (rest: string) => `journeys:\n  - { population: human, about: { application: erp }, statement: A passkey., ${rest} }\n`;

function plan(text: string, known: Known = NOTHING_KNOWN) {
  const reading = readEstateFile(text);
  if (!reading.ok) throw new Error(reading.faults.map(({ at, code, detail }) => `${at} ${code} ${detail}`).join("\n"));
  const { file, placeOf } = reading.read;
  return {
    file,
    ...planFile({
      file,
      placeOf,
      known,
      actor: { id: "per_chief" as PersonId, roles: ["administrator"] },
      now,
      ids,
      feedOf: () => undefined,
    }),
  };
}

/** Each with the beginning of what stands where it is said to be. */
const faultsOf = (text: string) =>
  inOrder(plan(text).faults).map(({ at = "", code }) => {
    const [line = 0, column = 0] = at.split(":").slice(1).map(Number);
    const [found = ""] = /^(\{ [a-z]+|[a-z]+|[^ ,]+)/.exec(text.split("\n")[line - 1]!.slice(column - 1)) ?? [];
    return `${code} at ${found}`;
  });

function at<State>(list: readonly { readonly after: State }[]): At<State>[] {
  return list.map(({ after }) => ({ version: 1, state: after }));
}

/** What would be known once it is applied. */
function knownAfter({ steps }: Planned): Known {
  return {
    ...NOTHING_KNOWN,
    persons: at(steps.people),
    teams: at(steps.teams),
    applications: at(steps.applications),
    rotas: at(steps.rotas),
    journeys: at(steps.journeys),
  };
}

describe("rotas and journeys of a file", () => {
  test("come with the people, teams and applications of the same file, and change nothing when applied again", () => {
    const text = BASE + ROTA + journey("businessOwner: ben, approver: ada, maintainer: { team: it }, rota: it");
    const first = plan(BASE + ROTA + journey("businessOwner: ben, approver: ada, maintainer: ben, rota: it"));
    expect(first.faults).toEqual([]);
    expect(first.steps.journeys[0]?.after).toMatchObject({ model: { by: "per_chief", at: now }, approval: null, status: "active" });
    const known = knownAfter(first);
    const again = plan(BASE + ROTA + journey("businessOwner: ben, approver: ada, maintainer: ben, rota: it"), known);
    expect(Object.values(again.steps).flatMap((list) => list.flatMap(({ events }) => [...events]))).toEqual([]);
    const words = planWords(again.steps, known, again.file, true);
    expect(words).toMatchObject({ created: [], changed: [], leftAlone: [] });
    // Whoever is of the team that maintains it may not approve it.
    expect(inOrder(plan(text, known).faults)).toMatchObject([{ code: "accountability.maintainerMayNotApprove" }]);
  });

  test("say what changes by name, and an approval is not of the file", () => {
    const first = plan(BASE + ROTA + journey("businessOwner: ben, rota: it"));
    const approval = { by: "per_ada" } as Journey["approval"];
    const known = knownAfter(first);
    const journeys = known.journeys.map(({ state }) => ({ version: 2, state: { ...state, approval } }));
    const changed = plan(BASE + journey("businessOwner: { team: it }").replace("A passkey.", "A card."), { ...known, journeys });
    expect(changed.faults).toEqual([]);
    expect(changed.steps.journeys[0]?.after.approval).toBe(approval);
    const words = planWords(changed.steps, known, changed.file, true);
    expect(words.changed).toMatchObject([{ kind: "journey", name: "People to erp" }]);
    const fields = words.changed[0]!.fields.map(({ field, before, after }) => `${field}: ${before} → ${after}`);
    expect(new Set(fields)).toEqual(new Set(["model: A passkey. → A card.", "businessOwner: ben → it", "rota: it → null"]));
    expect(words.leftAlone).toMatchObject([{ kind: "rota", key: "it" }]);
  });

  test.each<[string, string, readonly string[]]>([
    ["nobody of that key", BASE + journey("businessOwner: eve"), ["estate.referenceDangling at eve"]],
    ["no team of that key", BASE + journey("maintainer: { team: ops }"), ["estate.referenceDangling at ops"]],
    ["no rota of that key", BASE + journey("rota: night"), ["estate.referenceDangling at night"]],
    ["somebody who left", BASE + journey("businessOwner: gone"), ["accountability.seatEmpty at gone"]],
    ["the help desk", BASE + journey("maintainer: hedi"), ["accountability.helpDeskMayNotOwn at hedi"]],
    ["an approver who decides nothing", BASE + journey("approver: gone"), ["accountability.seatEmpty at gone"]],
    ["nothing there is", journey("").replace("erp", "crm"), ["accountability.aboutUnknown at { application"]],
    ["the same way twice", BASE + journey("") + journey("").replace("journeys:\n", ""), ["estate.keyTwice at { population"]],
    [
      "a rota of nobody and of somebody unknown",
      `${BASE}rotas:\n  - { key: none, name: N, rotation: { people: [], startsOn: 2026-03-02, handoverAt: 09:00 } }\n  - { key: some, name: S, rotation: { people: [eve], startsOn: 2026-03-02, handoverAt: 09:00 } }\n`,
      ["accountability.rotationEmpty at []", "estate.referenceDangling at eve"],
    ],
    ["a rota without an address to read", `rotas:\n  - { key: far, name: Far, feed: {} }\n`, ["accountability.feedAddress at {}"]],
    [
      "a rota that is retired under a journey",
      BASE + ROTA.replace("name: IT", "status: retired, name: IT") + journey("rota: it"),
      ["accountability.rotaUnknown at it"],
    ],
  ])("that name %s are refused where the file says it", (_, text, faults) => expect(faultsOf(text)).toEqual(faults));

  test.each<[string, string, string]>([
    [
      "a rota that says nothing",
      "rotas:\n  - { key: it, name: IT }\n",
      "Write who takes turns (rotation), or that a calendar kept elsewhere says so (feed).",
    ],
    ["a way to nowhere", "journeys:\n  - { population: human, about: {}, statement: X }\n", "Name one application, or one operation."],
    [
      "a way to two places",
      "journeys:\n  - { population: human, about: { application: aa, operation: bb }, statement: X }\n",
      "Name one application, or one operation.",
    ],
    ["a seat that is neither", "rotas:\n  - { key: it, name: IT, feed: {}, owner: [ada] }\n", "Write the key of a person, or { team: … }."],
  ])("%s is said in words", (_, text, words) => {
    const reading = readEstateFile(text);
    expect(reading.ok ? [] : reading.faults.map(({ detail }) => detail)).toEqual([words]);
  });
});

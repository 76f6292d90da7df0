import { expect, test } from "vitest";

import type { DirectoryPerson } from "../connectors/port.ts";
import { personRowOf } from "../decisions/person-row.ts";
import { evolve } from "./evolve.ts";
import { commandsOf } from "./import.ts";
import type { NewPerson, Person, PersonId } from "./person.ts";

const seen = (name: string, enabled = true): DirectoryPerson => ({
  subject: { kind: "user", key: "guid-1", name },
  displayName: "Anna",
  enabled,
});
const imported = (before: Person | undefined, person: DirectoryPerson) =>
  commandsOf(before, { connection: "con_1", seen: person, manager: null }, () => "per_1" as PersonId);

test("an import keeps what people type to sign in, where the provider calls an account by more than its key", () => {
  const [added] = imported(undefined, seen("amuster"));
  expect(added).toMatchObject({ person: { accounts: [{ key: "guid-1", login: "amuster" }] } });
  expect(imported(undefined, seen("guid-1"))[0]).toMatchObject({ person: { accounts: [{ key: "guid-1" }] } });
  const person = evolve(undefined, { type: "personAdded", data: (added as { person: NewPerson }).person });
  expect(imported(person, seen("anna.meier"))[0]).toMatchObject({ type: "recordAccount", account: { login: "anna.meier" } });
  expect(personRowOf(person).accounts[0]!.login).toBe("amuster");
  const off = evolve(person, { type: "accountRecorded", data: { ...person.accounts[0]!, enabled: false } });
  expect(personRowOf(off).accounts[0]!.login).toBe("");
});

import { array, assert, boolean, constantFrom, integer, oneof, property, record, tuple } from "fast-check";
import { expect, test } from "vitest";

import { MOVES, OPENINGS, PROGRESS, WAITS } from "../../test/support/exception-moves.ts";
import { PROVIDER } from "../../test/support/exception-provider.ts";
import { APPLICATION, CON, P, START } from "../../test/support/exception-story.ts";
import { BEGINNING, type Move, type World } from "../../test/support/exception-world.ts";
import type { ExceptionEvent } from "../exceptions/events.ts";
import { evolve } from "../exceptions/evolve.ts";
import type { ExceptionState } from "../exceptions/exception.ts";
import { inForce } from "../exceptions/in-force.ts";
import { epochMs, instantOfEpochMs } from "../kernel/time.ts";
import { beginFold, createBook, endFold, putException, putPerson } from "./book.ts";
import { decide } from "./decide.ts";
import { rowsOf } from "./grant-row.ts";
import { createRegister } from "./layered-register.ts";
import type { PersonRow } from "./person-row.ts";
import type { Question } from "./question.ts";
import { repack } from "./repack.ts";
import { loadRules } from "./rules/load-rules.ts";
import type { Snapshot } from "./snapshot.ts";

const RULES = `name: default
description: What a test decides by.
register: [sign_in]
actions: [sign_in, look]
rules:
  - name: strong
    permit: A passkey opens it.
    when: { action.name: sign_in, action.properties.method: passkey }
  - name: never
    deny: Nobody gets in from there.
    when: { context.site: abroad }
  - name: fallback
    needs_exception: An exception is needed.
    when: { action.name: sign_in }
`;
const reading = loadRules(RULES);
if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
const { rules } = reading;

const BY_NAME = new Map([...OPENINGS, ...MOVES, ...WAITS, PROGRESS].map((move) => [move.name, move]));
const named = (moves: readonly Move[]) => constantFrom(...moves.map((move) => move.name));
/** Mostly the usual course of things, so that lives get to where something is in force. */
const step = oneof(
  { weight: 8, arbitrary: named([PROGRESS]) },
  { weight: 2, arbitrary: named(PROVIDER) },
  { weight: 1, arbitrary: named(WAITS) },
  { weight: 1, arbitrary: named(MOVES) },
);
const life = tuple(named(OPENINGS), array(step, { minLength: 8, maxLength: 30 }));
const lived = ([opening, steps]: [string, string[]]): World =>
  [opening, ...steps].reduce((world, name) => BY_NAME.get(name)!.apply(world), BEGINNING);

/** The same life under another name: subjects of its own in half of them, so that some exceptions share them. */
function underName(events: readonly ExceptionEvent[], n: number): readonly ExceptionEvent[] {
  const text = JSON.stringify(events).replaceAll('"exc_1"', `"exc_${n}"`).replaceAll("EXC-2026-0001", `EXC-2026-${n}`);
  return JSON.parse(n % 2 === 0 ? text.replaceAll("guid-", `guid-${n}-`) : text) as ExceptionEvent[];
}

const question = record({
  name: constantFrom("guid-1", "guid-2", "guid-2-1", "guid-4-1", "per_subject", "subject@example.org", "SUBJECT@example.org", "nobody"),
  method: constantFrom("password", "password", "password", "sms", "passkey", null),
  action: constantFrom("sign_in", "sign_in", "look"),
  resource: constantFrom(APPLICATION.id, APPLICATION.id, "app_2"),
  site: constantFrom("here", "here", "abroad"),
  afterMs: integer({ min: -86_400_000, max: 80 * 86_400_000 }),
});

interface Drawn {
  readonly name: string;
  readonly method: string | null;
  readonly action: string;
  readonly resource: string;
  readonly site: string;
}

function asked({ name, method, action, resource, site }: Drawn): Question {
  return {
    subject: { type: "user", id: name, properties: {} },
    action: { name: action, properties: method === null ? {} : { method } },
    resource: { type: "application", id: resource, properties: {} },
    context: { site },
  };
}

/** Slowly, and by the words of the model: fold every life from its first event, then ask the one predicate. */
function reference(
  lives: readonly (readonly ExceptionEvent[])[],
  person: PersonRow,
  { subject, action, resource, context }: Question,
  nowMs: number,
): boolean {
  const states = lives.map((events) => events.reduce<ExceptionState | undefined>(evolve, undefined)!);
  if (action.name !== "sign_in") return false;
  const own = [person.id, person.mail.toLowerCase()].includes(subject.id.toLowerCase());
  const isAccount = person.accounts.some(({ key }) => key === subject.id);
  const key = own ? person.accounts[0]!.key : subject.id;
  const rows = states.flatMap(rowsOf).filter((row) => row.subject.key === key);
  // Known by an exception alone, somebody is who the exception says.
  const isTheirs = own || isAccount || rows.some((row) => row.person === person.id);
  if (!isTheirs && rows.length === 0) return false;
  if (isTheirs && !person.active) return false;
  if (action.properties["method"] === "passkey") return true;
  if (context["site"] === "abroad") return false;
  const method = typeof action.properties["method"] === "string" ? action.properties["method"] : null;
  const query = { connection: CON, keys: [{ kind: "user", key } as const] };
  const on = { kind: "application", id: resource.id } as const;
  return states.some((state) => inForce(state, query, on, instantOfEpochMs(nowMs), { method, networks: [], deviceClasses: [] }));
}

test("for random registers, rules, times and questions a decision is that of a fold from the start that asks the one predicate", () => {
  let permitted = 0;
  assert(
    property(
      array(life, { minLength: 1, maxLength: 4 }),
      boolean(),
      integer({ min: 0, max: 3 }),
      array(question, { minLength: 30, maxLength: 30 }),
      (lives, active, folds, questions) => {
        const told = lives.map((each, i) => underName(lived(each).events, i + 1)).filter((events) => events.length > 0);
        const person: PersonRow = {
          id: P.subject,
          active,
          slug: "",
          mail: "subject@example.org",
          accounts: [{ connection: CON, key: "guid-1", enabled: true, secondary: false, login: "" }],
        };
        const book = createBook({ key0: 3, key1: 4 }, { logKey: "x", leaves: 0, lastEntry: "" });
        putPerson(book, person);
        for (const [i, events] of told.entries()) {
          // Entry by entry, as a follower hears of them, folded together somewhere on the way.
          let state: ExceptionState | undefined;
          for (const [n, event] of events.entries()) {
            state = evolve(state, event);
            putException(book, state.dossier.id, rowsOf(state));
            if (i === folds && n % 7 === 3) endFold(book, repack(book.base?.words, beginFold(book), book.seed, {}));
          }
        }
        const layers = book.base === undefined ? [book.overlay] : [book.overlay, book.base];
        const register = createRegister({ sequence: 1, size: 1, layers, connections: new Map() });
        for (const each of questions) {
          const nowMs = epochMs(START) + each.afterMs;
          const snapshot: Snapshot = { register, ruleSets: new Map([["default", rules]]), freshAtMs: nowMs, maxAgeMs: 1000 };
          const verdict = decide(asked(each), rules, snapshot, nowMs);
          expect(verdict.permit, JSON.stringify([each, verdict])).toBe(reference(told, person, asked(each), nowMs));
          expect(decide(asked(each), rules, snapshot, nowMs)).toEqual(verdict);
          expect(decide(asked(each), rules, { ...snapshot, freshAtMs: nowMs - 1001 }, nowMs).permit).toBe(false);
          if (verdict.code !== "permitted_by_exception") continue;
          permitted += 1;
          // Never from its end on, whatever is not heard meanwhile.
          const endMs = epochMs(verdict.grant!.validUntil);
          expect(endMs).toBeGreaterThan(nowMs);
          expect(reference(told, person, asked(each), endMs - 1)).toBe(true);
          const atEnd = { ...snapshot, freshAtMs: endMs };
          expect(decide(asked(each), rules, atEnd, endMs).permit).toBe(reference(told, person, asked(each), endMs));
        }
      },
    ),
    { numRuns: 120 },
  );
  // Of questions that nothing permits nothing would be learnt.
  expect(permitted).toBeGreaterThan(10);
});

import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";

import { getPerson } from "../../../src/people/contract.ts";
import { useConnectionNames } from "../../names.ts";
import { Button } from "../../parts/button.tsx";
import { read } from "../../queries.ts";
import styles from "./conflict-panel.module.css";
import type { Conflict } from "./draft-on-server.ts";
import { type Field, pick } from "./merge-typed.ts";
import type { TypedRequest } from "./typed-request.ts";

interface ConflictPanelProps {
  conflict: Conflict;
  mine: TypedRequest;
  takenIn: readonly string[];
  settle: (choices: Partial<TypedRequest>) => void;
}

type Choice = "mine" | "theirs";

/** Both values of everything two people changed at once; neither is written until somebody has chosen. */
export function ConflictPanel({ conflict: { byName, theirs, fields }, mine, takenIn, settle }: ConflictPanelProps) {
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => heading.current?.focus(), [heading]);
  const open = fields.filter(({ label }) => choices[label] === undefined).length;
  const who = byName ?? "Somebody else";
  const save = () =>
    settle(Object.assign({}, ...fields.filter(({ label }) => choices[label] === "theirs").map((field) => pick(theirs, field))));
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {who} saved meanwhile
      </h2>
      <p>
        You both changed {fields.length === 1 ? "the same field" : `the same ${fields.length} fields`}. Nothing is lost: choose which value
        is to stay.
        {takenIn.length > 0 && ` Taken in without asking, because only ${who} changed it: ${takenIn.join(", ")}.`}
      </p>
      {fields.map((field) => (
        <fieldset key={field.label} className={styles.field}>
          <legend>{field.label}</legend>
          {(["mine", "theirs"] as const).map((choice) => (
            <label key={choice} className={styles.choice}>
              <input
                type="radio"
                name={`${id}-${field.label}`}
                checked={choices[field.label] === choice}
                onChange={() => setChoices((before) => ({ ...before, [field.label]: choice }))}
              />
              <span className={styles.whose}>{choice === "mine" ? "Mine" : `${byName ?? "Theirs"}${byName === null ? "" : "’s"}`}</span>
              <span className={styles.value}>
                <Value field={field} typed={choice === "mine" ? mine : theirs} />
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <div>
        <Button
          look="primary"
          whyNot={open === 0 ? undefined : `Choose for ${open === 1 ? "one more field" : `${open} more fields`} first.`}
          onClick={save}
        >
          Save with these
        </Button>
      </div>
    </section>
  );
}

const PEOPLE: ReadonlySet<string> = new Set(["exitOwner", "businessOwner", "deputy", "implementer"]);

function Value({ field, typed }: { field: Field; typed: TypedRequest }) {
  const connectionName = useConnectionNames();
  const [key] = field.keys;
  const value = key === undefined ? "" : typed[key];
  if (key !== undefined && PEOPLE.has(key) && typeof value === "string" && value !== "") return <PersonName id={value} />;
  const words = wordsOf(typed, field, connectionName);
  return words === "" ? <em>nothing</em> : words;
}

function PersonName({ id }: { id: string }) {
  const { data } = useQuery(read(getPerson, { params: { id } }));
  return data?.displayName ?? id;
}

type Words = (typed: TypedRequest, connectionName: (id: string) => string) => string;

/** Fields that are more than one text. */
const WORDS: Readonly<Partial<Record<keyof TypedRequest, Words>>> = {
  scope: ({ scope }) => scope.map(({ subject, ceiling }) => `${subject.name} (at most ${ceiling})`).join("\n"),
  controls: ({ controls }) =>
    controls.map(({ statement, test, freshDays }) => `${statement} (${test}, fresh for ${freshDays} days)`).join("\n"),
  milestones: ({ milestones }) => milestones.map(({ what, day }) => `${what}, by ${day === "" ? "no day" : day}`).join("\n"),
  evidence: ({ evidence }) => evidence.map(({ title }) => title).join("\n"),
  untilDay: ({ untilDay }) => untilDay,
  connection: ({ policy, connection, lostMethod }, connectionName) =>
    [policy, connection === "" ? "" : connectionName(connection), lostMethod].filter((part) => part !== "").join(", "),
};

function wordsOf(typed: TypedRequest, { keys }: Field, connectionName: (id: string) => string): string {
  const words = keys[0] === undefined ? undefined : WORDS[keys[0]];
  if (words !== undefined) return words(typed, connectionName);
  const texts = keys.map((key) => typed[key]).filter((text) => typeof text === "string");
  return texts.join(" ").trim();
}

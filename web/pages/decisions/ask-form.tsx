import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { listApplications } from "../../../src/estate/contract.ts";
import { instantOfDay } from "./moment.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { type FieldError, FieldGrid, SelectField, TextArea, TextField } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import { PersonField } from "../request/pickers.tsx";
import styles from "./decisions.module.css";
import { NOTHING_TYPED, questionOf, type Typed } from "./typed-question.ts";

export interface Question {
  readonly question: Record<string, unknown>;
  readonly ruleSet: string;
  readonly at: string | null;
}

interface AskFormProps {
  ruleSets: readonly string[];
  isBusy: boolean;
  onAsk: (question: Question) => void;
}

const WHO = [
  { value: "person", label: "A person" },
  { value: "user", label: "A person, by a name of theirs" },
  { value: "workload", label: "A workload" },
  { value: "device", label: "A device" },
];
const WHAT = [
  { value: "application", label: "An application" },
  { value: "policy", label: "A policy of a provider" },
  { value: "action", label: "An action" },
];

/** A question made of what the register knows, or written as it goes over the wire. */
export function AskForm({ ruleSets, isBusy, onAsk }: AskFormProps) {
  const { zone } = useNow();
  const [typed, setTyped] = useState<Typed>(NOTHING_TYPED);
  const [ruleSet, setRuleSet] = useState("default");
  const [json, setJson] = useState<string | null>(null);
  const [fault, setFault] = useState<FieldError | undefined>();
  const change = (part: Partial<Typed>) => setTyped((before) => ({ ...before, ...part }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const question = json === null ? questionOf(typed) : readJson(json);
    setFault(question === undefined ? "This is no JSON object." : undefined);
    if (question !== undefined) onAsk({ question, ruleSet, at: instantOfDay(typed.day, typed.time, zone) });
  };
  return (
    <form className={styles.ask} onSubmit={submit} noValidate>
      {json === null ? (
        <>
          <WhoAndWhat typed={typed} change={change} />
          <Circumstances typed={typed} change={change} rules={{ ruleSets, ruleSet, setRuleSet }} />
        </>
      ) : (
        <TextArea
          label="Question"
          hint="As a caller sends it to /access/v1/evaluation."
          rows={12}
          spellCheck={false}
          value={json}
          onChange={setJson}
          errors={fault === undefined ? [] : [fault]}
        />
      )}
      <div className={styles.acts}>
        <Button type="submit" look="primary" isBusy={isBusy}>
          Ask
        </Button>
        <Button look="quiet" onClick={() => setJson(json === null ? JSON.stringify(questionOf(typed), null, 2) : null)}>
          {json === null ? "Write it as JSON" : "Back to the form"}
        </Button>
      </div>
    </form>
  );
}

function readJson(text: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface PartProps {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
}

function WhoAndWhat({ typed, change }: PartProps) {
  const applications = useQuery(read(listApplications, { query: { limit: 200, status: "active" } }));
  const choices = applications.data?.items.map(({ id, name, key }) => ({ id, name, detail: key })) ?? [];
  return (
    <FieldGrid>
      <SelectField label="Who" value={typed.who} onChange={(who) => change({ who, subject: "" })} options={WHO} />
      {typed.who === "person" ? (
        <PersonField label="Person" value={typed.subject} onChange={(subject) => change({ subject })} />
      ) : (
        <TextField label="Name" hint="As the caller has it." value={typed.subject} onChange={(subject) => change({ subject })} />
      )}
      <SelectField label="To what" value={typed.what} onChange={(what) => change({ what, resource: "" })} options={WHAT} />
      {typed.what === "application" ? (
        <Combo label="Application" choices={choices} value={typed.resource} onChange={(resource) => change({ resource })} />
      ) : (
        <TextField label="Key" value={typed.resource} onChange={(resource) => change({ resource })} />
      )}
      <TextField
        label="With which method"
        hint="As the caller names it, for example password."
        value={typed.method}
        onChange={(method) => change({ method })}
      />
    </FieldGrid>
  );
}

interface Rules {
  ruleSets: readonly string[];
  ruleSet: string;
  setRuleSet: (name: string) => void;
}

function Circumstances({ typed, change, rules: { ruleSets, ruleSet, setRuleSet } }: PartProps & { rules: Rules }) {
  const { zone } = useNow();
  return (
    <details className={styles.more}>
      <summary>From where, on what, when, and by which rules</summary>
      <FieldGrid>
        <TextField label="Address" isOptional hint="For example 10.0.0.7." value={typed.ip} onChange={(ip) => change({ ip })} />
        <TextField label="Network" isOptional value={typed.network} onChange={(network) => change({ network })} />
        <TextField label="Device class" isOptional value={typed.deviceClass} onChange={(deviceClass) => change({ deviceClass })} />
        <DateField
          label="Day"
          isOptional
          hint="Left out, it is asked of now. Of another moment the register is asked as it is now."
          value={typed.day}
          onChange={(day) => change({ day })}
        />
        {typed.day !== "" && (
          <TextField label="Time of day" hint={zone} type="time" value={typed.time} onChange={(time) => change({ time })} />
        )}
        {ruleSets.length > 1 && (
          <SelectField
            label="Rule set"
            value={ruleSet}
            onChange={setRuleSet}
            options={ruleSets.map((name) => ({ value: name, label: name }))}
          />
        )}
      </FieldGrid>
    </details>
  );
}

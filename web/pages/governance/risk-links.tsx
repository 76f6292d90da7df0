import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useState } from "react";

import { listFindings } from "../../../src/findings/contract.ts";
import { listFailures, listOperationAnswers } from "../../../src/lockout/contract.ts";
import { Button } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { TextField, type FieldError } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import { FindingName, OperationName } from "./covered.tsx";
import styles from "./governance.module.css";

export interface LockOutSet {
  readonly operation: string;
  readonly failures: readonly string[];
}

interface Several<Item> {
  chosen: readonly Item[];
  onChange: (chosen: readonly Item[]) => void;
  errors: readonly FieldError[];
}

const MOST_FOUND = 50;

/** What was chosen, each with a way to leave it out. */
export function Chosen<Item>({
  label,
  items,
  keyOf,
  onChange,
  children,
}: {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  onChange: (items: readonly Item[]) => void;
  children: (item: Item) => ReactNode;
}) {
  return (
    <ul className={styles.chosen} aria-label={label}>
      {items.map((item) => (
        <li key={keyOf(item)}>
          <span>{children(item)}</span>
          <Button look="quiet" isSmall icon="cross" onClick={() => onChange(items.filter((each) => each !== item))}>
            Leave out
          </Button>
        </li>
      ))}
    </ul>
  );
}

export function Operations({ chosen, onChange, errors }: Several<string>) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    ...read(listOperationAnswers, { query: { limit: MOST_FOUND, ...(search !== "" && { search }) } }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const choices = found.data?.items.filter(({ key }) => !chosen.includes(key)).map(({ key, name }) => ({ id: key, name }));
  return (
    <div className={styles.list}>
      <Combo
        key={chosen.length}
        label="Add a critical operation"
        hint="Whatever locks everybody out of it is accepted as it is now; another failure that does so reopens the risk."
        value=""
        choices={choices ?? []}
        onType={setTyped}
        onChange={(key) => key !== "" && onChange([...chosen, key])}
        errors={errors}
        none="No operation fits"
        isOptional
      />
      <Chosen label="Operations it covers" items={chosen} keyOf={(key) => key} onChange={onChange}>
        {(key) => <OperationName id={key} />}
      </Chosen>
    </div>
  );
}

/** Findings that are open; what is accepted already is answered for. */
export function Findings({ chosen, onChange, errors }: Several<string>) {
  const { data } = useQuery(read(listFindings, { query: { state: "open", limit: 200 } }));
  const choices = data?.items.filter(({ id }) => !chosen.includes(id)).map(({ id, statement }) => ({ id, name: statement }));
  return (
    <div className={styles.list}>
      <Combo
        key={chosen.length}
        label="Add a finding"
        hint="It counts as accepted while the risk is in force."
        value=""
        choices={choices ?? []}
        onChange={(id) => id !== "" && onChange([...chosen, id])}
        errors={errors}
        none="No open finding fits"
        isOptional
      />
      <Chosen label="Findings it covers" items={chosen} keyOf={(id) => id} onChange={onChange}>
        {(id) => <FindingName id={id} />}
      </Chosen>
    </div>
  );
}

/** Failures that together leave one of the operations without a way in; only these are accepted, not whatever else locks it out. */
export function LockOutSets({ chosen, onChange, errors }: Several<LockOutSet>) {
  const [operation, setOperation] = useState("");
  const [failures, setFailures] = useState("");
  const operations = useQuery({ ...read(listOperationAnswers, { query: { limit: 200 } }), retry: false });
  const known = useQuery({ ...read(listFailures, { query: { limit: 200 } }), retry: false });
  const named = failures.split(/[,\s]+/).filter((each) => each !== "");
  const unknown = named.filter((each) => known.data !== undefined && !known.data.items.some(({ failure }) => failure === each));
  const whyNot =
    operation === ""
      ? "Choose the operation first."
      : named.length === 0
        ? "Name what fails first."
        : unknown.length > 0 && known.data?.next === undefined
          ? `The model has nothing called ${unknown.join(", ")}.`
          : undefined;
  const add = () => {
    onChange([...chosen, { operation, failures: [...new Set(named)].sort() }]);
    setFailures("");
  };
  const choices = operations.data?.items.map(({ key, name }) => ({ id: key, name })) ?? [];
  return (
    <div className={styles.list}>
      <Combo
        label="Operation of a single lock-out set"
        value={operation}
        choices={choices}
        onChange={setOperation}
        errors={errors}
        none="No operation fits"
        isOptional
      />
      <TextField
        label="What fails together"
        hint="Keys of the model, with commas: idp, time"
        value={failures}
        onChange={setFailures}
        errors={[]}
        isOptional
      />
      <div>
        <Button whyNot={whyNot} onClick={add}>
          Add this set
        </Button>
      </div>
      <Chosen label="Lock-out sets it covers" items={chosen} keyOf={(set) => `${set.operation} ${set.failures.join()}`} onChange={onChange}>
        {(set) => (
          <>
            <OperationName id={set.operation} />: {set.failures.join(" + ")}
          </>
        )}
      </Chosen>
    </div>
  );
}

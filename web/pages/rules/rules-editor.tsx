import { useRef } from "react";

import type { ReplyOf } from "../../../src/kernel/contract.ts";
import type { checkRuleSet } from "../../../src/decisions/contract-rules.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import styles from "./rules.module.css";
import type { Checked } from "./use-rules.ts";

type Fault = ReplyOf<typeof checkRuleSet>["faults"][number];

const EFFECT_WORDS = { permit: "permits", deny: "denies", needs_exception: "needs an exception" } as const;

/** The text with what is wrong with it, as one types; from a fault one gets to its place. */
export function RulesEditor({ text, onChange, checked }: { text: string; onChange: (text: string) => void; checked: Checked }) {
  const editor = useRef<HTMLDivElement>(null);
  const goTo = (fault: Fault) => {
    const area = editor.current?.querySelector("textarea");
    const start = offsetOf(text, fault.at);
    area?.focus();
    area?.setSelectionRange(start, start);
  };
  const { told, error } = checked;
  return (
    <div ref={editor} className={styles.editor}>
      <TextArea
        label="Rules"
        hint="YAML, or JSON. What is wrong is told below as you type; docs/model/rules.md explains every word."
        value={text}
        onChange={onChange}
        rows={24}
        spellCheck={false}
        autoComplete="off"
        wrap="off"
      />
      {error !== null && <Failure error={failureFrom(error)} />}
      <div role="status">
        {told !== undefined && told.faults.length > 0 && (
          <Notice tone="bad" title={told.faults.length === 1 ? "One thing is wrong" : `${told.faults.length} things are wrong`}>
            <ul className={styles.faults}>
              {told.faults.map((fault) => (
                <li key={`${fault.at} ${fault.code} ${fault.detail}`}>
                  <Button look="quiet" onClick={() => goTo(fault)}>
                    {placeWords(fault.at)}
                  </Button>
                  <bdi>{fault.detail}</bdi>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {told !== undefined && told.faults.length === 0 && (
          <Notice tone="ok" title={told.rules.length === 1 ? "One rule:" : `${told.rules.length} rules, in this order:`}>
            <ol className={styles.rules}>
              {told.rules.map(({ name, effect, words }) => (
                <li key={name}>
                  <strong>
                    <bdi>{name}</bdi>
                  </strong>{" "}
                  {EFFECT_WORDS[effect]}: <bdi>{words}</bdi>
                </li>
              ))}
            </ol>
          </Notice>
        )}
      </div>
    </div>
  );
}

/** `rules.yaml:12:5` → line and column, from 1. */
function placeOf(at: string | undefined): readonly [number, number] {
  const [line = 1, column = 1] = (at ?? "").split(":").slice(-2).map(Number);
  return Number.isNaN(line) || Number.isNaN(column) ? [1, 1] : [line, column];
}

function placeWords(at: string | undefined): string {
  const [line, column] = placeOf(at);
  return `Line ${line}, column ${column}`;
}

function offsetOf(text: string, at: string | undefined): number {
  const [line, column] = placeOf(at);
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

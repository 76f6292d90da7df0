import { createContext, use, useState } from "react";

import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { Button } from "../../parts/button.tsx";
import type { Column } from "../../parts/table.tsx";
import { countWords } from "../../words.ts";
import { BulkDialog } from "./bulk-dialog.tsx";
import { BULK_WORDS, type BulkAct } from "./bulk-words.ts";
import styles from "./bulk.module.css";

export interface Choice {
  readonly chosen: ReadonlySet<string>;
  readonly choose: (ids: readonly string[], isChosen: boolean) => void;
}

/** What is chosen among the rows shown. What is not shown any more is not chosen any more: nobody acts on what they do not see. */
export function useChoice(rows: readonly ExceptionRowView[]): Choice {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const chosen = new Set(rows.map(({ id }) => id).filter((id) => kept.has(id)));
  return {
    chosen,
    choose: (ids, isChosen) => {
      const next = new Set(chosen);
      for (const id of ids)
        if (isChosen) next.add(id);
        else next.delete(id);
      setKept(next);
    },
  };
}

/** What is chosen, to the cells of `CHOICE_COLUMN`. */
export const ChoiceContext = createContext<Choice | undefined>(undefined);

export const CHOICE_COLUMN: Column<ExceptionRowView> = {
  key: "choice",
  title: "Choose",
  isTitleUnseen: true,
  cell: (row) => <ChoiceCell row={row} />,
};

function ChoiceCell({ row }: { row: ExceptionRowView }) {
  const { chosen, choose } = use(ChoiceContext)!;
  return (
    <label className={styles.choice}>
      <input
        type="checkbox"
        aria-label={`Choose ${row.ref}`}
        checked={chosen.has(row.id)}
        onChange={(event) => choose([row.id], event.target.checked)}
      />
    </label>
  );
}

/** Choosing all that is shown, and what can be done with what is chosen. */
export function BulkBar({ rows, choice }: { rows: readonly ExceptionRowView[]; choice: Choice }) {
  const [act, setAct] = useState<BulkAct>();
  const { chosen, choose } = choice;
  const ids = rows.map(({ id }) => id);
  if (rows.length === 0) return null;
  return (
    <div className={styles.bar} role="group" aria-label="Act on several">
      <label className={styles.all}>
        <input type="checkbox" checked={chosen.size === ids.length} onChange={(event) => choose(ids, event.target.checked)} />
        {chosen.size === 0 ? `Choose all ${ids.length} shown` : `${countWords(chosen.size, "exception")} chosen`}
      </label>
      {chosen.size > 0 &&
        Object.entries(BULK_WORDS).map(([key, { button }]) => (
          <Button key={key} isSmall onClick={() => setAct(key as BulkAct)}>
            {button}
          </Button>
        ))}
      {act !== undefined && (
        <BulkDialog
          act={act}
          ids={ids.filter((id) => chosen.has(id))}
          onClose={(isDone) => {
            setAct(undefined);
            if (isDone) choose(ids, false);
          }}
        />
      )}
    </div>
  );
}

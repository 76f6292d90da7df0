import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import {
  bulkAction,
  type BulkPreviewRow,
  type BulkResultRow,
  bulkText,
  performBulk,
  previewBulk,
} from "../../../src/exceptions/contract-bulk.ts";
import { call, failureFrom } from "../../api.ts";
import { sha256Text } from "../../digest.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { assert } from "../../passkeys.ts";
import { countWords } from "../../words.ts";
import { BULK_WORDS, type BulkAct } from "./bulk-words.ts";
import styles from "./bulk.module.css";

const WOULD = { word: "Would be done", tone: "wait", shape: "ring" } as const;
const REFUSED = { word: "Refused", tone: "idle", shape: "barred" } as const;
const DONE = { tone: "ok", shape: "solid" } as const;
const NOT_DONE = { word: "Not done", tone: "bad", shape: "crossed" } as const;

interface BulkDialogProps {
  act: BulkAct;
  ids: readonly string[];
  onClose: (isDone: boolean) => void;
}

/** Shows of each what would happen or why not, then signs exactly that list once, then tells of each what came of it. */
export function BulkDialog({ act, ids, onClose }: BulkDialogProps) {
  const words = BULK_WORDS[act];
  const [reason, setReason] = useState("");
  const preview = useQuery({
    queryKey: ["bulk", act, ...ids],
    queryFn: () => call(previewBulk, { body: { act, ids: [...ids] } }),
    gcTime: 0,
    retry: false,
  });
  const possible = (preview.data?.rows ?? []).filter(({ allowed }) => allowed);
  const acting = usePerforming(act);
  if (acting.data !== undefined) return <Told act={act} results={acting.data.results} onClose={() => onClose(true)} />;
  const whyNot = whyNotYet(preview.data !== undefined, possible.length, words.asksWhy && reason.trim() === "");
  return (
    <Dialog
      title={`${words.verb} ${countWords(ids.length, "exception")}?`}
      onClose={() => onClose(false)}
      isWide
      actions={
        <>
          <Button onClick={() => onClose(false)}>Leave them</Button>
          <Button
            look={words.asksWhy ? "danger" : "primary"}
            icon="key"
            isBusy={acting.isPending}
            whyNot={whyNot}
            onClick={() => acting.mutate({ reason: reason.trim(), rows: possible })}
          >
            {`${words.verb} ${possible.length} of ${ids.length} with your passkey`}
          </Button>
        </>
      }
    >
      <p>{words.consequence}</p>
      {preview.error !== null && <Failure error={failureFrom(preview.error)} title="There is no preview" />}
      {acting.error !== null && <Failure error={failureFrom(acting.error)} title="Nothing was done" />}
      <ul className={styles.rows} aria-label="What would happen" aria-busy={preview.isPending}>
        {preview.data?.rows.map((row) => (
          <Foreseen key={row.id} row={row} />
        ))}
      </ul>
      {words.asksWhy && <TextArea label="Why" hint="Kept with each of them for good." value={reason} onChange={setReason} />}
    </Dialog>
  );
}

function whyNotYet(isForeseen: boolean, possible: number, lacksReason: boolean): string | undefined {
  if (!isForeseen) return "Wait for the preview.";
  if (possible === 0) return "It is refused for all of them.";
  return lacksReason ? "Say why first." : undefined;
}

function usePerforming(act: BulkAct) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ reason, rows }: { reason: string; rows: readonly BulkPreviewRow[] }) => {
      const order = { act, reason, rows: rows.map(({ id, version }) => ({ id, version })) };
      const assertion = await assert(bulkAction(act), "register", await sha256Text(bulkText(order)));
      return call(performBulk, { body: { ...order, assertion } });
    },
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "bulk" }),
  });
}

function Foreseen({ row }: { row: BulkPreviewRow }) {
  return (
    <li>
      <Badge sign={row.allowed ? WOULD : REFUSED} />
      <span>
        <strong>{row.ref}</strong> {row.title}
        <span className={styles.words}>{row.allowed ? row.words : row.reasons.map(({ detail }) => detail).join(" ")}</span>
      </span>
    </li>
  );
}

function Told({ act, results, onClose }: { act: BulkAct; results: readonly BulkResultRow[]; onClose: () => void }) {
  const done = results.filter((row) => row.done).length;
  const words = BULK_WORDS[act];
  return (
    <Dialog
      title={`${words.done}: ${done} of ${results.length}`}
      onClose={onClose}
      isWide
      actions={<Button onClick={onClose}>Done</Button>}
    >
      <ul className={styles.rows} aria-label="What came of each">
        {results.map((row) => (
          <li key={row.id}>
            <Badge sign={row.done ? { ...DONE, word: words.done } : NOT_DONE} />
            <span>
              <strong>{row.ref}</strong>
              {!row.done && <span className={styles.words}>{row.reasons.map(({ detail }) => detail).join(" ")}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

import type { UseQueryResult } from "@tanstack/react-query";

import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import styles from "./queue.module.css";

/** A list that could not be read: never shown as an empty one. */
export function ListFailure({ list }: { list: Pick<UseQueryResult, "error" | "refetch"> }) {
  if (list.error === null) return null;
  return (
    <div className={styles.failed}>
      <Failure error={failureFrom(list.error)} action={<Button onClick={() => void list.refetch()}>Try again</Button>} />
    </div>
  );
}

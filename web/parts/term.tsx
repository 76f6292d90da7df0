import type { ReactNode } from "react";

import { Hint } from "./hint.tsx";
import styles from "./term.module.css";

/** A word whose meaning shows on hover, focus and touch. What a word of the field means stands in glossary.ts, once. */
export function Term({ children, means }: { children: ReactNode; means: ReactNode }) {
  return (
    <Hint words={means}>
      {(id) => (
        <button type="button" className={styles.word} aria-describedby={id}>
          {children}
        </button>
      )}
    </Hint>
  );
}

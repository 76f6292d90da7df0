import { type ReactNode, useId, useState } from "react";

import styles from "./term.module.css";

/** A word whose meaning shows on hover and focus; Escape puts it away again. */
export function Term({ children, means }: { children: ReactNode; means: ReactNode }) {
  const id = useId();
  const [isPutAway, setPutAway] = useState(false);
  const show = () => setPutAway(false);
  return (
    <span className={styles.term} onPointerEnter={show} onFocus={show} data-away={isPutAway || undefined}>
      <button type="button" className={styles.word} aria-describedby={id} onKeyDown={(event) => setPutAway(event.key === "Escape")}>
        {children}
      </button>
      <span role="tooltip" id={id} className={styles.means}>
        {means}
      </span>
    </span>
  );
}

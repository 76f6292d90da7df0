import type { ReactNode } from "react";

import styles from "./empty.module.css";

/** A list without entries: what would be here, and the next thing to do. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true" className={styles.drawing}>
        <path d="M6 35.5V8h6v4h5V8h6v4h5V8h6v27.5" fill="none" stroke="currentColor" strokeWidth="1.25" strokeDasharray="3 3" />
        <path d="M15 35.5V26a5 5 0 0 1 10 0v9.5M2 35.5h36" fill="none" stroke="currentColor" strokeWidth="1.25" />
      </svg>
      <strong className={styles.title}>{title}</strong>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}

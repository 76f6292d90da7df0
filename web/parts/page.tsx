import { type ReactNode, useEffect } from "react";

import { apart } from "./apart.ts";
import styles from "./page.module.css";
import { Term } from "./term.tsx";

/** The frame of one page: where it is, what it is, what can be done here. Sets the document's title. */
export function Page({
  title,
  means,
  mark,
  above,
  below,
  actions,
  children,
  isNarrow = false,
}: {
  title: string;
  /** What the title means, where it is a word of the field. */
  means?: string;
  /** Beside the title: a state, a count. */
  mark?: ReactNode;
  /** Above the title: where it belongs. */
  above?: ReactNode;
  /** Below the title: one sentence. */
  below?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  isNarrow?: boolean;
}) {
  useEffect(() => {
    document.title = `${apart(title)} · Postern`;
  }, [title]);
  return (
    <div className={styles.page} data-narrow={isNarrow || undefined}>
      <header className={styles.head}>
        <div className={styles.words}>
          {above !== undefined && <div className={styles.above}>{above}</div>}
          <div className={styles.line}>
            <h1>{means === undefined ? title : <Term means={means}>{title}</Term>}</h1>
            {mark}
          </div>
          {below !== undefined && <div className={styles.below}>{below}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A titled part of a page. `isFlush` gives its content the whole width, for tables. */
export function Section({
  title,
  means,
  note,
  actions,
  children,
  isFlush = false,
}: {
  title: string;
  /** What the title means, where it is a word of the field. */
  means?: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  isFlush?: boolean;
}) {
  return (
    <section className={styles.section} data-flush={isFlush || undefined}>
      <header className={styles.sectionHead}>
        <h2>{means === undefined ? title : <Term means={means}>{title}</Term>}</h2>
        {note !== undefined && <p>{note}</p>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** Two columns: the matter, and beside it what surrounds it. One column when narrow. */
export function Columns({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className={styles.columns}>
      <div className={styles.main}>{main}</div>
      <aside className={styles.side}>{side}</aside>
    </div>
  );
}

import type { ReactNode } from "react";

import { Button } from "./button.tsx";
import styles from "./facts.module.css";
import { Term } from "./term.tsx";
import { say } from "./toast.tsx";

/** Names and values beside each other. What is not known must be given as words that say so. */
export function Facts({ children, isTight = false }: { children: ReactNode; isTight?: boolean }) {
  return (
    <dl className={styles.facts} data-tight={isTight || undefined}>
      {children}
    </dl>
  );
}

export function Fact({ name, means, children }: { name: string; means?: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{means === undefined ? name : <Term means={means}>{name}</Term>}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Said wherever a value is missing, so that a hole is never mistaken for a good answer. */
export function NotKnown({ children = "not known" }: { children?: ReactNode }) {
  return <span className={styles.missing}>{children}</span>;
}

/** A hash or a key: shortened in the middle for the eye, whole in the clipboard and for assistive technology. */
export function Hash({ value, isWhole = false }: { value: string; isWhole?: boolean }) {
  const isShort = isWhole || value.length <= 20;
  return (
    <span className={styles.hash}>
      <code title={value} aria-label={value}>
        {isShort ? value : `${value.slice(0, 10)}…${value.slice(-6)}`}
      </code>
      <Button
        look="quiet"
        icon="copy"
        iconOnly={`Copy ${value.slice(0, 14)}`}
        onClick={() => void navigator.clipboard.writeText(value).then(() => say("Copied."))}
      />
    </span>
  );
}

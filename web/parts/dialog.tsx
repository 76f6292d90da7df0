import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

import { Button } from "./button.tsx";
import styles from "./dialog.module.css";

/**
 * A modal question on the platform's own dialog: it traps focus, closes on Escape and gives focus back. Mount it to open it.
 * `onClose` is called for every way out but the actions inside.
 */
export function Dialog({
  title,
  onClose,
  children,
  actions,
  isWide = false,
}: {
  title: string;
  onClose?: () => void;
  children: ReactNode;
  actions?: ReactNode;
  isWide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed while it still stands in the page: only then does the browser give the focus back to what opened it.
  useLayoutEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-wide={isWide || undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header className={styles.head}>
        <h2 id={titleId}>{title}</h2>
        {onClose !== undefined && <Button look="quiet" icon="cross" iconOnly="Close" onClick={onClose} />}
      </header>
      <div className={styles.body}>{children}</div>
      {actions !== undefined && <footer className={styles.foot}>{actions}</footer>}
    </dialog>
  );
}

import type { ReactNode } from "react";

import type { IconName } from "./drawings.ts";
import { Icon } from "./icon.tsx";
import styles from "./notice.module.css";
import { showInDialog } from "./show-in-dialog.ts";
import type { Tone } from "./tone.ts";

const ICONS: Record<Tone, IconName> = { ok: "check", open: "info", wait: "warning", bad: "warning", unknown: "info", idle: "info" };

/** Something to know before going on. `isUrgent` interrupts a screen reader; use it for what just went wrong. */
export function Notice({
  tone = "idle",
  title,
  children,
  action,
  isUrgent = false,
}: {
  tone?: Tone;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  isUrgent?: boolean;
}) {
  return (
    <div className={styles.notice} data-tone={tone} role={isUrgent ? "alert" : undefined} ref={isUrgent ? showInDialog : null}>
      <Icon name={ICONS[tone]} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children !== undefined && <div className={styles.more}>{children}</div>}
      </div>
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}

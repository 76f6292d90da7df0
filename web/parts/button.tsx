import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from "react";

import styles from "./button.module.css";
import { classes } from "./classes.ts";
import { Hint } from "./hint.tsx";
import type { IconName } from "./drawings.ts";
import { Icon } from "./icon.tsx";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "className"> {
  look?: ButtonLook;
  icon?: IconName | undefined;
  /** In rows of a list, where there are many. */
  isSmall?: boolean | undefined;
  /** The name, where only the icon is shown. */
  iconOnly?: string | undefined;
  isBusy?: boolean | undefined;
  /** Why it cannot be pressed now, in a sentence. It stays focusable, so that the reason can be read. */
  whyNot?: string | undefined;
  children?: ReactNode;
}

/** A button that is never silently dead: with a `whyNot` it is disabled and says why. */
export function Button({ whyNot, ...rest }: ButtonProps) {
  if (whyNot === undefined) return <Face {...rest} isOff={rest.isBusy === true} />;
  return <Hint words={whyNot}>{(id) => <Face {...rest} isOff aria-describedby={id} />}</Hint>;
}

type FaceProps = Omit<ButtonProps, "whyNot"> & { isOff: boolean };

function Face({
  look = "plain",
  icon,
  iconOnly,
  isBusy = false,
  isSmall = false,
  isOff,
  children,
  onClick,
  type = "button",
  ...rest
}: FaceProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classes(styles.button, styles[look], iconOnly !== undefined && styles.iconOnly, isSmall && styles.small)}
      aria-disabled={isOff ? true : undefined}
      aria-busy={isBusy ? true : undefined}
      {...(iconOnly === undefined ? {} : { "aria-label": iconOnly })}
      onClick={isOff ? preventDefault : onClick}
    >
      <Sign icon={icon} isBusy={isBusy} />
      {iconOnly === undefined && <span className={styles.words}>{children}</span>}
    </button>
  );
}

function Sign({ icon, isBusy }: { icon: IconName | undefined; isBusy: boolean }) {
  if (isBusy) return <span className={styles.spinner} />;
  return icon === undefined ? null : <Icon name={icon} />;
}

/** Keeps an `aria-disabled` submit button from submitting. */
function preventDefault(event: MouseEvent<HTMLButtonElement>): void {
  event.preventDefault();
}

/** The class names of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "plain"): string {
  return classes(styles.button, styles[look]);
}

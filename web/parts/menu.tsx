import { type KeyboardEvent, type ReactNode, type ToggleEvent, useId, useRef, useState } from "react";

import { hang } from "./hanging.ts";
import hanging from "./hanging.module.css";
import type { IconName } from "./drawings.ts";
import { Icon } from "./icon.tsx";
import styles from "./menu.module.css";

export interface MenuChoice {
  readonly id: string;
  readonly words: string;
  readonly icon?: IconName;
  readonly onChoose: () => void;
}

/**
 * A button that opens a list of acts; its face says in words what they are about. The platform's own popover: it closes on Escape
 * and on a press beside it, and gives the focus back.
 */
export function Menu({ face, choices }: { face: ReactNode; choices: readonly MenuChoice[] }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const onBeforeToggle = ({ newState }: ToggleEvent) => {
    if (newState === "open" && list.current !== null && button.current !== null) hang(list.current, button.current);
  };
  const onToggle = ({ newState }: ToggleEvent) => {
    setOpen(newState === "open");
    if (newState === "open") itemsOf(list.current)[0]?.focus();
  };
  const choose = (choice: MenuChoice) => {
    list.current?.hidePopover();
    choice.onChoose();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.trigger}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          event.currentTarget.click();
        }}
      >
        {face}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label="Choices"
        className={hanging.hanging}
        onBeforeToggle={onBeforeToggle}
        onToggle={onToggle}
        onKeyDown={moveInMenu}
      >
        {choices.map((choice) => (
          <button key={choice.id} type="button" role="menuitem" tabIndex={-1} className={styles.item} onClick={() => choose(choice)}>
            {choice.icon !== undefined && <Icon name={choice.icon} />}
            {choice.words}
          </button>
        ))}
      </div>
    </>
  );
}

function itemsOf(list: Element | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

/** Arrows, Home and End move; a letter goes to the next act that begins with it; Tab leaves. */
function moveInMenu(event: KeyboardEvent<HTMLElement>): void {
  const items = itemsOf(event.currentTarget);
  const at = items.findIndex((item) => item === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  else if (to !== undefined) {
    event.preventDefault();
    items.at(to % items.length)?.focus();
  } else if (/^\S$/.test(event.key)) {
    const begins = (item: HTMLElement) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
    [...items.slice(at + 1), ...items.slice(0, at + 1)].find(begins)?.focus();
  }
}

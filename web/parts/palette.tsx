import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";

import type { IconName } from "./drawings.ts";
import { Icon } from "./icon.tsx";
import styles from "./palette.module.css";

export interface Entry {
  readonly id: string;
  readonly words: string;
  readonly detail?: ReactNode;
  readonly icon: IconName;
  readonly group: string;
  readonly onChoose: () => void;
}

interface PaletteProps {
  /** Those that fit what was typed, in order, groups together. */
  entries: readonly Entry[];
  typed: string;
  onType: (typed: string) => void;
  onClose: () => void;
  isSearching: boolean;
}

/** Goes anywhere and finds anything from the keyboard. The caller filters; this shows, moves and chooses. */
export function Palette({ entries, typed, onType, onClose, isSearching }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const [at, setAt] = useState(0);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const [isAwaited, setAwaited] = useState(false);
  const current = Math.min(at, entries.length - 1);
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.onChoose();
  };
  // Whoever types fast has pressed Enter before the answer came.
  useEffect(() => {
    if (isAwaited && !isSearching) choose(entries[current]);
  });
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) setAt((current + step + entries.length) % entries.length);
    // What stands first may still change: only what was moved to is meant before the answer has come.
    else if (event.key === "Enter" && at === 0 && isSearching) setAwaited(true);
    else if (event.key === "Enter") choose(entries[current]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label="Search or go to"
      onCancel={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.box}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Search or go to"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={entries[current] && `${listId}-${entries[current].id}`}
          placeholder="Search exceptions, or go to a page"
          value={typed}
          onChange={(event) => {
            setAt(0);
            setAwaited(false);
            onType(event.target.value);
          }}
          onKeyDown={onKey}
          autoFocus
        />
        <kbd>Esc</kbd>
      </div>
      <Entries id={listId} entries={entries} current={current} onChoose={choose} onHover={setAt} />
      {entries.length === 0 && (
        <p className={styles.none}>{isSearching ? "Searching…" : "Nothing fits. Try a reference, a title or a page."}</p>
      )}
    </dialog>
  );
}

function Entries({
  id,
  entries,
  current,
  onChoose,
  onHover,
}: {
  id: string;
  entries: readonly Entry[];
  current: number;
  onChoose: (entry: Entry) => void;
  onHover: (at: number) => void;
}) {
  return (
    <ul id={id} role="listbox" aria-label="Fitting" className={styles.list} hidden={entries.length === 0}>
      {entries.map((entry, i) => (
        <li
          key={entry.id}
          id={`${id}-${entry.id}`}
          role="option"
          aria-selected={i === current}
          className={styles.entry}
          data-group={entries[i - 1]?.group === entry.group ? undefined : entry.group}
          onPointerMove={() => onHover(i)}
          onClick={() => onChoose(entry)}
        >
          <Icon name={entry.icon} />
          <span className={styles.words}>{entry.words}</span>
          {entry.detail !== undefined && <span className={styles.detail}>{entry.detail}</span>}
        </li>
      ))}
    </ul>
  );
}

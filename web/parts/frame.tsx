import { Link } from "@tanstack/react-router";
import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";

import { apart } from "./apart.ts";
import { Button } from "./button.tsx";
import { classes } from "./classes.ts";
import styles from "./frame.module.css";
import type { IconName } from "./drawings.ts";
import { Icon } from "./icon.tsx";
import { Wordmark } from "./mark.tsx";

export interface Place {
  readonly to: string;
  readonly words: string;
  readonly icon: IconName;
  /** What waits there. */
  readonly count?: number | undefined;
  /** True when what waits is something wrong, not something to do. */
  readonly isBad?: boolean;
}

export interface PlaceGroup {
  readonly title: string;
  readonly places: readonly Place[];
}

interface FrameProps {
  groups: readonly PlaceGroup[];
  person: ReactNode;
  onSearch: () => void;
  children: ReactNode;
}

/** The console around every page: where one can go, who one is, and a way past all of it for the keyboard. */
export function Frame({ groups, person, onSearch, children }: FrameProps) {
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  // Going somewhere closes the menu of the narrow console.
  const closeOnLink = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest("a") !== null) setOpen(false);
  };
  return (
    <div className={styles.frame}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className={styles.bar}>
        <Button look="quiet" icon="menu" iconOnly="Menu" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} />
        <Wordmark size={20} />
        <Button look="quiet" icon="search" iconOnly="Search" onClick={onSearch} />
      </header>
      <nav aria-label="Console" className={classes(styles.side, isOpen && styles.isOpen)} onClick={closeOnLink}>
        <Link to="/" className={styles.home} aria-label="Postern, to what is up today">
          <Wordmark />
        </Link>
        <button type="button" className={styles.search} onClick={onSearch}>
          <Icon name="search" size={14} />
          <span>Search or go to</span>
          <kbd>{isApple() ? "⌘K" : "Ctrl K"}</kbd>
        </button>
        <div ref={bringHereIntoSight} className={styles.nav}>
          {groups.map((group) => (
            <div key={group.title} className={styles.group}>
              <h2>{group.title}</h2>
              <ul>
                {group.places.map((place) => (
                  <li key={place.to}>
                    <PlaceLink place={place} />
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
        <div className={styles.person}>{person}</div>
      </nav>
      <main ref={main} tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </div>
  );
}

/** In a low window the page one is on may lie beyond the edge of the navigation. */
function bringHereIntoSight(nav: HTMLElement | null): void {
  nav?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
}

function PlaceLink({ place }: { place: Place }) {
  return (
    <Link to={place.to} className={styles.place} activeProps={{ className: classes(styles.place, styles.here) }}>
      <Icon name={place.icon} />
      <span>{place.words}</span>
      {place.count !== undefined && place.count > 0 && (
        <span className={styles.count} data-tone={place.isBad === true ? "bad" : "idle"}>
          {place.count}
        </span>
      )}
    </Link>
  );
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

/** The frame of the pages before one is signed in: one matter, nothing else. */
export function Threshold({ title, children, below }: { title: string; children: ReactNode; below?: ReactNode }) {
  useEffect(() => {
    document.title = `${apart(title)} · Postern`;
  }, [title]);
  return (
    <div className={styles.threshold}>
      <main className={styles.card}>
        <Wordmark size={28} />
        <h1>{title}</h1>
        {children}
      </main>
      {below !== undefined && <footer className={styles.below}>{below}</footer>}
    </div>
  );
}

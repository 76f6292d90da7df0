import type { ReactNode } from "react";

import styles from "./badge.module.css";
import { classes } from "./classes.ts";
import type { Shape, Sign, Tone } from "./tone.ts";

const SHAPES: Record<Shape, ReactNode> = {
  dashed: <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2.1" />,
  half: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 6V2.6A3.4 3.4 0 0 1 9.4 6Z" />
    </>
  ),
  ring: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="2" />,
  crossed: (
    <path
      fillRule="evenodd"
      d="M6 .8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 6 .8ZM4.3 3.3l-1 1L5 6 3.3 7.7l1 1L6 7l1.7 1.7 1-1L7 6l1.7-1.7-1-1L6 5Z"
    />
  ),
  barred: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M3.4 5.3h5.2v1.4H3.4Z" />
    </>
  ),
  rising: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2.1" />
      <path d="m6 3.3 2.2 2.6H6.7v2.6H5.3V5.9H3.8Z" />
    </>
  ),
  solid: <circle cx="6" cy="6" r="5" />,
  pausing: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2.1" />
      <path d="M4.2 4h1.3v4H4.2ZM6.5 4h1.3v4H6.5Z" />
    </>
  ),
  paused: <path fillRule="evenodd" d="M6 .8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 6 .8ZM3.9 3.6v4.8h1.5V3.6Zm2.7 0v4.8h1.5V3.6Z" />,
  falling: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 8.7 3.8 6.1h1.5V3.5h1.4v2.6h1.5Z" />
    </>
  ),
  watched: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <circle cx="6" cy="6" r="1.9" />
    </>
  ),
  alarm: <path fillRule="evenodd" d="M6 .6 11.7 11H.3ZM5.3 4.3v3.1h1.4V4.3Zm0 4v1.4h1.4V8.3Z" />,
  shut: <path fillRule="evenodd" d="M2.2 1h7.6L11 2.2v7.6L9.8 11H2.2L1 9.8V2.2Zm3 7.5 4-4-1-1-3 3-1.4-1.4-1 1Z" />,
  question: (
    <path
      fillRule="evenodd"
      d="M6 .5 11.5 6 6 11.5.5 6Zm-1.9 4h1.3c0-.5.2-.7.6-.7s.6.2.6.5c0 .4-.2.6-.7.9-.4.3-.6.6-.6 1.2v.3h1.3c0-.4.2-.6.6-.9.5-.4.8-.8.8-1.5 0-1-.8-1.7-2-1.7s-1.9.7-1.9 1.9Zm1.2 3v1.2h1.4V7.5Z"
    />
  ),
};

/** A state: a shape and a word, and only then a colour. */
export function Badge({ sign, isBoxed = false, detail }: { sign: Sign; isBoxed?: boolean; detail?: ReactNode }) {
  return (
    <span className={classes(styles.badge, isBoxed && styles.boxed)} data-tone={sign.tone}>
      <svg width="12" height="12" viewBox="0 0 12 12" fill="currentColor" className={styles.shape} aria-hidden="true">
        {SHAPES[sign.shape]}
      </svg>
      <span>{sign.word}</span>
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
    </span>
  );
}

/** A short fact in a box: a count, a kind. It carries no state unless given a tone. */
export function Tag({ children, tone = "idle" }: { children: ReactNode; tone?: Tone }) {
  return (
    <span className={styles.tag} data-tone={tone}>
      {children}
    </span>
  );
}

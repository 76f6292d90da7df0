import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import type { TodayView } from "../../../src/exceptions/contract-today.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { lengthWords } from "../../parts/time-words.ts";
import { SEEN_SIGNS, signOf, STATE_SIGNS } from "../../signs.ts";
import { countWords } from "../../words.ts";
import styles from "./today.module.css";

/** What did not end, what is unknown, what ended: the worst first. */
export function Happened({ today: { notEnded, unknown, ended } }: { today: TodayView }) {
  return (
    <>
      <Section title="What did not end" means={MEANS.overstay}>
        <Few
          items={notEnded.items.map((row) => ({ row, beside: <NotEnded row={row} /> }))}
          none="Whatever ended was seen to be gone in time."
          more={
            notEnded.hasMore && (
              <Link to="/register" search={{ view: "overstaying" }}>
                All that overstay
              </Link>
            )
          }
        />
      </Section>
      <Unknown unknown={unknown} />
      <Section title="What ended" note="Seen to be gone, in the last seven days.">
        <Few
          items={ended.items.map(({ exception, closedAt }) => ({ row: exception, beside: <Time at={closedAt} /> }))}
          none="Nothing ended in the last seven days."
          more={
            ended.hasMore && (
              <Link to="/register" search={{ view: "ended" }}>
                All that ended
              </Link>
            )
          }
        />
      </Section>
    </>
  );
}

function Unknown({ unknown }: { unknown: TodayView["unknown"] }) {
  const bypasses = unknown.unregisteredBypasses ?? 0;
  const isAllKnown = bypasses === 0 && unknown.unreadProviders.length === 0 && unknown.exceptions.items.length === 0;
  return (
    <Section title="What is unknown">
      {isAllKnown && (
        <p className={styles.none}>
          {unknown.unregisteredBypasses === null
            ? "No provider waits to be read, and what is yours was seen there."
            : "No provider waits to be read, and every bypass found is answered for."}
        </p>
      )}
      <ul className={styles.few}>
        {bypasses > 0 && (
          <li>
            <Link to="/bypasses">{countWords(bypasses, "bypass", "bypasses")} found that nobody answers for</Link>
          </li>
        )}
        {unknown.unreadProviders.map(({ id, name, readAt }) => (
          <li key={id}>
            <Link to="/connections" search={{ open: id }}>
              {name}
            </Link>
            <span className={styles.facts}>
              {readAt === null ? (
                "was never read in full"
              ) : (
                <>
                  last read in full <Time at={readAt} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {unknown.exceptions.items.length > 0 && (
        <Few
          items={unknown.exceptions.items.map((row) => ({ row, beside: <Badge sign={SEEN_SIGNS.unknown} /> }))}
          none=""
          more={unknown.exceptions.hasMore && <Link to="/register">More in the register</Link>}
        />
      )}
    </Section>
  );
}

function NotEnded({ row }: { row: ExceptionRowView }) {
  return (
    <>
      <Badge sign={signOf(STATE_SIGNS, row.state)} /> for {lengthWords(row.overstayMinutes * 60_000)}
    </>
  );
}

interface Line {
  readonly row: ExceptionRowView;
  readonly beside: ReactNode;
}

function Few({ items, none, more }: { items: readonly Line[]; none: string; more: ReactNode }) {
  if (items.length === 0) return <p className={styles.none}>{none}</p>;
  return (
    <>
      <ul className={styles.few}>
        {items.map(({ row, beside }) => (
          <li key={row.id}>
            <Link to="/exceptions/$id" params={{ id: row.ref }}>
              {row.title}
            </Link>
            <span className={styles.facts}>
              {row.ref} · {beside}
            </span>
          </li>
        ))}
      </ul>
      {more !== false && <p className={styles.more}>{more}</p>}
    </>
  );
}

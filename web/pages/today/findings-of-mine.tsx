import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { useSession } from "../../session.tsx";
import { findingsOf } from "./findings-query.ts";
import styles from "./today.module.css";

/** What is not as it must be and belongs to who looks, the first due first. Nothing is shown to who has none. */
export function FindingsOfMine() {
  const { person } = useSession();
  const { data, error } = useQuery(findingsOf(person.id));
  if (error !== null) return <Failure error={failureFrom(error)} title="Findings were not read" />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Findings that are yours" means={MEANS.finding} note="The first due first.">
      <ul className={styles.few}>
        {data.items.map(({ id, statement, dueAt, overdue }) => (
          <li key={id}>
            <Link to="/findings/$id" params={{ id }}>
              {statement}
            </Link>
            <span className={styles.facts}>
              {overdue ? "overdue: " : "due "}
              <Time at={dueAt} />
            </span>
          </li>
        ))}
      </ul>
      {data.next !== undefined && (
        <p className={styles.more}>
          <Link to="/findings" search={{ view: "mine" }}>
            All that are yours
          </Link>
        </p>
      )}
    </Section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { FieldGroup, Wide } from "../../parts/field.tsx";
import { Time } from "../../parts/time.tsx";
import { useSession } from "../../session.tsx";
import { titleWords } from "../../words.ts";
import { draftsOf } from "./request-queries.ts";
import styles from "./known-already.module.css";

/** What one began and has not put forward: on the server, so from wherever one is. */
export function MyDrafts() {
  const { person } = useSession();
  const { data } = useQuery(draftsOf(person.id));
  const drafts = data?.items ?? [];
  if (drafts.length === 0) return null;
  return (
    <FieldGroup title="Your drafts" why="Kept on the server until you put them forward; a draft nobody touches for a while is withdrawn.">
      <Wide>
        <ul className={styles.list}>
          {drafts.map(({ id, ref, title, category, openedAt }) => (
            <li key={id}>
              <p className={styles.which}>
                <Link to="/request" search={{ draft: id }}>
                  Go on with {ref}
                </Link>
                <span>{title === "" ? "No title yet" : title}</span>
              </p>
              <p className={styles.minor}>
                {titleWords(category)}, begun <Time at={openedAt} only="distance" />
              </p>
            </li>
          ))}
        </ul>
      </Wide>
    </FieldGroup>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { readLockOut } from "../../../src/lockout/contract.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./operations.module.css";
import { Said } from "./said.tsx";

const MOST = 3;

/** On Today: the failures that alone lock the most out. Says nothing where none does, or where the reader may not know. */
export function LockedOutByOne() {
  const { roles } = useSession();
  const { data } = useQuery({ ...read(readLockOut, {}), enabled: mayCall(readLockOut, roles) });
  if (data === undefined || data.worst.length === 0) return null;
  return (
    <Section title="One failure locks out" means={MEANS["single point of failure"]}>
      <ul className={styles.sentences}>
        {data.worst.slice(0, MOST).map(({ failure, words }) => (
          <li key={failure}>
            <span>
              <Said sentence={words} />
            </span>
          </li>
        ))}
      </ul>
      <p>
        <Link to="/operations">All critical operations</Link>
      </p>
    </Section>
  );
}

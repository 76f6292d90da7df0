import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { listApplications } from "../../../src/estate/contract.ts";
import { listExceptions } from "../../../src/exceptions/contract.ts";
import { failureFrom } from "../../api.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { signOf, STATE_SIGNS } from "../../signs.ts";
import { listWords } from "../../words.ts";
import styles from "./people.module.css";

const MOST = 10;

/** What somebody answers for: exceptions they own, and applications. */
export function Owned({ id, name }: { id: string; name: string }) {
  const exceptions = useQuery(read(listExceptions, { query: { owner: id, limit: MOST } }));
  const applications = useQuery(read(listApplications, { query: { owner: id, limit: 50 } }));
  const rows = exceptions.data?.items ?? [];
  return (
    <Section
      title="Answers for"
      actions={
        rows.length > 0 && (
          <Link to="/register" search={{ view: "all", owner: id }} className={buttonClass()}>
            All of them in the register
          </Link>
        )
      }
    >
      {exceptions.error !== null && <Failure error={failureFrom(exceptions.error)} />}
      <Facts>
        <Fact name="Applications">
          {applications.data === undefined ? (
            <NotKnown>…</NotKnown>
          ) : applications.data.items.length === 0 ? (
            <NotKnown>none</NotKnown>
          ) : (
            listWords(applications.data.items.map((application) => application.name))
          )}
        </Fact>
        <Fact name="Exceptions">
          {exceptions.data !== undefined && rows.length === 0 && <NotKnown>{name} answers for none</NotKnown>}
          <ul className={styles.owned}>
            {rows.map((row) => (
              <li key={row.id}>
                <Link to="/exceptions/$id" params={{ id: row.ref }}>
                  {row.ref} {row.title}
                </Link>{" "}
                <Badge sign={signOf(STATE_SIGNS, row.state)} />
              </li>
            ))}
          </ul>
        </Fact>
      </Facts>
    </Section>
  );
}

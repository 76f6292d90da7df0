import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { type CommonCauseDetail, getCommonCause, putCommonCause } from "../../../src/estate/contract-model.ts";
import { failureFrom } from "../../api.ts";
import { mayCall } from "../../can.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "../operations/operations.module.css";
import { awayWords, CAUSE_WORDS, RETIRED } from "./kind-words.ts";

/** One common cause: what it takes along. */
export function CausePage() {
  const { key } = useParams({ from: "/signed-in/common-causes/$key" });
  const { data: cause, error } = useQuery(read(getCommonCause, { params: { key } }));
  const above = <Link to="/common-causes">Common causes</Link>;
  if (cause === undefined) {
    return (
      <Page title="Common cause" above={above}>
        {error === null ? <p className={styles.pending} aria-busy /> : <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  const { kind, unavailability, takes, status } = cause;
  return (
    <Page title={cause.name} above={above} mark={status === "retired" && <Badge sign={RETIRED} isBoxed />} actions={<Acts cause={cause} />}>
      <Columns
        main={
          <Section title="What it takes along" note="All of it fails at once.">
            <ul className={styles.sentences}>
              {takes.map((taken) => (
                <li key={taken.key}>
                  <Link to="/components/$key" params={{ key: taken.key }}>
                    {taken.name}
                  </Link>
                </li>
              ))}
            </ul>
          </Section>
        }
        side={
          <Section title="What it is">
            <Facts isTight>
              <Fact name="Kind">{CAUSE_WORDS[kind]}</Fact>
              <Fact name="How often">
                {unavailability === null ? <NotKnown>nobody said how often</NotKnown> : awayWords(unavailability)}
              </Fact>
              <Fact name="Key">{key}</Fact>
            </Facts>
          </Section>
        }
      />
    </Page>
  );
}

function Acts({ cause: { key, status } }: { cause: CommonCauseDetail }) {
  const { roles } = useSession();
  return (
    <>
      {status === "active" && (
        <Link to="/what-if" search={{ failed: `cause_${key}` }} className={buttonClass()}>
          What if it happens
        </Link>
      )}
      {mayCall(putCommonCause, roles) && (
        <Link to="/common-causes/$key/change" params={{ key }} className={buttonClass()}>
          Change it
        </Link>
      )}
    </>
  );
}

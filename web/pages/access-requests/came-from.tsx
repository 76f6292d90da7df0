import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { AccessRequestView } from "../../../src/access-requests/contract.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { useSession } from "../../session.tsx";
import styles from "./access-requests.module.css";
import { DeniedFacts } from "./denied-facts.tsx";
import { LookBack } from "./look-back.tsx";
import { requestsOf } from "./queries.ts";

/** That an exception came of a denial at a gateway, and under which circumstances. Nothing where it did not. */
export function CameFrom({ exception }: { exception: string }) {
  const { person } = useSession();
  const { data, error } = useQuery(requestsOf(exception));
  if (error !== null) return <Failure error={failureFrom(error)} title="What it came of was not read" />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Asked for at a gateway" note="What it said is of whoever tried, and proves nothing.">
      {data.items.map((request) => (
        <div key={request.id}>
          <DeniedFacts request={request} isMine={request.person === person.id} />
          <Afterwards request={request} />
        </div>
      ))}
    </Section>
  );
}

/** What was said when an emergency was over, or that somebody still has to say it. */
function Afterwards({ request }: { request: AccessRequestView }) {
  const [isOpen, setIsOpen] = useState(false);
  const { lookedBack, toLookBackOn } = request;
  if (lookedBack !== null) {
    return (
      <Facts isTight>
        <Fact name="Looked back on">
          by {lookedBack.byName}, <Time at={lookedBack.at} />: {lookedBack.sentence}
        </Fact>
      </Facts>
    );
  }
  if (toLookBackOn === null) return null;
  return (
    <div className={styles.acts}>
      <Button icon="key" onClick={() => setIsOpen(true)}>
        Look back on the emergency
      </Button>
      {isOpen && <LookBack request={request} version={toLookBackOn.version} onClose={() => setIsOpen(false)} />}
    </div>
  );
}

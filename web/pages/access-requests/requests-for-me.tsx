import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { AccessRequestView } from "../../../src/access-requests/contract.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { useSession } from "../../session.tsx";
import styles from "./access-requests.module.css";
import { Decline } from "./decline.tsx";
import { DeniedFacts } from "./denied-facts.tsx";
import { REQUESTS_FOR_ME } from "./queries.ts";
import { TakeUp } from "./take-up.tsx";

/** Somebody was denied somewhere in the name of who looks: to be asked for, or to be said that it was not them. Nothing where nobody was. */
export function RequestsForMe() {
  const { data, error } = useQuery(REQUESTS_FOR_ME);
  if (error !== null) return <Failure error={failureFrom(error)} title="What was passed on was not read" />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Denied in your name" note="Ask for an exception only if it was you who tried.">
      <ul className={styles.list}>
        {data.items.map((request) => (
          <Denied key={request.id} request={request} />
        ))}
      </ul>
    </Section>
  );
}

function Denied({ request }: { request: AccessRequestView }) {
  const { person } = useSession();
  const [asking, setAsking] = useState<"takeUp" | "decline">();
  const close = () => setAsking(undefined);
  return (
    <li>
      <DeniedFacts request={request} isMine={request.person === person.id} />
      <div className={styles.acts}>
        <Button onClick={() => setAsking("takeUp")}>Ask for an exception</Button>
        <Button look="quiet" onClick={() => setAsking("decline")}>
          It was not me
        </Button>
      </div>
      {asking === "takeUp" && <TakeUp request={request} onClose={close} />}
      {asking === "decline" && <Decline request={request} onClose={close} />}
    </li>
  );
}

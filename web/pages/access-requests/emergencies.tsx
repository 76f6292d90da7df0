import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { AccessRequestView } from "../../../src/access-requests/contract.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import styles from "./access-requests.module.css";
import { BeginEmergency } from "./begin-emergency.tsx";
import { DeniedFacts } from "./denied-facts.tsx";
import { EMERGENCIES } from "./queries.ts";

/** Emergencies for which an exception stands ready, for whoever is on point. Nothing where none waits. */
export function Emergencies() {
  const { data, error } = useQuery(EMERGENCIES);
  const [begun, setBegun] = useState<string>();
  if (error !== null) return <Failure error={failureFrom(error)} title="Emergencies were not read" />;
  if (data === undefined || data.items.length === 0) return null;
  const beginning = data.items.find(({ id }) => id === begun);
  return (
    <Section title="Emergencies" note="Somebody waits for access that was approved in advance.">
      <ul className={styles.list}>
        {data.items.map((request) => (
          <li key={request.id}>
            <DeniedFacts request={request} isMine={false} />
            <Act request={request} onBegin={() => setBegun(request.id)} />
          </li>
        ))}
      </ul>
      {beginning?.standing != null && (
        <BeginEmergency request={beginning} standing={beginning.standing} onClose={() => setBegun(undefined)} />
      )}
    </Section>
  );
}

function Act({ request, onBegin }: { request: AccessRequestView; onBegin: () => void }) {
  const whyNot = request.standing === null ? "The exception that stood ready is gone." : undefined;
  return (
    <div className={styles.acts}>
      <Button icon="key" whyNot={whyNot} onClick={onBegin}>
        Let them in for a while
      </Button>
    </div>
  );
}

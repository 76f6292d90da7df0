import { useQuery } from "@tanstack/react-query";

import { failureFrom } from "../../api.ts";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { useSession } from "../../session.tsx";
import { DeniedFacts } from "./denied-facts.tsx";
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
        <DeniedFacts key={request.id} request={request} isMine={request.person === person.id} />
      ))}
    </Section>
  );
}

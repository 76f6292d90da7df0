import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { endCalendarOf, getCalendarOf } from "../../../src/messages/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { CalendarStanding } from "../messages/calendar-standing.tsx";

interface Holder {
  readonly person: { readonly id: string; readonly name: string };
}

/** The calendar address of somebody: a secret in a device that may be lost. */
export function CalendarOf({ person }: Holder) {
  const asked = useQuery(read(getCalendarOf, { params: { id: person.id } }));
  const [isAsking, setAsking] = useState(false);
  const calendar = asked.data?.calendar ?? null;
  return (
    <Section
      title="Calendar address"
      note={`Whoever has it reads what ${apart(person.name)} is asked, without signing in.`}
      actions={calendar !== null && <Button onClick={() => setAsking(true)}>End the address</Button>}
    >
      {asked.error !== null && <Failure error={failureFrom(asked.error)} />}
      {asked.data !== undefined && (calendar === null ? <NotKnown>There is none.</NotKnown> : <CalendarStanding calendar={calendar} />)}
      {isAsking && <End person={person} onClose={() => setAsking(false)} />}
    </Section>
  );
}

function End({ person, onClose }: Holder & { onClose: () => void }) {
  const ending = useAct(endCalendarOf, () => {
    onClose();
    say("The calendar address has ended.");
  });
  return (
    <Dialog
      title={`End the calendar address of ${apart(person.name)}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="danger" isBusy={ending.isPending} onClick={() => ending.mutate({ params: { id: person.id } })}>
            End it
          </Button>
        </>
      }
    >
      <p>Nobody can read the calendar any more, at once. What programs have copied before, they keep. They can make a new address.</p>
      {ending.error !== null && <Failure error={failureFrom(ending.error)} title="It goes on" />}
    </Dialog>
  );
}

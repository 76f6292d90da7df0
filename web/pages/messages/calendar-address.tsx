import { useState } from "react";

import { endCalendarAddress, makeCalendarAddress, type PreferencesView } from "../../../src/messages/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { CalendarStanding } from "./calendar-standing.tsx";
import styles from "./messages.module.css";

/** The address that a calendar program reads. It is shown once, here, and kept nowhere. */
export function CalendarAddress({ calendar }: { calendar: PreferencesView["calendar"] }) {
  const [asking, setAsking] = useState<"replace" | "end">();
  const making = useAct(makeCalendarAddress, () => setAsking(undefined));
  const made = making.data?.address;
  return (
    <Section title="Calendar" note="What you are asked until when, in your calendar program.">
      <p className={styles.where}>
        Whoever has the address can read the calendar without signing in. There is little in it: references, what is due, and links.
      </p>
      {made !== undefined && (
        <Notice tone="ok" title="Give this address to your calendar program now. It is not shown again.">
          <Hash value={made} isWhole />
        </Notice>
      )}
      {calendar !== null && <CalendarStanding calendar={calendar} />}
      {making.error !== null && <Failure error={failureFrom(making.error)} title="No address was made" />}
      <div className={styles.acts}>
        <Button icon="plus" isBusy={making.isPending} onClick={() => (calendar === null ? making.mutate({}) : setAsking("replace"))}>
          {calendar === null ? "Make an address" : "Make a new address"}
        </Button>
        {calendar !== null && (
          <Button icon="cross" onClick={() => setAsking("end")}>
            End the address
          </Button>
        )}
      </div>
      {asking === "replace" && (
        <Dialog
          title="Make a new calendar address?"
          onClose={() => setAsking(undefined)}
          actions={
            <>
              <Button onClick={() => setAsking(undefined)}>Not now</Button>
              <Button look="primary" isBusy={making.isPending} onClick={() => making.mutate({})}>
                Make it
              </Button>
            </>
          }
        >
          <p>The address you have now ends at once: programs that use it show nothing new until you give them the new one.</p>
        </Dialog>
      )}
      {asking === "end" && <EndAddress onClose={() => setAsking(undefined)} onEnded={() => making.reset()} />}
    </Section>
  );
}

function EndAddress({ onClose, onEnded }: { onClose: () => void; onEnded: () => void }) {
  const ending = useAct(endCalendarAddress, () => {
    onEnded();
    onClose();
    say("The calendar address has ended.");
  });
  return (
    <Dialog
      title="End your calendar address?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="danger" isBusy={ending.isPending} onClick={() => ending.mutate({})}>
            End it
          </Button>
        </>
      }
    >
      <p>Nobody can read the calendar any more, at once. What programs have copied before, they keep.</p>
      {ending.error !== null && <Failure error={failureFrom(ending.error)} title="It goes on" />}
    </Dialog>
  );
}

import { useState } from "react";

import { type PersonDetailsView, setLeave } from "../../../src/people/contract.ts";
import { endOfDay, type PlainDate, startOfDay, type Zone } from "../../../src/kernel/time.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { useSession } from "../../session.tsx";
import styles from "./people.module.css";

type Away = NonNullable<PersonDetailsView["details"]>["leave"];

const KEEPERS = ["administrator", "iam"];

/** When somebody is away: nobody waits for their vote meanwhile, and their deputy is asked. */
export function Leave({ person, leave }: { person: PersonDetailsView; leave: Away }) {
  const session = useSession();
  const { nowMs } = useNow();
  const [isAdding, setAdding] = useState(false);
  const mayChange = session.person.id === person.id || session.roles.some((role) => KEEPERS.includes(role));
  const whyNot = mayChange ? undefined : "Only the person and those who keep people may say so.";
  const changing = useAct(setLeave);
  const keep = (kept: Away) => changing.mutate({ params: { id: person.id }, body: { leave: kept }, ifMatch: person.version });
  const ahead = leave.filter(({ until }) => Date.parse(until) > nowMs);
  return (
    <Section
      title="Away"
      note="Who is away is not waited for."
      actions={
        <Button icon="calendar" whyNot={whyNot} onClick={() => setAdding(true)}>
          Say when
        </Button>
      }
    >
      {ahead.length === 0 ? (
        <p>No absence is planned.</p>
      ) : (
        <ul className={styles.owned}>
          {ahead.map((each) => (
            <li key={each.from}>
              From <Time at={each.from} /> until <Time at={each.until} />{" "}
              <Button
                isSmall
                look="quiet"
                whyNot={whyNot}
                isBusy={changing.isPending}
                onClick={() => keep(leave.filter((one) => one !== each))}
              >
                Take back
              </Button>
            </li>
          ))}
        </ul>
      )}
      {changing.error !== null && <Failure error={failureFrom(changing.error)} title="It stays as it was" />}
      {isAdding && <Add person={person} leave={leave} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function Add({ person, leave, onClose }: { person: PersonDetailsView; leave: Away; onClose: () => void }) {
  const { zone } = useNow();
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const saving = useAct(setLeave, onClose);
  const save = () => {
    const away = { from: startOfDay(from as PlainDate, zone as Zone), until: endOfDay(until as PlainDate, zone as Zone) };
    saving.mutate({ params: { id: person.id }, body: { leave: [...leave, away] }, ifMatch: person.version });
  };
  return (
    <Dialog
      title={`When is ${person.displayName} away?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            isBusy={saving.isPending}
            whyNot={from === "" || until === "" ? "Choose both days first." : undefined}
            onClick={save}
          >
            Save
          </Button>
        </>
      }
    >
      <div className={styles.days}>
        <DateField label="First day away" value={from} onChange={setFrom} />
        <DateField label="Last day away" value={until} onChange={setUntil} />
      </div>
      <p>While away, a person decides nothing and is not waited for. To let somebody decide in their place, they delegate.</p>
      {saving.error !== null && <Failure error={failureFrom(saving.error)} title="Not saved" />}
    </Dialog>
  );
}

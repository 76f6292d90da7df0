import { useState } from "react";

import { endOfDay, type PlainDate, startOfDay, type Zone } from "../../../src/kernel/time.ts";
import { delegate, type PersonDetailsView } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Failure } from "../../parts/failure.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { titleWords } from "../../words.ts";
import { PersonField } from "../request/pickers.tsx";
import styles from "./queue.module.css";

const EMPTY = { to: "", role: "", from: "", until: "", reason: "" };
const FIELDS = ["/to", "/role", "/validFrom", "/validUntil", "/reason"];

function whyNotDelegate({ roles }: PersonDetailsView, { to, from, until, reason }: typeof EMPTY): string | undefined {
  if (roles.includes("help_desk")) return "The help desk never decides: there is nothing to pass on.";
  if (roles.length === 0) return "You hold no role that could be passed on.";
  if (to === "") return "Name the colleague first.";
  if (from === "" || until === "") return "Give both days first.";
  return reason.trim() === "" ? "Say why first." : undefined;
}

/** Lets another holder of a role decide in one's place, for a time. */
export function DelegateForm({ person }: { person: PersonDetailsView }) {
  const { zone } = useNow();
  const [typed, setTyped] = useState(EMPTY);
  const set = (field: keyof typeof EMPTY) => (value: string) => setTyped((before) => ({ ...before, [field]: value }));
  const act = useAct(delegate, ({ toName }) => {
    setTyped(EMPTY);
    say(`${apart(toName)} may decide in your place.`);
  });
  const reasons = act.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  const send = () => {
    const { to, role, from, until, reason } = typed;
    const validFrom = startOfDay(from as PlainDate, zone as Zone);
    const validUntil = endOfDay(until as PlainDate, zone as Zone);
    act.mutate({ body: { to, role: person.roles.find((each) => each === role) ?? null, validFrom, validUntil, reason: reason.trim() } });
  };
  return (
    <Section
      title="Let a colleague decide"
      note="They hold the role already, are not of the help desk, and cannot pass it on. Ninety days at most."
    >
      <div className={styles.pair}>
        <PersonField label="Colleague" value={typed.to} onChange={set("to")} errors={errorsAt(reasons, "/to")} />
        <SelectField
          label="In which role"
          value={typed.role}
          onChange={set("role")}
          blank="Every role I hold"
          options={person.roles.map((role) => ({ value: role, label: titleWords(role) }))}
          errors={errorsAt(reasons, "/role")}
        />
        <DateField label="From the beginning of" value={typed.from} onChange={set("from")} errors={errorsAt(reasons, "/validFrom")} />
        <DateField label="Until the end of" value={typed.until} onChange={set("until")} errors={errorsAt(reasons, "/validUntil")} />
      </div>
      <TextField label="Why" value={typed.reason} onChange={set("reason")} errors={errorsAt(reasons, "/reason")} />
      {act.error !== null && others.length > 0 && <Failure error={act.error} reasons={others} title="Nothing was delegated" />}
      <div>
        <Button look="primary" isBusy={act.isPending} whyNot={whyNotDelegate(person, typed)} onClick={send}>
          Let them decide
        </Button>
      </div>
    </Section>
  );
}

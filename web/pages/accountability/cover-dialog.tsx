import { useState } from "react";

import { coverShift, type RotaView } from "../../../src/accountability/contract-rotas.ts";
import { momentOf, parsePlainDate, type Zone } from "../../../src/kernel/time.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { PersonField } from "../request/pickers.tsx";

interface Typed {
  readonly person: string;
  readonly fromDay: string;
  readonly fromTime: string;
  readonly untilDay: string;
  readonly untilTime: string;
}

/** What a day and a time on the wall are; undefined until both can be read. */
function momentTyped(dayText: string, time: string, zone: string): string | undefined {
  const day = parsePlainDate(dayText);
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time.trim()) ?? [];
  return day === undefined || hours === undefined ? undefined : momentOf(day, Number(hours) * 3600 + Number(minutes) * 60, zone as Zone);
}

/** Somebody covers for whoever it would be. */
export function CoverDialog({ rota, onClose }: { rota: RotaView; onClose: () => void }) {
  const [typed, setTyped] = useState<Typed>({ person: "", fromDay: "", fromTime: "09:00", untilDay: "", untilTime: "09:00" });
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const covering = useAct(coverShift, () => {
    say("It is noted.");
    onClose();
  });
  const reasons = covering.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/person", "/until"]);
  const from = momentTyped(typed.fromDay, typed.fromTime, rota.zone);
  const until = momentTyped(typed.untilDay, typed.untilTime, rota.zone);
  const whyNot =
    typed.person === "" ? "Say who first." : from === undefined || until === undefined ? "Say from when until when first." : undefined;
  return (
    <Dialog
      title="Who covers?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            isBusy={covering.isPending}
            whyNot={whyNot}
            onClick={() =>
              covering.mutate({ params: { id: rota.id }, body: { person: typed.person, from: from ?? "", until: until ?? "" } })
            }
          >
            Note it
          </Button>
        </>
      }
    >
      <PersonField label="Covers" value={typed.person} onChange={(person) => change({ person })} errors={errorsAt(reasons, "/person")} />
      <DateField label="From the day" value={typed.fromDay} onChange={(fromDay) => change({ fromDay })} />
      <TextField label="At" hint={`In ${rota.zone}.`} value={typed.fromTime} onChange={(fromTime) => change({ fromTime })} />
      <DateField
        label="Until the day"
        value={typed.untilDay}
        onChange={(untilDay) => change({ untilDay })}
        errors={errorsAt(reasons, "/until")}
      />
      <TextField label="Until" value={typed.untilTime} onChange={(untilTime) => change({ untilTime })} />
      {covering.error !== null && others.length > 0 && <Failure error={covering.error} reasons={others} title="It was not noted" />}
    </Dialog>
  );
}

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { addRota, changeRota, type RotaView } from "../../../src/accountability/contract-rotas.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, SelectField, TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { PersonName } from "../names.tsx";
import { PersonField } from "../request/pickers.tsx";
import styles from "./accountability.module.css";
import { SeatField, seatOf } from "./seat-field.tsx";

interface Typed {
  readonly name: string;
  readonly key: string;
  readonly owner: string;
  readonly kind: "rotation" | "feed";
  readonly people: readonly string[];
  readonly startsOn: string;
  readonly handoverAt: string;
  readonly everyDays: string;
  readonly address: string;
  readonly isRetired: boolean;
}

const NOTHING: Typed = {
  name: "",
  key: "",
  owner: "",
  kind: "rotation",
  people: [],
  startsOn: "",
  handoverAt: "09:00",
  everyDays: "7",
  address: "",
  isRetired: false,
};

function typedOf({ name, key, owner, source, status }: RotaView): Typed {
  const given = { ...NOTHING, name, key, owner: owner?.id ?? "", kind: source.kind, isRetired: status === "retired" };
  if (source.kind === "feed") return given;
  const { people, startsOn, handoverAt, everyDays } = source;
  return { ...given, people: people.map(({ id }) => id), startsOn, handoverAt, everyDays: String(everyDays) };
}

const FIELDS = [
  "/name",
  "/key",
  "/owner",
  "/source/people",
  "/source/startsOn",
  "/source/handoverAt",
  "/source/everyDays",
  "/source/address",
];

function whyIncomplete(typed: Typed, rota: RotaView | undefined): string | undefined {
  if (typed.name.trim() === "" || typed.key.trim() === "") return "Enter the name and the key first.";
  if (typed.kind === "feed") {
    const isKept = rota?.source.kind === "feed";
    return typed.address.trim() === "" && !isKept ? "Enter the address of the calendar first." : undefined;
  }
  if (typed.people.length === 0) return "Say who takes turns first.";
  return typed.startsOn === "" ? "Say from which day first." : undefined;
}

/** Adds a rota, or changes one. */
export function RotaForm({ rota, onClose }: { rota?: RotaView; onClose: () => void }) {
  const [typed, setTyped] = useState(() => (rota === undefined ? NOTHING : typedOf(rota)));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const saving = useSaving(rota, onClose);
  const reasons = saving.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  const part = { typed, change, errors: (at: string) => errorsAt(reasons, at) };
  const kinds = [
    { value: "rotation", label: "Here: people take turns" },
    { value: "feed", label: "In another program's calendar" },
  ];
  return (
    <Dialog
      title={rota?.name ?? "Add a rota"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" isBusy={saving.isPending} whyNot={whyIncomplete(typed, rota)} onClick={() => saving.save(typed)}>
            {rota === undefined ? "Add" : "Save"}
          </Button>
        </>
      }
    >
      <TextField label="Name" value={typed.name} onChange={(name) => change({ name })} errors={errorsAt(reasons, "/name")} />
      {rota === undefined && (
        <TextField
          label="Key"
          isFixed
          hint="How files refer to it; lower-case letters, digits and dashes. It never changes."
          value={typed.key}
          onChange={(key) => change({ key })}
          errors={errorsAt(reasons, "/key")}
        />
      )}
      <SeatField label="Keeps it filled" value={typed.owner} onChange={(owner) => change({ owner })} errors={errorsAt(reasons, "/owner")} />
      <SelectField
        label="Where it is kept"
        value={typed.kind}
        options={kinds}
        onChange={(kind) => change({ kind: kind as Typed["kind"] })}
      />
      {typed.kind === "rotation" ? <Turns {...part} /> : <Calendar {...part} isKept={rota?.source.kind === "feed"} />}
      {rota !== undefined && (
        <CheckField
          label="Retired: nobody is woken by it any more"
          isOn={typed.isRetired}
          onChange={(isRetired) => change({ isRetired })}
        />
      )}
      {saving.error !== null && others.length > 0 && <Failure error={saving.error} reasons={others} title="Not saved" />}
    </Dialog>
  );
}

function useSaving(rota: RotaView | undefined, onClose: () => void) {
  const navigate = useNavigate();
  const done = (saved: RotaView) => {
    say(`${saved.name} is saved.`);
    onClose();
    if (rota === undefined) void navigate({ to: "/rotas/$id", params: { id: saved.id } });
  };
  const adding = useAct(addRota, done);
  const changing = useAct(changeRota, done);
  const save = (typed: Typed) => {
    const said = { name: typed.name.trim(), owner: seatOf(typed.owner), source: sourceOf(typed) };
    if (rota === undefined) adding.mutate({ body: { ...said, key: typed.key.trim() } });
    else
      changing.mutate({
        params: { id: rota.id },
        body: { ...said, status: typed.isRetired ? "retired" : "active" },
        ifMatch: rota.version,
      });
  };
  return { save, isPending: adding.isPending || changing.isPending, error: adding.error ?? changing.error };
}

function sourceOf({ kind, people, startsOn, handoverAt, everyDays, address }: Typed) {
  if (kind === "feed") return { kind, ...(address.trim() !== "" && { address: address.trim() }) };
  return { kind, people: [...people], startsOn, handoverAt: handoverAt.trim().padStart(5, "0"), everyDays: Number(everyDays) };
}

interface PartProps {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  errors: (at: string) => ReturnType<typeof errorsAt>;
}

function Turns({ typed: { people, startsOn, handoverAt, everyDays }, change, errors }: PartProps) {
  const [round, setRound] = useState(0);
  const add = (id: string) => {
    if (id !== "" && !people.includes(id)) change({ people: [...people, id] });
    setRound(round + 1);
  };
  return (
    <>
      <PersonField key={round} label="Add somebody who takes turns" isOptional value="" onChange={add} errors={errors("/source/people")} />
      <ol className={styles.turns} aria-label="Take turns, in this order">
        {people.map((id) => (
          <li key={id}>
            <Button isSmall icon="cross" onClick={() => change({ people: people.filter((each) => each !== id) })}>
              <PersonName id={id} />
            </Button>
          </li>
        ))}
      </ol>
      <DateField label="From the day" value={startsOn} onChange={(day) => change({ startsOn: day })} errors={errors("/source/startsOn")} />
      <TextField
        label="Hands over at"
        hint="In the organisation's time zone, also when clocks are set."
        value={handoverAt}
        onChange={(time) => change({ handoverAt: time })}
        errors={errors("/source/handoverAt")}
      />
      <TextField
        label="Every how many days"
        value={everyDays}
        onChange={(days) => change({ everyDays: days })}
        errors={errors("/source/everyDays")}
      />
    </>
  );
}

function Calendar({ typed: { address }, change, errors, isKept }: PartProps & { isKept: boolean }) {
  return (
    <TextField
      label="Address of the calendar"
      isFixed
      isOptional={isKept}
      hint={
        isKept
          ? "Left empty, it stays. It is kept sealed and shown to nobody."
          : "Begins with https://. It is kept sealed and shown to nobody."
      }
      value={address}
      onChange={(typed) => change({ address: typed })}
      errors={errors("/source/address")}
    />
  );
}

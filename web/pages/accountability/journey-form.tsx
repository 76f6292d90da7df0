import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { addJourney, changeJourney, type JourneyView } from "../../../src/accountability/contract.ts";
import { listRotas } from "../../../src/accountability/contract-rotas.ts";
import { listApplications, listDeviceClasses } from "../../../src/estate/contract.ts";
import { listOperations } from "../../../src/estate/contract-model.ts";
import type { Refusal } from "../../../src/kernel/problem.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, FieldGroup, SelectField, TextArea, Wide } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { PersonField } from "../request/pickers.tsx";
import { SeatField, seatOf } from "./seat-field.tsx";
import { journeyTitle, POPULATION_WORDS } from "./signs.ts";

interface Typed {
  readonly population: JourneyView["population"];
  readonly kind: JourneyView["about"]["kind"];
  readonly key: string;
  readonly deviceClass: string;
  readonly statement: string;
  /** Ids, or "" for nobody. */
  readonly businessOwner: string;
  readonly approver: string;
  readonly maintainer: string;
  readonly rota: string;
  readonly platformOwner: string;
  readonly operationOwner: string;
  readonly isRetired: boolean;
}

const NOTHING: Typed = {
  population: "human",
  kind: "application",
  key: "",
  deviceClass: "",
  statement: "",
  businessOwner: "",
  approver: "",
  maintainer: "",
  rota: "",
  platformOwner: "",
  operationOwner: "",
  isRetired: false,
};

const idOf = (seat: { readonly id: string } | null) => seat?.id ?? "";

function typedOf({ population, about, deviceClass, model, status, ...seats }: JourneyView): Typed {
  return {
    population,
    kind: about.kind,
    key: about.key,
    deviceClass: deviceClass?.key ?? "",
    statement: model.statement,
    businessOwner: idOf(seats.businessOwner),
    approver: idOf(seats.approver),
    maintainer: idOf(seats.maintainer),
    rota: idOf(seats.rota),
    platformOwner: idOf(seats.platformOwner),
    operationOwner: idOf(seats.operationOwner),
    isRetired: status === "retired",
  };
}

function whyIncomplete({ key, statement }: Typed): string | undefined {
  if (key === "") return "Choose what it leads to first.";
  return statement.trim() === "" ? "Say how it works first." : undefined;
}

/** Other words than those that were approved. */
function isReworded({ statement }: Typed, journey: JourneyView | undefined): boolean {
  return journey?.approval.state === "approved" && statement.trim() !== journey.model.statement;
}

const FIELDS = [
  "/about/key",
  "/deviceClass",
  "/statement",
  "/businessOwner",
  "/approver",
  "/maintainer",
  "/rota",
  "/platformOwner",
  "/operationOwner",
];

/** Adds a way in, or changes who answers for it and how it works. */
export function JourneyForm({ journey, onClose }: { journey?: JourneyView; onClose: () => void }) {
  const [typed, setTyped] = useState(() => (journey === undefined ? NOTHING : typedOf(journey)));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const saving = useSaving(journey, onClose);
  const reasons = saving.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  return (
    <Dialog
      title={journey === undefined ? "Add a way in" : journeyTitle(journey)}
      onClose={onClose}
      isWide
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" isBusy={saving.isPending} whyNot={whyIncomplete(typed)} onClick={() => saving.save(typed)}>
            {journey === undefined ? "Add" : "Save"}
          </Button>
        </>
      }
    >
      {journey === undefined && <Identity typed={typed} change={change} reasons={reasons} />}
      <FieldGroup title="How it works" why="The approver signs exactly these words.">
        <Wide>
          <TextArea
            label="With which authenticators, bound to what, and what happens without them"
            value={typed.statement}
            onChange={(statement) => change({ statement })}
            errors={errorsAt(reasons, "/statement")}
            {...(isReworded(typed, journey) && { hint: "Saving other words makes the approval void." })}
          />
        </Wide>
      </FieldGroup>
      <Seats typed={typed} change={change} reasons={reasons} />
      {journey !== undefined && (
        <CheckField
          label="Retired: nobody signs in this way any more"
          isOn={typed.isRetired}
          onChange={(isRetired) => change({ isRetired })}
        />
      )}
      {saving.error !== null && others.length > 0 && <Failure error={saving.error} reasons={others} title="Not saved" />}
    </Dialog>
  );
}

function useSaving(journey: JourneyView | undefined, onClose: () => void) {
  const navigate = useNavigate();
  const done = (saved: JourneyView) => {
    say("It is saved.");
    onClose();
    if (journey === undefined) void navigate({ to: "/accountability/$id", params: { id: saved.id } });
  };
  const adding = useAct(addJourney, done);
  const changing = useAct(changeJourney, done);
  const save = ({ population, kind, key, deviceClass, isRetired, ...typed }: Typed) => {
    const said = {
      statement: typed.statement.trim(),
      businessOwner: seatOf(typed.businessOwner),
      approver: typed.approver === "" ? null : typed.approver,
      maintainer: seatOf(typed.maintainer),
      rota: typed.rota === "" ? null : typed.rota,
      platformOwner: seatOf(typed.platformOwner),
      operationOwner: seatOf(typed.operationOwner),
    };
    if (journey === undefined) {
      adding.mutate({ body: { ...said, population, about: { kind, key }, deviceClass: deviceClass === "" ? null : deviceClass } });
      return;
    }
    changing.mutate({ params: { id: journey.id }, body: { ...said, status: isRetired ? "retired" : "active" }, ifMatch: journey.version });
  };
  return { save, isPending: adding.isPending || changing.isPending, error: adding.error ?? changing.error };
}

interface PartProps {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  reasons: readonly Refusal[];
}

function Identity({ typed, change, reasons }: PartProps) {
  const classes = useQuery(read(listDeviceClasses, { query: { limit: 200 } }));
  const options = (classes.data?.items ?? [])
    .filter(({ status }) => status === "active")
    .map(({ key, name }) => ({ value: key, label: name }));
  const kinds = [
    { value: "application", label: "An application" },
    { value: "operation", label: "A critical operation" },
  ];
  return (
    <FieldGroup title="Which way in" why="These never change: another population, goal or class of devices is another way in.">
      <SelectField
        label="Who signs in"
        value={typed.population}
        options={Object.entries(POPULATION_WORDS).map(([value, label]) => ({ value, label }))}
        onChange={(population) => change({ population: population as Typed["population"] })}
      />
      <SelectField
        label="It leads to"
        value={typed.kind}
        options={kinds}
        onChange={(kind) => change({ kind: kind as Typed["kind"], key: "" })}
      />
      <AboutField key={typed.kind} typed={typed} change={change} reasons={reasons} />
      <SelectField
        label="On which devices"
        blank="Any device"
        value={typed.deviceClass}
        options={options}
        onChange={(deviceClass) => change({ deviceClass })}
        errors={errorsAt(reasons, "/deviceClass")}
      />
    </FieldGroup>
  );
}

const MOST_FOUND = 20;

function AboutField({ typed: { kind, key }, change, reasons }: PartProps) {
  const [words, setWords] = useState("");
  const search = useDeferredValue(words.trim());
  const query = { limit: MOST_FOUND, status: "active" as const, ...(search !== "" && { search }) };
  const isApplication = kind === "application";
  const applications = useQuery({ ...read(listApplications, { query }), placeholderData: keepPreviousData, enabled: isApplication });
  const operations = useQuery({ ...read(listOperations, { query }), placeholderData: keepPreviousData, enabled: !isApplication });
  const found = (isApplication ? applications : operations).data?.items ?? [];
  return (
    <Combo
      label={isApplication ? "Application" : "Operation"}
      value={key}
      choices={found.map((each) => ({ id: each.key, name: each.name }))}
      onType={setWords}
      onChange={(chosen) => change({ key: chosen })}
      errors={errorsAt(reasons, "/about/key")}
      none="Nothing fits"
    />
  );
}

function Seats({ typed, change, reasons }: PartProps) {
  const rotas = useQuery(read(listRotas, { query: { limit: 200, status: "active" } }));
  const seat = (name: "businessOwner" | "maintainer" | "platformOwner" | "operationOwner", label: string, hint: string) => (
    <SeatField
      label={label}
      hint={hint}
      value={typed[name]}
      onChange={(id) => change({ [name]: id })}
      errors={errorsAt(reasons, `/${name}`)}
    />
  );
  return (
    <FieldGroup title="Who answers" why="People, or teams. A seat without anybody is a finding until somebody sits there.">
      {seat("businessOwner", "Business owner", "Whether it is worth what it costs.")}
      <PersonField
        label="Approves the model"
        hint="Holds a role that decides; neither wrote nor maintains it."
        isOptional
        value={typed.approver}
        onChange={(approver) => change({ approver })}
        errors={errorsAt(reasons, "/approver")}
      />
      {seat("maintainer", "Maintains it", "Keeps it working from day to day.")}
      <SelectField
        label="Who is on point, by rota"
        blank="No rota"
        value={typed.rota}
        options={(rotas.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(rota) => change({ rota })}
        errors={errorsAt(reasons, "/rota")}
        isOptional
      />
      {seat("platformOwner", "Restores the service", "Answers for the platform it stands on.")}
      {seat("operationOwner", "Gets the task done", "Answers for the task itself, meanwhile.")}
    </FieldGroup>
  );
}

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { getOperation, type OperationView, putOperation } from "../../../src/estate/contract-model.ts";
import { useAct } from "../../act.ts";
import { errorsAt } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { CheckField, FieldGrid, SelectField, TextField } from "../../parts/field.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { PersonField } from "../request/pickers.tsx";
import { Described, Keep, readNow } from "./described.tsx";
import { Difference } from "./difference.tsx";
import { ApplicationField } from "./keyed-fields.tsx";
import { PathsEditor, pathBody, type TypedPath, typedPath, whyNoMinutes, whyPathsIncomplete } from "./paths-editor.tsx";

const SEATS = {
  businessOwner: "Business owner",
  modelApprover: "Approves the model",
  maintainer: "Maintains it",
  onCall: "On call",
} as const;
type Seat = keyof typeof SEATS;

interface Typed {
  readonly name: string;
  readonly criticality: string;
  readonly application: string;
  readonly tolerates: string;
  readonly withinMinutes: string;
  readonly seats: Readonly<Record<Seat, string>>;
  readonly paths: readonly TypedPath[];
  readonly isRetired: boolean;
}

const BLANK: Typed = {
  name: "",
  criticality: "1",
  application: "",
  tolerates: "1",
  withinMinutes: "",
  seats: { businessOwner: "", modelApprover: "", maintainer: "", onCall: "" },
  paths: [],
  isRetired: false,
};

const idOf = (person: OperationView[Seat]) => person?.id ?? "";

function typedOf(operation: OperationView): Typed {
  const { name, criticality, application, tolerates, withinMinutes, businessOwner, modelApprover, maintainer, onCall } = operation;
  return {
    name,
    criticality: String(criticality),
    application: application ?? "",
    tolerates: String(tolerates),
    withinMinutes: withinMinutes === null ? "" : String(withinMinutes),
    seats: {
      businessOwner: idOf(businessOwner),
      modelApprover: idOf(modelApprover),
      maintainer: idOf(maintainer),
      onCall: idOf(onCall),
    },
    paths: operation.paths.map(typedPath),
    isRetired: operation.status === "retired",
  };
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

function bodyOf({ seats, ...typed }: Typed) {
  const holder = (seat: Seat) => orNull(seats[seat]);
  const within = orNull(typed.withinMinutes);
  return {
    name: typed.name.trim(),
    criticality: Number(typed.criticality) as OperationView["criticality"],
    application: orNull(typed.application),
    tolerates: Number(typed.tolerates) as OperationView["tolerates"],
    withinMinutes: within === null ? null : Number(within),
    businessOwner: holder("businessOwner"),
    modelApprover: holder("modelApprover"),
    maintainer: holder("maintainer"),
    onCall: holder("onCall"),
    paths: typed.paths.map(pathBody),
    status: typed.isRetired ? ("retired" as const) : ("active" as const),
  };
}

/** Describes an operation and its ways in, for the first time or anew. */
export function ChangeOperationPage() {
  const { key } = useParams({ from: "/signed-in/operations/$key/change" });
  return (
    <Described key={key} endpoint={getOperation} given={{ params: { key } }} title="Critical operation" above={ABOVE}>
      {(before) => <Form operationKey={key} before={before} />}
    </Described>
  );
}

const ABOVE = <Link to="/operations">Critical operations</Link>;
const FIELDS = ["/name", "/application", "/withinMinutes", ...Object.keys(SEATS).map((seat) => `/${seat}`), "/paths"];

function Form({ operationKey: key, before }: { operationKey: string; before: OperationView | undefined }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(() => (before === undefined ? BLANK : typedOf(before)));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const putting = useAct(putOperation, ({ name }) => {
    say(`${apart(name)} is kept as described.`);
    void navigate({ to: "/operations/$key", params: { key } });
  });
  const reasons = putting.error?.reasons ?? [];
  const whyNot =
    typed.name.trim() === "" ? "Give it a name first." : (whyNoMinutes(typed.withinMinutes) ?? whyPathsIncomplete(typed.paths));
  return (
    <Page
      title={before === undefined ? `Describe ${key}` : `Change ${apart(before.name)}`}
      above={ABOVE}
      below="A task, not an application: what must be possible, and by which ways somebody gets in to do it."
      isNarrow
    >
      <Section title="What it is, and how much it has to survive">
        <What typed={typed} change={change} reasons={reasons} />
      </Section>
      <Section title="Who answers" note="An empty seat is a finding.">
        <Who typed={typed} change={change} reasons={reasons} />
      </Section>
      <Section title="The ways in" note="Each by itself is enough.">
        <PathsEditor paths={typed.paths} onChange={(paths) => change({ paths })} reasons={reasons} />
      </Section>
      <Section title={before === undefined ? "Then" : "What that changes"} note="Nothing is kept before you say so.">
        {before !== undefined && (
          <>
            <Difference change={whyPathsIncomplete(typed.paths) === undefined ? changeOf(key, typed) : undefined} />
            <CheckField
              label="Retired"
              hint="Left out of the analysis."
              isOn={typed.isRetired}
              onChange={(isRetired) => change({ isRetired })}
            />
          </>
        )}
        <Keep
          endpoint={putOperation}
          putting={putting}
          fields={FIELDS}
          whyNot={whyNot}
          before={before}
          now={readNow(getOperation, { params: { key } })}
          shown={{ to: "/operations/$key", params: { key } }}
          onKeep={(version) => putting.mutate({ params: { key }, body: bodyOf(typed), ifMatch: version })}
        />
      </Section>
    </Page>
  );
}

function changeOf(key: string, { paths }: Typed) {
  const asked = paths.map(pathBody).map((path) => {
    const { name, population, role, needs, minutes } = path;
    return { key: path.key, name, population, role, needs, minutes };
  });
  return { operations: [{ key, paths: asked }] };
}

interface Part {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  reasons: Parameters<typeof errorsAt>[0];
}

const TIERS = ["1", "2", "3", "4"].map((value) => ({ value, label: value === "1" ? "1: cannot do without" : value }));
const TOLERATES = [
  { value: "0", label: "nothing" },
  { value: "1", label: "any one failure" },
  { value: "2", label: "any two failures" },
];

function What({ typed, change, reasons }: Part) {
  return (
    <FieldGrid>
      <TextField label="Name" value={typed.name} onChange={(name) => change({ name })} errors={errorsAt(reasons, "/name")} />
      <SelectField label="Criticality" value={typed.criticality} options={TIERS} onChange={(criticality) => change({ criticality })} />
      <SelectField label="Has to survive" value={typed.tolerates} options={TOLERATES} onChange={(tolerates) => change({ tolerates })} />
      <TextField
        label="May wait, in minutes"
        hint="A way in that takes longer counts as failed. Empty: as long as it takes."
        value={typed.withinMinutes}
        onChange={(withinMinutes) => change({ withinMinutes })}
        errors={errorsAt(reasons, "/withinMinutes")}
        inputMode="numeric"
        isOptional
      />
      <ApplicationField
        label="Application it is done in"
        value={typed.application}
        onChange={(application) => change({ application })}
        errors={errorsAt(reasons, "/application")}
        isOptional
      />
    </FieldGrid>
  );
}

function Who({ typed, change, reasons }: Part) {
  return (
    <FieldGrid>
      {(Object.keys(SEATS) as Seat[]).map((seat) => (
        <PersonField
          key={seat}
          label={SEATS[seat]}
          value={typed.seats[seat]}
          onChange={(person) => change({ seats: { ...typed.seats, [seat]: person } })}
          errors={errorsAt(reasons, `/${seat}`)}
          isOptional
        />
      ))}
    </FieldGrid>
  );
}

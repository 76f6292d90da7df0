import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { apart } from "../../parts/apart.ts";
import { getOperation, type OperationView, putOperation } from "../../../src/estate/contract-model.ts";
import { useAct } from "../../act.ts";
import { useFirstRead } from "../../first-read.ts";
import { errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, FieldGroup, SelectField, TextField } from "../../parts/field.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { PersonField } from "../request/pickers.tsx";
import { Difference } from "./difference.tsx";
import styles from "./operations.module.css";
import { LiveDifference } from "./live-difference.tsx";
import { PathsEditor, pathBody, type TypedPath, typedPath, whyPathsIncomplete } from "./paths-editor.tsx";

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
  return <Change key={key} operationKey={key} />;
}

function Change({ operationKey: key }: { operationKey: string }) {
  const { data, error, isFetchedAfterMount } = useQuery({ ...read(getOperation, { params: { key } }), refetchOnMount: "always" });
  const failed = error === null ? undefined : failureFrom(error);
  const isNew = failed?.reasons.some(({ code }) => code === "estate.notFound") === true;
  const first = useFirstRead(isFetchedAfterMount ? data : undefined, isNew);
  if (first === undefined) {
    return (
      <Page title="Critical operation" above={<Link to="/operations">Critical operations</Link>}>
        {failed === undefined ? <p className={styles.pending} aria-busy /> : <Failure error={failed} title="Not shown" />}
      </Page>
    );
  }
  return <Form operationKey={key} before={first.before} />;
}

const FIELDS = ["/name", "/application", "/withinMinutes", ...Object.keys(SEATS).map((seat) => `/${seat}`), "/paths"];

function Form({ operationKey: key, before }: { operationKey: string; before: OperationView | undefined }) {
  const navigate = useNavigate();
  const { roles } = useSession();
  const [typed, setTyped] = useState(() => (before === undefined ? BLANK : typedOf(before)));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const putting = useAct(putOperation, ({ name }) => {
    say(`${apart(name)} is kept as described.`);
    void navigate({ to: "/operations/$key", params: { key } });
  });
  const reasons = putting.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  const whyNot = typed.name.trim() === "" ? "Give it a name first." : whyPathsIncomplete(typed.paths);
  return (
    <Page
      title={before === undefined ? `Describe ${key}` : `Change ${apart(before.name)}`}
      above={<Link to="/operations">Critical operations</Link>}
      below="A task, not an application: what must be possible, and by which ways somebody gets in to do it."
      isNarrow
    >
      <Section title="The operation">
        <What typed={typed} change={change} reasons={reasons} />
        <Who typed={typed} change={change} reasons={reasons} />
      </Section>
      <Section title="The ways in" note="Each by itself is enough. Components are named by their keys.">
        <PathsEditor paths={typed.paths} onChange={(paths) => change({ paths })} reasons={reasons} />
        {before !== undefined && <LiveDifference operation={key} paths={typed.paths} />}
      </Section>
      {before !== undefined && (
        <CheckField
          label="Retired"
          hint="Left out of the analysis."
          isOn={typed.isRetired}
          onChange={(isRetired) => change({ isRetired })}
        />
      )}
      {before !== undefined && <Difference change={whyNot === undefined ? changeOf(key, typed) : undefined} />}
      {putting.error !== null && others.length > 0 && <Failure error={putting.error} reasons={others} title="It was not changed" />}
      <div>
        <Button
          look="primary"
          isBusy={putting.isPending}
          whyNot={whyNotCall(putOperation, roles) ?? whyNot}
          onClick={() => putting.mutate({ params: { key }, body: bodyOf(typed), ifMatch: before?.version ?? 0 })}
        >
          Keep it
        </Button>
      </div>
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
    <FieldGroup title="What it is" why="And how much it has to survive.">
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
      <TextField
        label="Key of the application it is done in"
        value={typed.application}
        onChange={(application) => change({ application })}
        errors={errorsAt(reasons, "/application")}
        isOptional
      />
    </FieldGroup>
  );
}

function Who({ typed, change, reasons }: Part) {
  return (
    <FieldGroup title="Who answers" why="An empty seat is a finding.">
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
    </FieldGroup>
  );
}

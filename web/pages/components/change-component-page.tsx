import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { apart } from "../../parts/apart.ts";
import { type ComponentDetail, type ComponentView, getComponent, putComponent } from "../../../src/estate/contract-model.ts";
import { useAct } from "../../act.ts";
import { useFirstRead } from "../../first-read.ts";
import { errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, FieldGroup, SelectField, TextArea, TextField, Wide } from "../../parts/field.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { Difference } from "../operations/difference.tsx";
import styles from "../operations/operations.module.css";
import { PersonField } from "../request/pickers.tsx";
import { KIND_WORDS, LAYER_WORDS, optionsOf, SOURCE_WORDS } from "./kind-words.ts";
import { NeedField, needOf, type TypedNeed, typedNeed } from "./need-field.tsx";

interface Typed {
  readonly name: string;
  readonly kind: ComponentView["kind"];
  readonly layer: ComponentView["layer"];
  readonly owner: string;
  readonly requires: TypedNeed;
  readonly share: string;
  readonly source: keyof typeof SOURCE_WORDS;
  readonly asOf: string;
  readonly evidence: string;
  readonly connection: string;
  /** One a line. */
  readonly endpoints: string;
  readonly isRetired: boolean;
}

const BLANK: Typed = {
  name: "",
  kind: "idp",
  layer: "identity",
  owner: "",
  requires: typedNeed(null),
  share: "",
  source: "expert",
  asOf: "",
  evidence: "",
  connection: "",
  endpoints: "",
  isRetired: false,
};

function typedOf({ name, kind, layer, owner, requires, unavailability, evidence, connection, endpoints, status }: ComponentView): Typed {
  return {
    name,
    kind,
    layer,
    owner: owner?.id ?? "",
    requires: typedNeed(requires),
    share: unavailability === null ? "" : String(unavailability.p),
    source: unavailability?.source ?? "expert",
    asOf: unavailability?.asOf ?? "",
    evidence: evidence ?? "",
    connection: connection ?? "",
    endpoints: endpoints.map((each) => `${each.kind} ${each.address}`).join("\n"),
    isRetired: status === "retired",
  };
}

const textOrNull = (text: string) => (text.trim() === "" ? null : text.trim());

function bodyOf({ share, source, asOf, ...typed }: Typed) {
  const lines = typed.endpoints.split("\n").map((line) => line.trim());
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    layer: typed.layer,
    owner: textOrNull(typed.owner),
    requires: needOf(typed.requires),
    unavailability: share.trim() === "" ? null : { p: Number(share), source, asOf },
    evidence: textOrNull(typed.evidence),
    connection: textOrNull(typed.connection),
    endpoints: lines.filter(Boolean).map((line) => {
      const [kind = "", ...address] = line.split(/\s+/);
      return { kind: kind as "tls", address: address.join(" ") };
    }),
    status: typed.isRetired ? ("retired" as const) : ("active" as const),
  };
}

function whyIncomplete(typed: Typed): string | undefined {
  if (typed.name.trim() === "") return "Give it a name first.";
  if (needOf(typed.requires) === undefined) return "Write what it needs so that it can be read.";
  if (typed.share.trim() !== "" && !Number.isFinite(Number(typed.share))) return "Write the share of time as a number.";
  return typed.share.trim() !== "" && typed.asOf === "" ? "Say of when the share of time is." : undefined;
}

/** Describes a component, for the first time or anew. */
export function ChangeComponentPage() {
  const { key } = useParams({ from: "/signed-in/components/$key/change" });
  return <Change key={key} componentKey={key} />;
}

function Change({ componentKey: key }: { componentKey: string }) {
  const { data, error, isFetchedAfterMount } = useQuery({ ...read(getComponent, { params: { key } }), refetchOnMount: "always" });
  const failed = error === null ? undefined : failureFrom(error);
  const isNew = failed?.reasons.some(({ code }) => code === "estate.notFound") === true;
  const first = useFirstRead(isFetchedAfterMount ? data : undefined, isNew);
  if (first === undefined) {
    return (
      <Page title="Component" above={<Link to="/components">Components</Link>}>
        {failed === undefined ? <p className={styles.pending} aria-busy /> : <Failure error={failed} title="Not shown" />}
      </Page>
    );
  }
  return <Form componentKey={key} before={first.before} />;
}

const FIELDS = ["/name", "/owner", "/requires", "/unavailability", "/evidence", "/connection", "/endpoints"];

function Form({ componentKey: key, before }: { componentKey: string; before: ComponentDetail | undefined }) {
  const navigate = useNavigate();
  const { roles } = useSession();
  const [typed, setTyped] = useState(before === undefined ? BLANK : typedOf(before));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const putting = useAct(putComponent, ({ name }) => {
    say(`${apart(name)} is kept as described.`);
    void navigate({ to: "/components/$key", params: { key } });
  });
  const reasons = putting.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  return (
    <Page
      title={before === undefined ? `Describe ${key}` : `Change ${apart(before.name)}`}
      above={<Link to="/components">Components</Link>}
      below="What you say here is what the analysis believes. Every change stands in the journal."
      isNarrow
    >
      <Section title="The component">
        <What typed={typed} change={change} reasons={reasons} />
        <Known typed={typed} change={change} reasons={reasons} />
        {before !== undefined && (
          <CheckField
            label="Retired"
            hint="Left out of the analysis. Refused while something in use needs it."
            isOn={typed.isRetired}
            onChange={(isRetired) => change({ isRetired })}
          />
        )}
        {before !== undefined && <Difference change={changeOf(key, typed)} />}
        {putting.error !== null && others.length > 0 && <Failure error={putting.error} reasons={others} title="It was not changed" />}
        <div>
          <Button
            look="primary"
            isBusy={putting.isPending}
            whyNot={whyNotCall(putComponent, roles) ?? whyIncomplete(typed)}
            onClick={() => putting.mutate({ params: { key }, body: bodyOf(typed), ifMatch: before?.version ?? 0 })}
          >
            Keep it
          </Button>
        </div>
      </Section>
    </Page>
  );
}

function changeOf(key: string, { requires }: Typed) {
  const need = needOf(requires);
  return need === undefined ? undefined : { components: [{ key, requires: need }] };
}

interface Part {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  reasons: Parameters<typeof errorsAt>[0];
}

function What({ typed, change, reasons }: Part) {
  return (
    <FieldGroup title="What it is" why="One thing that can fail by itself.">
      <TextField label="Name" value={typed.name} onChange={(name) => change({ name })} errors={errorsAt(reasons, "/name")} />
      <SelectField
        label="Kind"
        value={typed.kind}
        options={optionsOf(KIND_WORDS)}
        onChange={(kind) => change({ kind: kind as Typed["kind"] })}
      />
      <SelectField
        label="Layer"
        value={typed.layer}
        options={optionsOf(LAYER_WORDS)}
        onChange={(layer) => change({ layer: layer as Typed["layer"] })}
      />
      <PersonField
        label="Who answers for it"
        value={typed.owner}
        onChange={(owner) => change({ owner })}
        errors={errorsAt(reasons, "/owner")}
        isOptional
      />
      <Wide>
        <NeedField
          label="What it needs in turn"
          value={typed.requires}
          onChange={(requires) => change({ requires })}
          errors={errorsAt(reasons, "/requires")}
          isOptional
        />
      </Wide>
    </FieldGroup>
  );
}

function Known({ typed, change, reasons }: Part) {
  const { zone } = useNow();
  return (
    <FieldGroup title="What is known of it" why="Without a share of time nothing is said of how likely a lock-out is.">
      <TextField
        label="Share of time it is away"
        hint="0.001 is about nine hours a year."
        value={typed.share}
        onChange={(share) => change({ share })}
        errors={errorsAt(reasons, "/unavailability")}
        inputMode="decimal"
        isOptional
      />
      <SelectField
        label="How that is known"
        value={typed.source}
        options={optionsOf(SOURCE_WORDS)}
        onChange={(source) => change({ source: source as Typed["source"] })}
      />
      <DateField label="As of" hint={`A day, in ${zone}.`} value={typed.asOf} onChange={(asOf) => change({ asOf })} isOptional />
      <TextField
        label="Key of the connection that it is"
        value={typed.connection}
        onChange={(connection) => change({ connection })}
        errors={errorsAt(reasons, "/connection")}
        isOptional
      />
      <Wide>
        <TextField
          label="Evidence"
          hint="What says that it is as described: a document, a ticket, an address."
          value={typed.evidence}
          onChange={(evidence) => change({ evidence })}
          errors={errorsAt(reasons, "/evidence")}
          isOptional
        />
        <TextArea
          label="Where Postern itself may ask it"
          hint="One a line: tls idp.example.com:443, jwks https://idp.example.com/keys, http https://idp.example.com/health"
          value={typed.endpoints}
          onChange={(endpoints) => change({ endpoints })}
          errors={errorsAt(reasons, "/endpoints")}
          isOptional
        />
      </Wide>
    </FieldGroup>
  );
}

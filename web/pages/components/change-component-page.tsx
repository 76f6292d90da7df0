import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { listConnections } from "../../../src/connections/contract.ts";
import { type ComponentDetail, type ComponentView, getComponent, putComponent } from "../../../src/estate/contract-model.ts";
import { useAct } from "../../act.ts";
import { errorsAt } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { CheckField, type FieldError, FieldGrid, SelectField, TextArea, TextField, Wide } from "../../parts/field.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { Described, Keep, readNow } from "../operations/described.tsx";
import { Difference } from "../operations/difference.tsx";
import { PersonField } from "../request/pickers.tsx";
import { ColdStart } from "./cold-start.tsx";
import { KIND_WORDS, LAYER_WORDS, optionsOf } from "./kind-words.ts";
import { NeedField, needOf, type TypedNeed, typedNeed } from "./need-field.tsx";
import { NO_SHARE, ShareFields, shareOf, type TypedShare, typedShare, whyNoShare } from "./share-fields.tsx";

interface Typed extends TypedShare {
  readonly name: string;
  readonly kind: ComponentView["kind"];
  readonly layer: ComponentView["layer"];
  readonly owner: string;
  readonly requires: TypedNeed;
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
  ...NO_SHARE,
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
    ...typedShare(unavailability),
    evidence: evidence ?? "",
    connection: connection ?? "",
    endpoints: endpoints.map((each) => `${each.kind} ${each.address}`).join("\n"),
    isRetired: status === "retired",
  };
}

const textOrNull = (text: string) => (text.trim() === "" ? null : text.trim());

function bodyOf(typed: Typed) {
  const lines = typed.endpoints.split("\n").map((line) => line.trim());
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    layer: typed.layer,
    owner: textOrNull(typed.owner),
    requires: needOf(typed.requires),
    unavailability: shareOf(typed),
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
  return whyNoShare(typed);
}

/** Describes a component, for the first time or anew. */
export function ChangeComponentPage() {
  const { key } = useParams({ from: "/signed-in/components/$key/change" });
  return (
    <Described key={key} endpoint={getComponent} given={{ params: { key } }} title="Component" above={ABOVE}>
      {(before) => <Form componentKey={key} before={before} />}
    </Described>
  );
}

const ABOVE = <Link to="/components">Components</Link>;
const FIELDS = ["/name", "/owner", "/requires", "/unavailability", "/evidence", "/connection", "/endpoints"];

function Form({ componentKey: key, before }: { componentKey: string; before: ComponentDetail | undefined }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(before === undefined ? BLANK : typedOf(before));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const putting = useAct(putComponent, ({ name }) => {
    say(`${apart(name)} is kept as described.`);
    void navigate({ to: "/components/$key", params: { key } });
  });
  const reasons = putting.error?.reasons ?? [];
  return (
    <Page
      title={before === undefined ? `Describe ${key}` : `Change ${apart(before.name)}`}
      above={ABOVE}
      below="What you say here is what the analysis believes. Every change stands in the journal."
      isNarrow
    >
      <Section title="What it is" note="One thing that can fail by itself.">
        <What typed={typed} change={change} reasons={reasons} />
        <ColdStart
          reasons={reasons}
          need={typed.requires.text}
          owner={textOrNull(typed.owner)}
          onBreak={(text) => change({ requires: { text } })}
        />
      </Section>
      <Section title="What is known of it">
        <Known typed={typed} change={change} reasons={reasons} />
      </Section>
      <Section title={before === undefined ? "Then" : "What that changes"} note="Nothing is kept before you say so.">
        {before !== undefined && (
          <>
            <Difference change={changeOf(key, typed)} />
            <CheckField
              label="Retired"
              hint="Left out of the analysis. Refused while something in use needs it."
              isOn={typed.isRetired}
              onChange={(isRetired) => change({ isRetired })}
            />
          </>
        )}
        <Keep
          endpoint={putComponent}
          putting={putting}
          fields={FIELDS}
          whyNot={whyIncomplete(typed)}
          before={before}
          now={readNow(getComponent, { params: { key } })}
          shown={{ to: "/components/$key", params: { key } }}
          onKeep={(version) => putting.mutate({ params: { key }, body: bodyOf(typed), ifMatch: version })}
        />
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
    <FieldGrid>
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
      <NeedField
        label="What it needs in turn"
        value={typed.requires}
        onChange={(requires) => change({ requires })}
        errors={errorsAt(reasons, "/requires")}
        isOptional
      />
    </FieldGrid>
  );
}

function Known({ typed, change, reasons }: Part) {
  return (
    <FieldGrid>
      <ShareFields typed={typed} change={change} errors={errorsAt(reasons, "/unavailability")} />
      <ConnectionField
        value={typed.connection}
        onChange={(connection) => change({ connection })}
        errors={errorsAt(reasons, "/connection")}
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
    </FieldGrid>
  );
}

function ConnectionField({ value, ...field }: { value: string; onChange: (key: string) => void; errors: readonly FieldError[] }) {
  const { data } = useQuery(read(listConnections, {}));
  const options = data?.items.map(({ key, name }) => ({ value: key, label: name })) ?? [];
  const isOffered = value === "" || options.some((option) => option.value === value);
  return (
    <SelectField
      {...field}
      label="Connection that it is"
      hint="Then what is read there is said of it."
      blank="None"
      options={isOffered ? options : [...options, { value, label: value }]}
      value={value}
      isOptional
    />
  );
}

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { type CommonCauseDetail, getCommonCause, putCommonCause } from "../../../src/estate/contract-model.ts";
import { useAct } from "../../act.ts";
import { errorsAt } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { CheckField, FieldGrid, SelectField, TextField } from "../../parts/field.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { Described, Keep, readNow } from "../operations/described.tsx";
import { PickedComponents } from "../operations/picked-components.tsx";
import { CAUSE_WORDS, optionsOf } from "./kind-words.ts";
import { NO_SHARE, ShareFields, shareOf, type TypedShare, typedShare, whyNoShare } from "./share-fields.tsx";

interface Typed extends TypedShare {
  readonly name: string;
  readonly kind: CommonCauseDetail["kind"];
  readonly members: readonly string[];
  readonly isRetired: boolean;
}

const BLANK: Typed = { name: "", kind: "region", members: [], ...NO_SHARE, isRetired: false };

function typedOf({ name, kind, members, unavailability, status }: CommonCauseDetail): Typed {
  return { name, kind, members, ...typedShare(unavailability), isRetired: status === "retired" };
}

function bodyOf(typed: Typed) {
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    members: [...typed.members],
    unavailability: shareOf(typed),
    status: typed.isRetired ? ("retired" as const) : ("active" as const),
  };
}

function whyIncomplete(typed: Typed): string | undefined {
  if (typed.name.trim() === "") return "Give it a name first.";
  if (typed.members.length === 0) return "Add what it takes along first.";
  return whyNoShare(typed);
}

/** Describes what makes several components fail at once, for the first time or anew. */
export function ChangeCausePage() {
  const { key } = useParams({ from: "/signed-in/common-causes/$key/change" });
  return (
    <Described key={key} endpoint={getCommonCause} given={{ params: { key } }} title="Common cause" above={ABOVE}>
      {(before) => <Form causeKey={key} before={before} />}
    </Described>
  );
}

const ABOVE = <Link to="/common-causes">Common causes</Link>;
const FIELDS = ["/name", "/members", "/unavailability"];

function Form({ causeKey: key, before }: { causeKey: string; before: CommonCauseDetail | undefined }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(before === undefined ? BLANK : typedOf(before));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const putting = useAct(putCommonCause, ({ name }) => {
    say(`${apart(name)} is kept as described.`);
    void navigate({ to: "/common-causes/$key", params: { key } });
  });
  const reasons = putting.error?.reasons ?? [];
  return (
    <Page
      title={before === undefined ? `Describe ${key}` : `Change ${apart(before.name)}`}
      above={ABOVE}
      below="One thing that, when it happens, takes several components at once: a region, a tenant, a contract, a version."
      isNarrow
    >
      <Section title="What it is">
        <FieldGrid>
          <TextField label="Name" value={typed.name} onChange={(name) => change({ name })} errors={errorsAt(reasons, "/name")} />
          <SelectField
            label="Kind"
            value={typed.kind}
            options={optionsOf(CAUSE_WORDS)}
            onChange={(kind) => change({ kind: kind as Typed["kind"] })}
          />
          <ShareFields typed={typed} change={change} errors={errorsAt(reasons, "/unavailability")} />
        </FieldGrid>
      </Section>
      <Section title="What it takes along" note="All of it fails at once.">
        <PickedComponents
          label="Add a component"
          list="What it takes along"
          chosen={typed.members}
          onChange={(members) => change({ members })}
          errors={errorsAt(reasons, "/members")}
        />
      </Section>
      <Section title="Then" note="Nothing is kept before you say so.">
        {before !== undefined && (
          <CheckField
            label="Retired"
            hint="Left out of the analysis."
            isOn={typed.isRetired}
            onChange={(isRetired) => change({ isRetired })}
          />
        )}
        <Keep
          endpoint={putCommonCause}
          putting={putting}
          fields={FIELDS}
          whyNot={whyIncomplete(typed)}
          before={before}
          now={readNow(getCommonCause, { params: { key } })}
          shown={{ to: "/common-causes/$key", params: { key } }}
          onKeep={(version) => putting.mutate({ params: { key }, body: bodyOf(typed), ifMatch: version })}
        />
      </Section>
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";

import { listVendors } from "../../../src/estate/contract.ts";
import { listDesignIssues, listRiskAcceptances } from "../../../src/governance/contract.ts";
import { mayCall } from "../../can.ts";
import { type Choice, Combo } from "../../parts/combo.tsx";
import { type FieldError, FieldGroup, SelectField, TextField } from "../../parts/field.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { ResourceName } from "../names.tsx";
import type { RequestFieldsProps } from "./request-fields.tsx";

/** What only some requests stand on: a vendor's contract, and beyond the caps a design issue and a risk acceptance. */
export function StandsOnFields({ typed, change, errors, category }: RequestFieldsProps) {
  const vendors = useQuery(read(listVendors, { query: { limit: 200 } }));
  const vendor = vendors.data?.items.find((each) => each.id === typed.vendor);
  const needsContract = category.key === "third_party" || category.requiredFields.includes("vendorContract");
  return (
    <FieldGroup
      title="What it stands on"
      why="A vendor's contract where a vendor is let through; a design issue and a risk acceptance only beyond the caps."
    >
      <SelectField
        label="Vendor"
        blank="None"
        value={typed.vendor}
        onChange={(id) => change({ vendor: id, contract: "" })}
        options={vendors.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        errors={errors("/vendorContract").filter((error) => !errors("/vendorContract/contract").includes(error))}
        isOptional={!needsContract}
      />
      <SelectField
        label="Contract"
        blank={vendor === undefined ? "Choose the vendor first" : "Choose"}
        value={typed.contract}
        onChange={(contract) => change({ contract })}
        options={vendor?.contracts.map(({ ref, endsOn }) => ({ value: ref, label: `${ref}, ends ${endsOn}` })) ?? []}
        errors={errors("/vendorContract/contract")}
        isOptional={!needsContract}
      />
      <DesignIssueField value={typed.designIssue} onChange={(designIssue) => change({ designIssue })} errors={errors("/designIssue")} />
      <RiskAcceptanceField
        value={typed.riskAcceptance}
        onChange={(riskAcceptance) => change({ riskAcceptance })}
        errors={errors("/riskAcceptance")}
      />
    </FieldGroup>
  );
}

interface PickedProps {
  value: string;
  onChange: (id: string) => void;
  errors: readonly FieldError[];
}

const MOST_OFFERED = 200;

function DesignIssueField(props: PickedProps) {
  const issues = useQuery(read(listDesignIssues, { query: { state: "open", limit: MOST_OFFERED } }));
  const choices = (issues.data?.items ?? []).map(({ id, statement, about }): Choice => ({
    id,
    name: statement,
    detail: <ResourceName about={about} />,
  }));
  return (
    <Combo
      {...props}
      label="Design issue"
      hint="The open one that fixes the need itself."
      choices={withChosen(choices, props.value)}
      none="No open design issue fits"
      isOptional
    />
  );
}

function RiskAcceptanceField(props: PickedProps) {
  const { roles } = useSession();
  const mayRead = mayCall(listRiskAcceptances, roles);
  const risks = useQuery({ ...read(listRiskAcceptances, { query: { state: "accepted", limit: MOST_OFFERED } }), enabled: mayRead });
  const given = { ...props, label: "Risk acceptance", isOptional: true };
  // Who may not read them has its id from somebody who may.
  if (!mayRead) return <TextField {...given} hint="The id of an executive's, visible to the board." isFixed />;
  const standing = (risks.data?.items ?? []).filter(({ inForce }) => inForce);
  const choices = standing.map(({ id, statement, executiveName, executive, until }): Choice => ({
    id,
    name: statement,
    detail: (
      <>
        {executiveName ?? executive}, until <Time at={until} only="instant" />
      </>
    ),
  }));
  return (
    <Combo
      {...given}
      hint="An executive's, visible to the board."
      choices={withChosen(choices, props.value)}
      none="No accepted risk fits"
    />
  );
}

/** What is chosen already stays so, though it is not offered any more. */
function withChosen(choices: readonly Choice[], value: string): readonly Choice[] {
  return value === "" || choices.some(({ id }) => id === value) ? choices : [{ id: value, name: value }, ...choices];
}

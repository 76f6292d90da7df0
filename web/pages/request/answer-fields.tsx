import { useQuery } from "@tanstack/react-query";

import { listVendors } from "../../../src/estate/contract.ts";
import { Errors, FieldGroup, SelectField, TextField, Wide } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import { rolesWords } from "../../words.ts";
import { PersonField } from "./pickers.tsx";
import type { RequestFieldsProps } from "./request-fields.tsx";

export function AnswerFields({ typed, change, errors, category }: RequestFieldsProps) {
  const direct = errors("/accountability").filter(
    (error) => !["businessOwner", "deputy", "implementer"].some((name) => errors(`/accountability/${name}`).includes(error)),
  );
  return (
    <FieldGroup title="Who answers" why="Who answers for it, who implements it and who approves it are three different people.">
      <PersonField
        label="Business owner"
        hint={`Holds the role ${rolesWords(category.ownerRoles)}.`}
        value={typed.businessOwner}
        onChange={(businessOwner) => change({ businessOwner })}
        errors={errors("/accountability/businessOwner")}
      />
      <PersonField
        label="Deputy"
        value={typed.deputy}
        onChange={(deputy) => change({ deputy })}
        errors={[...errors("/accountability/deputy"), ...errors("/deputy")]}
        isOptional
      />
      <PersonField
        label="Implementer"
        hint="Does it in the provider; usually IAM."
        value={typed.implementer}
        onChange={(implementer) => change({ implementer })}
        errors={errors("/accountability/implementer")}
      />
      <TextField
        label="On call"
        hint="Whom to wake when it must end at once."
        value={typed.onCall}
        onChange={(onCall) => change({ onCall })}
        errors={errors("/onCall")}
        isOptional
      />
      {direct.length > 0 && (
        <Wide>
          <Errors errors={direct} />
        </Wide>
      )}
    </FieldGroup>
  );
}

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
      <TextField
        label="Design issue"
        hint="Id of the open issue that fixes the need itself."
        value={typed.designIssue}
        onChange={(designIssue) => change({ designIssue })}
        errors={errors("/designIssue")}
        isFixed
        isOptional
      />
      <TextField
        label="Risk acceptance"
        hint="Id of an executive's, visible to the board."
        value={typed.riskAcceptance}
        onChange={(riskAcceptance) => change({ riskAcceptance })}
        errors={errors("/riskAcceptance")}
        isFixed
        isOptional
      />
    </FieldGroup>
  );
}

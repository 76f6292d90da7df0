import { Errors, FieldGroup, TextField, Wide } from "../../parts/field.tsx";
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

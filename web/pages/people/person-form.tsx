import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { addPerson, changePerson, getPerson, type PersonDetailsView, ROLES } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Checks } from "../../parts/checks.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { PersonField } from "../request/pickers.tsx";
import { roleWords } from "../../words.ts";

type Role = (typeof ROLES)[number];

const ROLE_CHOICES = ROLES.map((role) => ({ value: role, label: roleWords(role) }));
const FIELDS = ["/displayName", "/email", "/unit", "/manager", "/deputy", "/roles"];

/** Adds a person, or changes the one of this id. */
export function PersonForm({ person, onClose }: { person?: string; onClose: () => void }) {
  const known = useQuery({ ...read(getPerson, { params: { id: person ?? "" } }), enabled: person !== undefined, staleTime: 0 });
  if (person === undefined) return <Form onClose={onClose} />;
  if (known.data !== undefined) return <Form key={known.data.version} known={known.data} onClose={onClose} />;
  return (
    <Dialog title="One moment" onClose={onClose}>
      {known.error === null ? <p>Reading what is known.</p> : <Failure error={failureFrom(known.error)} />}
    </Dialog>
  );
}

interface Fields {
  readonly displayName: string;
  readonly email: string;
  readonly unit: string;
  /** Ids, or "" for nobody. */
  readonly manager: string;
  readonly deputy: string;
  readonly roles: readonly Role[];
}

const NOBODY: Fields = { displayName: "", email: "", unit: "", manager: "", deputy: "", roles: [] };

function fieldsOf({ displayName, unit, roles, details }: PersonDetailsView): Fields {
  const { email, manager, deputy } = details ?? {};
  return { displayName, email: email ?? "", unit: unit ?? "", manager: manager ?? "", deputy: deputy ?? "", roles };
}

function Form({ known, onClose }: { known?: PersonDetailsView; onClose: () => void }) {
  const [fields, setFields] = useState(() => (known === undefined ? NOBODY : fieldsOf(known)));
  const saving = useSaving(known, onClose);
  const reasons = saving.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  const text = (name: "displayName" | "email" | "unit" | "manager" | "deputy") => ({
    value: fields[name],
    onChange: (value: string) => setFields({ ...fields, [name]: value }),
    errors: errorsAt(reasons, `/${name}`),
  });
  return (
    <Dialog
      title={known?.displayName ?? "Add a person"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            isBusy={saving.isPending}
            whyNot={fields.displayName.trim() === "" ? "Enter the name first." : undefined}
            onClick={() => saving.save(fields)}
          >
            {known === undefined ? "Add" : "Save"}
          </Button>
        </>
      }
    >
      <TextField label="Name" {...text("displayName")} />
      <TextField label="Mail" type="email" {...text("email")} isOptional />
      <TextField label="Unit" {...text("unit")} isOptional />
      <PersonField label="Manager" {...text("manager")} isOptional />
      <PersonField
        label="Deputy"
        hint="Answers in their place for what they own. Neither decides on what the other asks for."
        {...text("deputy")}
        isOptional
      />
      <Checks
        label="Roles"
        options={ROLE_CHOICES}
        chosen={fields.roles}
        onChange={(roles) => setFields({ ...fields, roles })}
        errors={errorsAt(reasons, "/roles")}
      />
      {saving.error !== null && others.length > 0 && <Failure error={saving.error} reasons={others} title="Not saved" />}
    </Dialog>
  );
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

function useSaving(known: PersonDetailsView | undefined, onClose: () => void) {
  const done = ({ displayName }: { displayName: string }) => {
    say(`${displayName} is saved.`);
    onClose();
  };
  const adding = useAct(addPerson, done);
  const changing = useAct(changePerson, done);
  const save = ({ displayName, email, unit, manager, deputy, roles }: Fields) => {
    const said = {
      displayName: displayName.trim(),
      email: orNull(email),
      unit: orNull(unit),
      manager: orNull(manager),
      deputy: orNull(deputy),
      roles: [...roles],
    };
    if (known === undefined) {
      adding.mutate({ body: said });
      return;
    }
    changing.mutate({ params: { id: known.id }, body: said, ifMatch: known.version });
  };
  return { save, isPending: adding.isPending || changing.isPending, error: adding.error ?? changing.error };
}

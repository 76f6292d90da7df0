import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { addTeam, changeTeam, getPerson, type TeamView } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { PersonField } from "../request/pickers.tsx";
import styles from "./people.module.css";

/** Members told by name in the form; of a larger team the rest is counted. */
const MOST_NAMED = 40;

interface Fields {
  readonly name: string;
  readonly key: string;
  /** Id, or "" for nobody. */
  readonly lead: string;
  readonly members: readonly string[];
  readonly isDissolved: boolean;
}

const NOTHING: Fields = { name: "", key: "", lead: "", members: [], isDissolved: false };

function fieldsOf({ name, key, lead, members, status }: TeamView): Fields {
  return { name, key, lead: lead ?? "", members, isDissolved: status === "dissolved" };
}

/** Adds a team, or changes one. */
export function TeamForm({ team, onClose }: { team?: TeamView; onClose: () => void }) {
  const [fields, setFields] = useState(() => (team === undefined ? NOTHING : fieldsOf(team)));
  const change = (part: Partial<Fields>) => setFields({ ...fields, ...part });
  const saving = useSaving(team, onClose);
  const reasons = saving.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/name", "/key", "/lead"]);
  const isWhole = fields.name.trim() !== "" && fields.key.trim() !== "";
  return (
    <Dialog
      title={team?.name ?? "Add a team"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            isBusy={saving.isPending}
            whyNot={isWhole ? undefined : "Enter the name and the key first."}
            onClick={() => saving.save(fields)}
          >
            {team === undefined ? "Add" : "Save"}
          </Button>
        </>
      }
    >
      <TextField label="Name" value={fields.name} onChange={(name) => change({ name })} errors={errorsAt(reasons, "/name")} />
      {team === undefined && (
        <TextField
          label="Key"
          isFixed
          hint="How files refer to it; lower-case letters, digits and dashes. It never changes."
          value={fields.key}
          onChange={(key) => change({ key })}
          errors={errorsAt(reasons, "/key")}
        />
      )}
      <PersonField
        label="Led by"
        isOptional
        value={fields.lead}
        onChange={(lead) => change({ lead })}
        errors={errorsAt(reasons, "/lead")}
      />
      <Members members={fields.members} onChange={(members) => change({ members })} />
      {team !== undefined && (
        <CheckField
          label="Dissolved: it answers for nothing any more"
          isOn={fields.isDissolved}
          onChange={(isDissolved) => change({ isDissolved })}
        />
      )}
      {saving.error !== null && others.length > 0 && <Failure error={saving.error} reasons={others} title="Not saved" />}
    </Dialog>
  );
}

function useSaving(team: TeamView | undefined, onClose: () => void) {
  const done = ({ name }: TeamView) => {
    say(`${name} is saved.`);
    onClose();
  };
  const adding = useAct(addTeam, done);
  const changing = useAct(changeTeam, done);
  const save = ({ name, key, lead, members, isDissolved }: Fields) => {
    const said = { name: name.trim(), members: [...members], lead: lead === "" ? null : lead };
    if (team === undefined) {
      adding.mutate({ body: { ...said, key: key.trim() } });
      return;
    }
    changing.mutate({ params: { id: team.id }, body: { ...said, status: isDissolved ? "dissolved" : "active" }, ifMatch: team.version });
  };
  return { save, isPending: adding.isPending || changing.isPending, error: adding.error ?? changing.error };
}

function Members({ members, onChange }: { members: readonly string[]; onChange: (members: readonly string[]) => void }) {
  const [round, setRound] = useState(0);
  const named = useQueries({ queries: members.slice(0, MOST_NAMED).map((id) => read(getPerson, { params: { id } })) });
  const add = (id: string) => {
    if (id !== "" && !members.includes(id)) onChange([...members, id]);
    setRound(round + 1);
  };
  return (
    <>
      <PersonField key={round} label="Add a member" isOptional value="" onChange={add} />
      <ul className={styles.members} aria-label="Members">
        {members.slice(0, MOST_NAMED).map((id, i) => (
          <li key={id}>
            <Button isSmall icon="cross" onClick={() => onChange(members.filter((each) => each !== id))}>
              {named[i]?.data?.displayName ?? id}
            </Button>
          </li>
        ))}
        {members.length > MOST_NAMED && <li>and {members.length - MOST_NAMED} more</li>}
      </ul>
    </>
  );
}

import { type ChangeEvent, useState } from "react";

import { addDrillEvidence, addDrillNote, joinDrill } from "../../../src/drills/contract.ts";
import type { DrillView } from "../../../src/drills/contract-views.ts";
import { apart } from "../../parts/apart.ts";
import { useAct } from "../../act.ts";
import { Button } from "../../parts/button.tsx";
import { Hash, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Field, TextArea } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { PersonField } from "../request/pickers.tsx";
import styles from "./drills.module.css";
import { EvidenceLink, whyNotWrite } from "./sheet-lines.tsx";

/** Who takes part and who looks on; whoever came later is put on by name. */
export function People({ drill }: { drill: DrillView }) {
  const [person, setPerson] = useState("");
  const joining = useAct(joinDrill, () => setPerson(""));
  if (drill.state === "scheduled" || drill.state === "overdue" || drill.state === "skipped") return null;
  const join = (as: "participant" | "observer") => joining.mutate({ params: { id: drill.id }, body: { person, as } });
  const whyNot = whyNotWrite(drill) ?? (person === "" ? "Name somebody first." : undefined);
  return (
    <Section title="Who">
      <Names title="Take part" people={drill.participants} />
      <Names title="Look on, and take no part" people={drill.observers} />
      {drill.state === "running" && drill.may.write && (
        <>
          <PersonField label="Somebody who came later" value={person} onChange={setPerson} isOptional />
          <div className={styles.pair}>
            <Button isSmall whyNot={whyNot} onClick={() => join("participant")}>
              Takes part
            </Button>
            <Button isSmall whyNot={whyNot} onClick={() => join("observer")}>
              Looks on
            </Button>
          </div>
        </>
      )}
      {joining.error !== null && <Failure error={joining.error} title="Not put on the sheet" />}
    </Section>
  );
}

function Names({ title, people }: { title: string; people: DrillView["participants"] }) {
  return (
    <div>
      <h3 className={styles.minor}>{title}</h3>
      {people.length === 0 ? <NotKnown>nobody</NotKnown> : <p>{people.map(({ name }) => name).join(", ")}</p>}
    </div>
  );
}

export function Notes({ drill }: { drill: DrillView }) {
  const [text, setText] = useState("");
  const noting = useAct(addDrillNote, () => setText(""));
  const mayWrite = drill.state === "running" && drill.may.write;
  if (drill.notes.length === 0 && !mayWrite) return null;
  return (
    <Section title="Notes">
      <ul className={styles.lines}>
        {drill.notes.map((note) => (
          <li key={`${note.at} ${note.text}`} className={styles.note}>
            <span>{note.text}</span>
            <span className={styles.minor}>
              {note.by.name} <Time at={note.at} only="instant" />
            </span>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <>
          <TextArea label="What was seen" value={text} onChange={setText} isOptional />
          <div>
            <Button
              icon="pencil"
              whyNot={text.trim() === "" ? "Write something first." : undefined}
              isBusy={noting.isPending}
              onClick={() => noting.mutate({ params: { id: drill.id }, body: { text: text.trim() } })}
            >
              Write it down
            </Button>
          </div>
        </>
      )}
      {noting.error !== null && <Failure error={noting.error} title="It was not written down" />}
    </Section>
  );
}

const MOST_BYTES = 512 * 1024;

/** Files that show something. The journal keeps their digests, so that nobody can change one later without its being seen. */
export function Evidence({ drill }: { drill: DrillView }) {
  const [tooLarge, setTooLarge] = useState<string>();
  const adding = useAct(addDrillEvidence);
  const mayWrite = drill.state === "running" && drill.may.write;
  if (drill.files.length === 0 && !mayWrite) return null;
  const add = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file === undefined) return;
    setTooLarge(file.size > MOST_BYTES ? file.name : undefined);
    if (file.size > MOST_BYTES) return;
    adding.mutate({ params: { id: drill.id }, body: { name: file.name.slice(0, 120), content: base64Of(await file.arrayBuffer()) } });
  };
  const errors = tooLarge === undefined ? [] : [`${tooLarge} has more than 512 KiB. Add an extract of it.`];
  return (
    <Section title="Evidence" note="Kept by digest; the signature covers it.">
      <ul className={styles.lines}>
        {drill.files.map(({ name, digest, by, at }) => (
          <li key={`${digest} ${at}`} className={styles.note}>
            <EvidenceLink drill={drill.id} name={name} digest={digest} />
            <span className={styles.minor}>
              {apart(by.name)} <Time at={at} only="instant" /> <Hash value={digest} />
            </span>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <Field label="Add a file" hint="At most 512 KiB: an extract, a screenshot." errors={errors} isOptional>
          {(wiring) => <input {...wiring} type="file" onChange={(event) => void add(event)} />}
        </Field>
      )}
      {adding.error !== null && <Failure error={adding.error} title="It was not added" />}
    </Section>
  );
}

function base64Of(content: ArrayBuffer): string {
  let text = "";
  for (const byte of new Uint8Array(content)) text += String.fromCodePoint(byte);
  return btoa(text);
}

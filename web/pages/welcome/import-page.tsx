import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { IMPORT_FIELDS, importList } from "../../../src/exceptions/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { FieldGroup, SelectField, TextArea, TextField, Wide, type FieldError } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { useSession } from "../../session.tsx";
import { titleWords } from "../../words.ts";
import { columnsOf, formatOf, guessMapping } from "./import-columns.ts";
import styles from "./import.module.css";

const REQUIRED = new Set(["externalId", "title", "category", "connection", "policy", "subject"]);

/** Brings a list kept elsewhere in: mapped, tried without effect, and only then imported. */
export function ImportPage() {
  const [typed, setTyped] = useState<TypedImport>({ source: "", text: "", mapping: {} });
  const trying = useAct(importList);
  const importing = useAct(importList);
  const change = (part: Partial<TypedImport>) => {
    setTyped({ ...typed, ...part });
    // What was tried was another list.
    trying.reset();
  };
  const report = importing.data ?? trying.data;
  const error = importing.error ?? trying.error;
  const reasons = error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/source", "/mapping"]);
  return (
    <Page title="Import a list" above={<Link to="/welcome">Welcome</Link>} below={BELOW} isNarrow>
      <Section title="The file">
        <SourceFields typed={typed} change={change} errors={(pointer) => errorsAt(reasons, pointer)} />
        <MappingFields typed={typed} change={change} errors={(pointer) => errorsAt(reasons, pointer)} />
        <Acts typed={typed} trying={trying} importing={importing} />
        {error !== null && others.length > 0 && <Failure error={error} reasons={others} />}
        {report !== undefined && <Report report={report} isDone={importing.data !== undefined} />}
      </Section>
    </Page>
  );
}

const BELOW = "Rows arrive as inherited: never approved, whatever the list says, with at most 90 days to be claimed, approved or removed.";

interface TypedImport {
  readonly source: string;
  readonly text: string;
  /** Column by field. */
  readonly mapping: Readonly<Record<string, string>>;
}

interface FieldsProps {
  typed: TypedImport;
  change: (part: Partial<TypedImport>) => void;
  errors: (pointer: string) => readonly FieldError[];
}

function SourceFields({ typed, change, errors }: FieldsProps) {
  const take = (text: string) => change({ text, mapping: guessMapping(IMPORT_FIELDS, columnsOf(text)) });
  return (
    <FieldGroup title="CSV or JSON" why="Choose a file or paste it. Nothing leaves this page before you try it.">
      <TextField
        label="Name of the list"
        placeholder="Security exceptions sheet"
        hint="The same name again adds only what is new."
        value={typed.source}
        onChange={(source) => change({ source })}
        errors={errors("/source")}
      />
      <div className={styles.file}>
        <label htmlFor="import-file">File</label>
        <input
          id="import-file"
          type="file"
          accept=".csv,.json,text/csv,application/json"
          onChange={(event) => void event.target.files?.[0]?.text().then(take)}
        />
      </div>
      <Wide>
        <TextArea label="Its text" value={typed.text} onChange={take} isFixed rows={6} spellCheck={false} />
      </Wide>
    </FieldGroup>
  );
}

type Importing = ReturnType<typeof useAct<typeof importList>>;

function Acts({ typed, trying, importing }: { typed: TypedImport; trying: Importing; importing: Importing }) {
  const { roles } = useSession();
  const isEmpty = typed.source.trim() === "" || typed.text.trim() === "";
  const whyNotTry = whyNotCall(importList, roles) ?? (isEmpty ? "Name the list and choose a file first." : undefined);
  const isReady = trying.data !== undefined && trying.data.faults.length === 0 && trying.data.new > 0;
  const { source, text, mapping } = typed;
  const body = (dryRun: boolean) => ({ source: source.trim(), format: formatOf(text), text, mapping: said(mapping), dryRun });
  return (
    <div className={styles.acts}>
      <Button isBusy={trying.isPending} whyNot={whyNotTry} onClick={() => trying.mutate({ body: body(true) })}>
        Try it without effect
      </Button>
      <Button
        look="primary"
        isBusy={importing.isPending}
        whyNot={isReady ? undefined : "Try it first; it can be imported once no row has a fault."}
        onClick={() => importing.mutate({ body: body(false) })}
      >
        Import {trying.data?.new ?? ""}
      </Button>
    </div>
  );
}

/** Only what a person has mapped. */
function said(mapping: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping).filter(([, column]) => column !== ""));
}

function MappingFields({ typed, change, errors }: FieldsProps) {
  const columns = columnsOf(typed.text);
  if (columns.length === 0) return null;
  return (
    <FieldGroup
      title="Which column is what"
      why="A date means the end of that day in your organisation's zone. An unreadable one is refused, never guessed."
    >
      {IMPORT_FIELDS.map((field) => (
        <SelectField
          key={field}
          label={titleWords(field.replaceAll(/([A-Z])/g, " $1").toLowerCase())}
          blank="None"
          value={typed.mapping[field] ?? ""}
          onChange={(column) => change({ mapping: { ...typed.mapping, [field]: column } })}
          options={columns.map((column) => ({ value: column, label: column }))}
          isOptional={!REQUIRED.has(field)}
          errors={errors(`/mapping/${field}`)}
        />
      ))}
    </FieldGroup>
  );
}

type ReportView = NonNullable<Importing["data"]>;

function Report({ report, isDone }: { report: ReportView; isDone: boolean }) {
  if (report.faults.length > 0) {
    return (
      <Notice tone="bad" title={`${report.faults.length} faults in ${report.rows} rows; nothing is imported while there is one`} isUrgent>
        <ul>
          {report.faults.map((fault) => (
            <li key={`${fault.at}${fault.detail}`}>{fault.detail}</li>
          ))}
        </ul>
      </Notice>
    );
  }
  if (!isDone) {
    return (
      <Notice tone="open" title={`${report.new} of ${report.rows} rows are new, ${report.known} are known already`}>
        Nothing was changed yet.
      </Notice>
    );
  }
  return (
    <Notice
      tone="ok"
      title={`${report.imported.length} imported`}
      action={
        <Link to="/register" search={{ view: "all" }} className={buttonClass("primary")}>
          See them in the register
        </Link>
      }
    />
  );
}

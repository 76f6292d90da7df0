import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { getRuleSet, listRuleSetVersions, putRuleSet } from "../../../src/decisions/contract-rules.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextField } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { RetireRules } from "./retire-rules.tsx";
import { RulesEditor } from "./rules-editor.tsx";
import styles from "./rules.module.css";
import { Trial } from "./trial.tsx";
import { type Checked, useChecking, useSigning, useTrying } from "./use-rules.ts";

type Standing = Pick<ReplyOf<typeof getRuleSet>, "name" | "version" | "status" | "text" | "proposal">;

const TEMPLATE = `name: my-rules
description: What these rules are for.
rules:
  - name: readers
    permit: Whoever is a reader may read.
    when:
      action.name: read
      subject.properties.roles: { has: reader }
`;

/** One rule set: read, changed as a text, tried on what was asked lately, and signed. */
export function RuleSetPage() {
  const { name } = useParams({ from: "/signed-in/rules/$name" });
  const found = useQuery({ ...read(getRuleSet, { params: { name } }), staleTime: Infinity });
  const { data, error } = found;
  if (data !== undefined)
    return <RulesForm key={`${data.version} ${data.status} ${data.proposal?.digest}`} standing={data} below={data.description} />;
  return (
    <Page title="Rule set" above={<Above />}>
      {error !== null && <Failure error={failureFrom(error)} />}
    </Page>
  );
}

export function NewRuleSetPage() {
  const navigate = useNavigate();
  return (
    <RulesForm
      standing={{ name: "", version: 0, status: "retired", text: TEMPLATE, proposal: null }}
      below="Its name is part of the address that callers ask."
      onPut={(name) => void navigate({ to: "/rules/$name", params: { name } })}
    />
  );
}

function Above() {
  return <Link to="/rules">{pageWords("/rules")}</Link>;
}

function RulesForm({ standing, below, onPut }: { standing: Standing; below: string; onPut?: (name: string) => void }) {
  const isNew = standing.name === "";
  const [text, setText] = useState(standing.text);
  const [note, setNote] = useState("");
  const checked = useChecking(text);
  const name = isNew ? (checked.told?.name ?? "") : standing.name;
  const trying = useTrying(name);
  const signing = useSigning(name, standing.version, onPut);
  const trial = trying.variables === text ? trying.data : undefined;
  const failed = signing.error ?? trying.error;
  return (
    <Page title={isNew ? pageWords("/new-rules") : standing.name} above={<Above />} below={<bdi>{below}</bdi>}>
      <Columns
        main={
          <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
            {failed !== null && <Failure error={failureFrom(failed)} title="Not in force" />}
            {standing.proposal !== null && (
              <Waiting
                proposal={standing.proposal}
                onLook={(proposed) => {
                  setText(proposed.text);
                  setNote(proposed.note);
                }}
              />
            )}
            <RulesEditor text={text} onChange={setText} checked={checked} />
            <TextField label="Why it changes" hint="Stands in the history for good." value={note} onChange={setNote} maxLength={500} />
            <Foot
              standing={standing}
              text={text}
              note={note}
              checked={checked}
              isTried={trial !== undefined}
              isTrying={trying.isPending}
              isSigning={signing.isPending}
              onTry={() => trying.mutate(text)}
              onSign={() => signing.mutate({ text, note: note.trim() })}
            />
          </form>
        }
        side={
          <>
            {trial !== undefined && (
              <Section title="What would change">
                <Trial trial={trial} />
              </Section>
            )}
            {isNew ? <WhoAsks name={name} /> : <Kept standing={standing} />}
          </>
        }
      />
    </Page>
  );
}

/** Of a set that is not kept yet. */
function WhoAsks({ name }: { name: string }) {
  return (
    <Section title="Who asks it">
      <p className={styles.asked}>
        Callers whose scope names it, at <code>/rules/{name === "" ? "NAME" : name}/access/v1/evaluation</code>. Whoever names no set is
        answered by <code>default</code>.
      </p>
    </Section>
  );
}

function Kept({ standing }: { standing: Standing }) {
  return (
    <>
      <Versions name={standing.name} />
      <Section title="Its end">
        <RetireRules standing={standing} />
      </Section>
    </>
  );
}

type Proposal = NonNullable<Standing["proposal"]>;

/** A text that one person signed, where two have to. */
function Waiting({ proposal, onLook }: { proposal: Proposal; onLook: (proposal: Proposal) => void }) {
  return (
    <Notice
      tone="wait"
      title={`Version ${proposal.version} waits for a second signature`}
      action={<Button onClick={() => onLook(proposal)}>Look at it</Button>}
    >
      <p>
        Signed by <bdi>{proposal.byName ?? proposal.by}</bdi> <Time at={proposal.at} />. It is in force when somebody else signs the same
        text.
      </p>
      <p>
        <q>{proposal.note}</q>
      </p>
    </Notice>
  );
}

interface FootProps {
  standing: Standing;
  text: string;
  note: string;
  checked: Checked;
  isTried: boolean;
  isTrying: boolean;
  isSigning: boolean;
  onTry: () => void;
  onSign: () => void;
}

/** Nothing is signed that was not tried as it is typed now. */
function Foot({ standing, text, note, checked, isTried, isTrying, isSigning, onTry, onSign }: FootProps) {
  const { roles } = useSession();
  const isSame = text === standing.text && standing.status !== "retired";
  const whyNotTry = isSame ? "Change something first." : whyNotChecked(checked);
  const whyNotYet = isTried ? undefined : "See first what would change.";
  const whyNotNamed = note.trim() === "" ? "Say why it changes." : undefined;
  return (
    <footer className={styles.foot}>
      <Button look={isTried ? "plain" : "primary"} whyNot={whyNotTry} isBusy={isTrying} onClick={onTry}>
        See what would change
      </Button>
      <Button
        look={isTried ? "primary" : "plain"}
        icon="key"
        whyNot={whyNotCall(putRuleSet, roles) ?? whyNotTry ?? whyNotYet ?? whyNotNamed}
        isBusy={isSigning}
        onClick={onSign}
      >
        Put in force with your passkey
      </Button>
    </footer>
  );
}

function whyNotChecked({ told, isBehind, whyNot }: Checked): string | undefined {
  if (whyNot !== undefined) return whyNot;
  if (told === undefined || isBehind) return "It is being read.";
  return told.faults.length > 0 ? "Mend what is wrong with it first." : undefined;
}

function Versions({ name }: { name: string }) {
  const versions = useQuery(read(listRuleSetVersions, { params: { name } }));
  return (
    <Section title="Versions">
      {versions.error !== null && <Failure error={failureFrom(versions.error)} />}
      <ol className={styles.versions}>
        {(versions.data?.items ?? []).map(({ version, status, at, byName, note }) => (
          <li key={`${version} ${status} ${at}`}>
            <strong>{status === "retired" ? `Version ${version} retired` : `Version ${version}`}</strong>
            <span className={styles.quiet}>
              {at === null ? "Ships with Postern" : <Time at={at} />}
              {byName !== null && (
                <>
                  , <bdi>{byName}</bdi>
                </>
              )}
            </span>
            {note !== null && (
              <span className={styles.quiet}>
                <bdi>{note}</bdi>
              </span>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

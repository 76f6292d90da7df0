import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { z } from "zod";

import { getEntry, getEntryProof, journalKey, type provenEntryView } from "../../../src/journal/contract.ts";
import { encodeBase64 } from "../../../src/kernel/base64.ts";
import { pathOf } from "../../../src/kernel/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, Hash, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { Checks } from "./checks.tsx";
import { eventWords, kindWords } from "./entry-words.ts";
import styles from "./entry.module.css";
import { PersonName } from "../names.tsx";
import { ProofPath } from "./proof-path.tsx";
import { type Verified, verifyEntry } from "./verify-entry.ts";

type Entry = z.output<typeof provenEntryView>;

/** An entry is covered by a checkpoint within a second; until then it is asked for again. */
const UNCOVERED_RETRY_MS = 1000;

/** One entry of the journal, its proof, and this browser's own verdict on it. */
export function EntryPage() {
  const { entry: id } = useParams({ from: "/signed-in/journal/$entry" });
  const entry = useQuery({
    ...read(getEntry, { params: { id } }),
    refetchInterval: (query) => (query.state.data !== undefined && query.state.data.proof === undefined ? UNCOVERED_RETRY_MS : false),
    staleTime: Infinity,
  });
  return (
    <Page
      title={entry.data === undefined ? "Journal entry" : eventWords(entry.data.kind, entry.data.type)}
      above={
        <>
          <Link to="/journal">{pageWords("/journal")}</Link> / {id}
        </>
      }
      below="What is written here cannot be changed, dropped or moved without breaking the proof below."
      actions={
        entry.data?.kind === "exception" && (
          <Link to="/exceptions/$id" params={{ id: entry.data.subject }} className={buttonClass()}>
            To its exception
          </Link>
        )
      }
      isNarrow
    >
      {entry.error !== null && (
        <Section title="Not shown">
          <Failure error={failureFrom(entry.error)} />
        </Section>
      )}
      {entry.data !== undefined && <Shown entry={entry.data} />}
    </Page>
  );
}

function Shown({ entry }: { entry: Entry }) {
  return (
    <>
      <Section title="What was written">
        <Facts>
          <Fact name="When">
            <Time at={entry.at} />
          </Fact>
          <Fact name="By">{entry.actor.startsWith("per_") ? <PersonName id={entry.actor} /> : entry.actor}</Fact>
          <Fact name="About">
            {kindWords(entry.kind)} <code>{entry.subject}</code>
          </Fact>
          <Fact name="Number">{entry.version} of this subject</Fact>
          <Fact name="Place in the log">{entry.leaf ?? <NotKnown>not given yet</NotKnown>}</Fact>
        </Facts>
        <pre className={styles.body} tabIndex={0} aria-label="What was hashed, laid out for reading">
          {prettyBody(entry.body)}
        </pre>
      </Section>
      {entry.proof === undefined ? (
        <Section title="Proof">
          <Notice tone="unknown" title="Not covered by a checkpoint yet">
            The log signs a new checkpoint within a second; this page looks again by itself.
          </Notice>
        </Section>
      ) : (
        <Proof entry={entry} proof={entry.proof} />
      )}
    </>
  );
}

function prettyBody(body: string): string {
  return JSON.stringify(JSON.parse(body), undefined, 2);
}

function Proof({ entry, proof }: { entry: Entry; proof: NonNullable<Entry["proof"]> }) {
  const key = useQuery({ ...read(journalKey, {}), staleTime: Infinity });
  const verdict = useQuery({
    queryKey: ["verifyEntry", entry.id, proof.size, key.data?.verifierKey],
    queryFn: () => verifyEntry(entry, proof, key.data?.verifierKey ?? ""),
    enabled: key.data !== undefined,
    staleTime: Infinity,
  });
  return (
    <>
      <Section title="Checked in this browser" note="just now, with the browser's own cryptography">
        {verdict.data === undefined ? <p>Checking…</p> : <Verdict verified={verdict.data} />}
        {verdict.error !== null && <Failure error={failureFrom(verdict.error)} title="It could not be checked" />}
      </Section>
      <Section title="The proof" means={MEANS["inclusion proof"]}>
        <p className={styles.quiet}>
          Starting from the hash of the text, each hash on the way stands for the rest of the log. The last one must be the root that was
          signed.
        </p>
        {verdict.data !== undefined && (
          <ProofPath
            index={entry.leaf ?? 0}
            leafHash={encodeBase64(verdict.data.leafHash)}
            path={proof.path}
            checkpoint={verdict.data.checkpoint}
          />
        )}
        <Facts>
          <Fact name="Log's key">{key.data === undefined ? <NotKnown /> : <Hash value={key.data.verifierKey} isWhole />}</Fact>
        </Facts>
        <div className={styles.actions}>
          <a className={buttonClass()} href={pathOf(getEntryProof.path, { id: entry.id })} download={`${entry.id}.tlog-proof`}>
            Save the proof as a file
          </a>
        </div>
        <p className={styles.quiet}>
          The key came from this server. Whoever does not trust it gets the key once from somebody they trust, and checks the file offline
          with <code>postern verify</code>.
        </p>
      </Section>
    </>
  );
}

function Verdict({ verified }: { verified: Verified }) {
  const holds = verified.checks.every((check) => check.holds);
  return (
    <>
      <Notice tone={holds ? "ok" : "bad"} title={holds ? "The proof holds" : "The proof does not hold"} isUrgent={!holds}>
        {holds
          ? "This entry is in the signed log exactly as shown."
          : "Do not rely on this entry. Keep the proof file, and tell whoever operates Postern and whoever audits it."}
      </Notice>
      <Checks checks={verified.checks} />
    </>
  );
}

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { EntryView } from "../../../src/journal/contract.ts";
import { failureFrom } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { Fact, Facts, Hash, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { Checks } from "./checks.tsx";
import styles from "./journal.module.css";
import { extentOf } from "./log-tree.ts";
import { readPublished, recall, type VerifiedLog, verifyLog } from "./verify-log.ts";

/** The published checkpoint, and this browser's own check of everything below it. */
export function LogCheck({ shown, onVerified }: { shown: readonly EntryView[]; onVerified: (verified: VerifiedLog) => void }) {
  const { nowMs } = useNow();
  const [progress, setProgress] = useState<string>();
  const published = useQuery({ queryKey: ["publishedLog"], queryFn: readPublished });
  const verifying = useMutation({
    mutationFn: () => verifyLog(shown, new Date(nowMs).toISOString(), (done, of) => setProgress(`${done} of ${of} tiles read`)),
    onSuccess: (verified) => {
      onVerified(verified);
      void published.refetch();
    },
    onSettled: () => setProgress(undefined),
  });
  const extent = extentOf(published.data?.checkpoint?.size ?? 0);
  return (
    <Section
      title="Verify in this browser"
      note={`reads ${extent.tiles} ${extent.tiles === 1 ? "tile" : "tiles"} of hashes, ${Math.ceil(extent.bytes / 1024)} KB`}
      actions={
        <Button
          look="primary"
          icon="shield"
          isBusy={verifying.isPending}
          whyNot={published.data === undefined ? "The checkpoint is not read yet." : undefined}
          onClick={() => verifying.mutate()}
        >
          Verify now
        </Button>
      }
    >
      {published.error !== null && <Failure error={failureFrom(published.error)} title="The checkpoint was not read" />}
      {published.data !== undefined && <PublishedFacts published={published.data} />}
      <p className={styles.quiet} role="status">
        {progress}
      </p>
      {verifying.error !== null && <Failure error={failureFrom(verifying.error)} title="It could not be checked" />}
      {verifying.data !== undefined && <Verdict verified={verifying.data} />}
      <Meaning />
    </Section>
  );
}

function PublishedFacts({ published: { key, at, checkpoint } }: { published: Awaited<ReturnType<typeof readPublished>> }) {
  const before = recall();
  return (
    <Facts isTight>
      <Fact name="Checkpoint">
        {checkpoint === undefined ? (
          <NotKnown>cannot be read</NotKnown>
        ) : (
          <>
            {checkpoint.size} entries, signed by {checkpoint.origin} <Time at={at} />
          </>
        )}
      </Fact>
      <Fact name="Log's key">
        <Hash value={key} isWhole />
      </Fact>
      <Fact name="Seen here before">
        {before === undefined ? (
          <NotKnown>nothing: this browser has verified no checkpoint of this log yet</NotKnown>
        ) : (
          <>
            {before.size} entries, verified <Time at={before.at} />
          </>
        )}
      </Fact>
    </Facts>
  );
}

function Verdict({ verified: { checks, size, before } }: { verified: VerifiedLog }) {
  const holds = checks.every((check) => check.holds);
  return (
    <>
      <Notice tone={holds ? "ok" : "bad"} title={holds ? `The log of ${size} entries holds` : "The log does not hold"} isUrgent={!holds}>
        {holds
          ? before === undefined
            ? "This browser remembers the checkpoint now. Next time it also checks that nothing before it was changed."
            : "It is the log this browser saw last time, grown longer."
          : "Do not rely on what is shown here. Keep a copy of the checkpoint, tell whoever audits Postern, and run postern verify from outside."}
      </Notice>
      <Checks checks={checks} />
    </>
  );
}

/** What a check in a page that this server handed out can prove, and what it cannot. */
function Meaning() {
  return (
    <div className={styles.meaning}>
      <div>
        <h3>What this proves</h3>
        <ul>
          <li>This log&apos;s key signed the checkpoint, and every hash of the log adds up to it.</li>
          <li>Nothing this browser verified before was changed, dropped or moved since.</li>
          <li>The entries shown below are in the log word for word.</li>
        </ul>
      </div>
      <div>
        <h3>
          What only <code>postern verify</code> proves
        </h3>
        <ul>
          <li>That the key is the right one: here it comes from the server itself.</li>
          <li>That every entry, not only those shown, is what was hashed, and that they make the state which is stored.</li>
          <li>That each decision was signed by the passkey it names.</li>
          <li>That the program which checks is not the server&apos;s: this page is.</li>
        </ul>
      </div>
    </div>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { apart } from "../../parts/apart.ts";
import { applyProposal, proposeModel, type ProposalView } from "../../../src/estate/contract-proposals.ts";
import { useAct } from "../../act.ts";
import { call, type CallFailed, failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { CheckField } from "../../parts/field.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { countWords } from "../../words.ts";
import styles from "../operations/operations.module.css";

/** What connections and real endpoints say that the model does not; each is tried, read, and taken over by hand. */
export function Proposals() {
  const [certificates, setCertificates] = useState(false);
  const asking = useMutation({ mutationFn: () => call(proposeModel, { body: { certificates } }) });
  const { data, error } = asking;
  return (
    <Section
      title="What Postern sees elsewhere"
      note="From connections, applications, and certificates of endpoints. Nothing is taken over by itself."
    >
      <CheckField
        label="Read the endpoints now"
        hint="Asks every TLS endpoint and key set of a component what it shows."
        isOn={certificates}
        onChange={setCertificates}
      />
      <div>
        <Button isBusy={asking.isPending} onClick={() => asking.mutate()}>
          Look for what is missing
        </Button>
      </div>
      {error !== null && <Failure error={failureFrom(error)} />}
      {data?.items.length === 0 && <p className={styles.minor}>The model says all of it.</p>}
      <ul className={styles.sentences}>
        {data?.items.map((proposal) => (
          <Proposed key={proposal.key} proposal={proposal} onDone={() => asking.mutate()} />
        ))}
      </ul>
      {data?.unread.map(({ address, words }) => (
        <p key={address} className={styles.minor}>
          {address} was not read: {words}
        </p>
      ))}
    </Section>
  );
}

function Proposed({ proposal: { key, words, items }, onDone }: { proposal: ProposalView; onDone: () => void }) {
  const tried = useMutation({ mutationFn: () => call(applyProposal, { body: { key, dryRun: true } }) });
  const taking = useAct(applyProposal, () => {
    say("Taken over.");
    onDone();
  });
  const error: CallFailed | null = taking.error ?? (tried.error === null ? null : failureFrom(tried.error));
  return (
    <li>
      <span>{words}</span>
      <span className={styles.minor}>{items.map(({ name }) => name).join(", ")}</span>
      {tried.data !== undefined && (
        <span className={styles.minor}>
          {countWords(tried.data.created.length, "thing")} to add.{" "}
          {tried.data.changed
            .flatMap(({ name, fields }) =>
              fields.map(
                ({ field, before, after }) => `${apart(name)}, ${field}: ${apart(before ?? "nothing")} → ${apart(after ?? "nothing")}`,
              ),
            )
            .join("; ")}
        </span>
      )}
      {error !== null && <Failure error={error} title="It was not taken over" />}
      <span>
        <Button look="quiet" isSmall isBusy={tried.isPending} onClick={() => tried.mutate()}>
          Say what it changes
        </Button>
        <Button
          look="quiet"
          isSmall
          isBusy={taking.isPending}
          whyNot={tried.data === undefined ? "See what it changes first." : undefined}
          onClick={() => taking.mutate({ body: { key, dryRun: false } })}
        >
          Take it over
        </Button>
      </span>
    </li>
  );
}

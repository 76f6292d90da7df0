import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type InstallationView, readInstallation } from "../../../src/installation/contract.ts";
import { failureFrom } from "../../api.ts";
import { Tag } from "../../parts/badge.tsx";
import { Fact, Facts, Hash, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { countWords } from "../../words.ts";
import { read } from "../../queries.ts";
import styles from "./administration.module.css";

/** What runs here, the keys it rests on, and how it is kept. */
export function Installation() {
  const { data, error } = useQuery(read(readInstallation, {}));
  if (error !== null) {
    return (
      <Section title="This installation">
        <Failure error={failureFrom(error)} />
      </Section>
    );
  }
  return (
    <>
      <Keys installation={data} />
      <Backups installation={data} />
      <Section title="Version and storage">
        <Facts>
          <Fact name="Version">{data?.version ?? <NotKnown>…</NotKnown>}</Fact>
          <Fact name="Storage">{data === undefined ? <NotKnown>…</NotKnown> : <Storage kind={data.storage} />}</Fact>
        </Facts>
      </Section>
    </>
  );
}

type Part = { installation: InstallationView | undefined };

function Storage({ kind }: { kind: InstallationView["storage"] }) {
  if (kind === "postgresql") return "PostgreSQL: as many replicas of Postern as you like may run on it";
  return (
    <>
      Embedded, single node <Tag>one process</Tag>
      <p className={styles.quiet}>
        The database runs inside this process: no second one may open its folder. For more than one, give <code>DATABASE_URL</code>.
      </p>
    </>
  );
}

function Keys({ installation }: Part) {
  return (
    <Section title="Keys" note="Only their names are shown here: a key never leaves the server.">
      <Facts>
        <Fact name="Journal's key">
          {installation === undefined ? <NotKnown>…</NotKnown> : <Hash value={installation.journalKey} isWhole />}
          <p className={styles.quiet}>
            Signs the checkpoints of the log; its public half is for everybody. It is one for the life of a log and cannot be changed yet.
            See <Link to="/journal">Journal and proofs</Link>.
          </p>
        </Fact>
        <Fact name="Seal key">
          {installation === undefined ? <NotKnown>…</NotKnown> : <SealKey seal={installation.seal} />}
          <p className={styles.quiet}>
            Seals the secrets of connections in the database. To change it: run <code>./bin/postern rotate-seal-key</code> on the machine,
            then start the server again; it seals every secret anew. With <code>POSTERN_SEAL_KEY</code>, put the new key before the old one
            and a comma.
          </p>
        </Fact>
      </Facts>
    </Section>
  );
}

function SealKey({ seal: { keyId, olderKeys, changedAt } }: { seal: InstallationView["seal"] }) {
  return (
    <>
      <code>{keyId}</code>,{" "}
      {changedAt === undefined ? (
        "given by the configuration; its age is not known"
      ) : (
        <>
          in use since <Time at={changedAt} />
        </>
      )}
      {olderKeys > 0 && <> · {countWords(olderKeys, "older key")} still at hand: delete it once every secret is sealed anew</>}
    </>
  );
}

function Backups({ installation }: Part) {
  if (installation?.storage === "postgresql") {
    return (
      <Section title="Backups">
        <p className={styles.quiet}>
          PostgreSQL is backed up with its own tools; Postern does not know when that was done last. Keep the keys apart from it.
        </p>
      </Section>
    );
  }
  const at = installation?.backedUpAt;
  return (
    <Section title="Backups">
      <Facts>
        <Fact name="Last backup">{at === undefined ? <NotKnown>none is known of</NotKnown> : <Time at={at} />}</Fact>
        <Fact name="To make one">
          <code>./bin/postern backup FILE</code>
          <p className={styles.quiet}>
            While the server runs, on its machine. The keys are not in it: keep a copy of the data folder&apos;s <code>keys</code>{" "}
            elsewhere. Restore one into a spare folder now and then: a backup nobody restored is a hope.
          </p>
        </Fact>
      </Facts>
    </Section>
  );
}

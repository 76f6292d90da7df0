import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { addCanary, type CanaryView, listCanaries } from "../../../src/canaries/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { AddCanary } from "./add-canary.tsx";
import { CanaryActs } from "./canary-acts.tsx";
import { WAY_WORDS } from "./canary-words.ts";
import styles from "./canaries.module.css";

const COLUMNS: readonly Column<CanaryView>[] = [
  {
    key: "name",
    title: "Canary",
    isName: true,
    isFlexible: true,
    cell: ({ name, account }) => (
      <span className={styles.stacked}>
        <span>{name}</span>
        <span className={styles.minor}>{account}</span>
      </span>
    ),
  },
  {
    key: "way",
    title: "Gets in by",
    isFlexible: true,
    cell: ({ way, connection }) => (
      <span className={styles.stacked}>
        <span>{WAY_WORDS[way.kind]}</span>
        <span className={styles.minor}>{way.kind === "openid" ? way.issuer : connection}</span>
      </span>
    ),
  },
  {
    key: "shown",
    title: "Shown to",
    isFlexible: true,
    cell: ({ shownTo }) => (shownTo.length === 0 ? <NotKnown>no relying party</NotKnown> : <span>{shownTo.join(", ")}</span>),
  },
  {
    key: "secret",
    title: "Its secret last let in",
    cell: ({ workedAt, status, secretFingerprint }) =>
      status === "removed" ? (
        <Badge sign={{ word: "Removed", tone: "idle", shape: "barred" }} />
      ) : (
        <span className={styles.stacked}>
          {workedAt === null ? <NotKnown>never seen</NotKnown> : <Time at={workedAt} isStacked />}
          <span className={styles.minor}>
            fingerprint <code>{secretFingerprint}</code>
          </span>
        </span>
      ),
  },
  { key: "acts", title: "What can be done", isTitleUnseen: true, isFlexible: true, cell: (canary) => <CanaryActs canary={canary} /> },
];

const rowKey = ({ id }: CanaryView) => id;

/** Accounts that exist to be tried by drills. Nobody is shown a secret. */
export function CanariesPage() {
  const { roles } = useSession();
  const [isAdding, setAdding] = useState(false);
  const { data, error, isPending } = useQuery(read(listCanaries, {}));
  const rows = (data?.items ?? []).toSorted((a, b) => a.status.localeCompare(b.status) || a.name.localeCompare(b.name));
  const add = (
    <Button look="primary" icon="plus" whyNot={whyNotCall(addCanary, roles)} onClick={() => setAdding(true)}>
      Add a canary
    </Button>
  );
  return (
    <Page
      title={pageWords("/canaries")}
      means={MEANS.canary}
      above={<Link to="/drills">Drills</Link>}
      below="What drills sign in with. Each is an account of its own with no rights at all; its secret is sealed and shown to nobody."
      actions={add}
    >
      {error !== null && <Failure error={failureFrom(error)} />}
      {error === null && (
        <Table
          caption="Canaries"
          columns={COLUMNS}
          rows={rows}
          rowKey={rowKey}
          isLoading={isPending}
          empty={
            <Empty title="There is no canary yet" action={add}>
              Without one a drill can only ask whether a provider answers, not whether somebody gets in.
            </Empty>
          }
        />
      )}
      {isAdding && <AddCanary others={rows} onClose={() => setAdding(false)} />}
    </Page>
  );
}

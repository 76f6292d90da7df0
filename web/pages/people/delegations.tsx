import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type DelegationView, listDelegations, type PersonView, revokeDelegation } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { roleWords } from "../../words.ts";

const SEE_ALL = ["administrator", "iam", "security_governance", "auditor"];
const ROWS = 50;

const COLUMNS: readonly Column<DelegationView>[] = [
  { key: "who", title: "Who for whom", isName: true, isFlexible: true, cell: (row) => `${row.toName} for ${row.fromName}` },
  { key: "role", title: "As", cell: (row) => (row.role === null ? "every role" : roleWords(row.role)) },
  { key: "from", title: "From", cell: (row) => <Time at={row.validFrom} isStacked /> },
  { key: "until", title: "Until", cell: (row) => <Time at={row.validUntil} isStacked /> },
  { key: "standing", title: "Standing", cell: (row) => <Standing row={row} /> },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => row.revoked === null && <End row={row} /> },
];

/** Who decides in this person's place, and in whose place this person does. */
export function Delegations({ person }: { person: PersonView }) {
  const session = useSession();
  const isOwn = session.person.id === person.id;
  const maySee = isOwn || session.roles.some((role) => SEE_ALL.includes(role));
  const list = useQuery({ ...read(listDelegations, { query: { person: person.id, limit: ROWS } }), enabled: maySee });
  if (!maySee) return null;
  return (
    <Section
      title="Delegations"
      note="Each decision taken by one says so."
      actions={
        isOwn && (
          <Link to="/away" className={buttonClass()}>
            {pageWords("/away")}
          </Link>
        )
      }
      isFlush
    >
      {list.error === null ? (
        <Table
          caption="Delegations"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          empty={
            <Empty title="No delegation">
              Nobody decides in the place of {person.displayName}, nor they in anybody&apos;s. Only they can name somebody.
            </Empty>
          }
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
    </Section>
  );
}

function Standing({ row }: { row: DelegationView }) {
  const { nowMs } = useNow();
  if (row.revoked !== null) return <Badge sign={{ word: "Ended by hand", tone: "idle", shape: "crossed" }} />;
  if (row.inForce) return <Badge sign={{ word: "In force", tone: "open", shape: "solid" }} />;
  const isAhead = Date.parse(row.validFrom) > nowMs;
  return <Badge sign={isAhead ? { word: "Not begun", tone: "wait", shape: "dashed" } : { word: "Over", tone: "idle", shape: "barred" }} />;
}

function End({ row }: { row: DelegationView }) {
  const { nowMs } = useNow();
  const ending = useAct(revokeDelegation, () => say(`${row.toName} decides for ${row.fromName} no more.`));
  if (Date.parse(row.validUntil) <= nowMs) return null;
  return (
    <>
      <Button isSmall look="quiet" icon="cross" isBusy={ending.isPending} onClick={() => ending.mutate({ params: { id: row.id } })}>
        End
      </Button>
      {ending.error !== null && <Failure error={failureFrom(ending.error)} title="It goes on" />}
    </>
  );
}

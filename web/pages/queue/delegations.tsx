import { useQuery } from "@tanstack/react-query";

import { type DelegationView, revokeDelegation } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { titleWords } from "../../words.ts";
import { ListFailure } from "./list-failure.tsx";
import { delegationsOf } from "./queue-queries.ts";

const IN_FORCE = { word: "In force", tone: "open", shape: "solid" } as const;
const LATER = { word: "Begins later", tone: "idle", shape: "dashed" } as const;

const columns = (who: Column<DelegationView>, act: string): readonly Column<DelegationView>[] => [
  who,
  { key: "state", title: "State", cell: (row) => <Badge sign={row.inForce ? IN_FORCE : LATER} /> },
  { key: "role", title: "As", cell: (row) => (row.role === null ? "every role they share" : titleWords(row.role)) },
  { key: "from", title: "From", cell: (row) => <Time at={row.validFrom} isStacked /> },
  { key: "until", title: "Until", cell: (row) => <Time at={row.validUntil} isStacked /> },
  { key: "reason", title: "Why", isFlexible: true, cell: (row) => row.reason },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <End row={row} words={act} /> },
];

const HELD = columns({ key: "who", title: "For", isName: true, cell: (row) => row.fromName }, "Give it back");
const GIVEN = columns({ key: "who", title: "To", isName: true, cell: (row) => row.toName }, "End it now");

function End({ row, words }: { row: DelegationView; words: string }) {
  const act = useAct(revokeDelegation, () => say("The delegation is over."));
  return (
    <>
      <Button isSmall isBusy={act.isPending} onClick={() => act.mutate({ params: { id: row.id } })}>
        {words}
      </Button>
      {act.error !== null && <Failure error={act.error} title="It was not ended" />}
    </>
  );
}

/** For whom one may decide, and who may decide in one's place. What is over is in the journal. */
export function Delegations({ personId }: { personId: string }) {
  const list = useQuery(delegationsOf(personId));
  if (list.error !== null) return <ListFailure list={list} />;
  const rows = list.data?.items ?? [];
  return (
    <>
      <Section title="You may decide for" note="In your own name and with your own passkey; the journal keeps both names." isFlush>
        <Table
          caption="For whom you may decide"
          columns={HELD}
          rows={rows.filter((row) => row.to === personId)}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          empty={
            <Empty title="For nobody but yourself">
              Somebody who holds a role of yours can name you for a time. You find here for whom, in which role and until when.
            </Empty>
          }
        />
      </Section>
      <Section title="In your place may decide" means={MEANS.delegation} isFlush>
        <Table
          caption="Who may decide in your place"
          columns={GIVEN}
          rows={rows.filter((row) => row.from === personId)}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          empty={<Empty title="Nobody">Name a colleague below who holds your role as well.</Empty>}
        />
      </Section>
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";

import { endSessions, listSessions, revokeSession, type sessionView } from "../../../src/access/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { companyQuery } from "../../company.ts";
import { apart } from "../../parts/apart.ts";
import { Tag } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { countWords } from "../../words.ts";

type SessionRow = z.output<typeof sessionView>;

const COLUMNS: readonly Column<SessionRow>[] = [
  { key: "where", title: "Where", isName: true, isFlexible: true, cell: (row) => <Where session={row} /> },
  { key: "by", title: "Opened by", cell: (row) => <OpenedBy session={row} /> },
  { key: "address", title: "Address", cell: (row) => (row.address === "" ? <NotKnown /> : <code>{row.address}</code>) },
  { key: "opened", title: "Since", cell: (row) => <Time at={row.openedAt} isStacked /> },
  {
    key: "ends",
    title: "Ends by itself",
    explain: "When nothing more is heard from it",
    cell: (row) => <Time at={row.idleUntil} isStacked />,
  },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <EndSession session={row} /> },
];

/** Where somebody is signed in, by what, and until when: one's own, or as an administrator anybody's. */
export function Sessions({ person }: { person?: { readonly id: string; readonly name: string } }) {
  const list = useQuery(read(listSessions, { query: person === undefined ? {} : { person: person.id } }));
  const others = (list.data?.items ?? []).filter((session) => !session.isThis).length;
  return (
    <Section
      title="Sessions"
      note={person === undefined ? "Where you are signed in now." : `Where ${apart(person.name)} is signed in now.`}
      actions={others > 0 && <EndAll person={person} count={others} />}
      isFlush
    >
      {list.error === null ? (
        <Table
          caption="Sessions"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          empty={<Empty title="Nobody is signed in">Sessions end by themselves after some hours.</Empty>}
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
    </Section>
  );
}

function EndAll({ person, count }: { person: { readonly id: string; readonly name: string } | undefined; count: number }) {
  const [isAsking, setAsking] = useState(false);
  const ending = useAct(endSessions, ({ ended }) => {
    setAsking(false);
    say(`${countWords(ended, "session")} ended.`);
  });
  return (
    <>
      <Button icon="out" onClick={() => setAsking(true)}>
        {person === undefined ? "End all others" : "End all"}
      </Button>
      {isAsking && (
        <Dialog
          title={person === undefined ? "End all your other sessions?" : `End all sessions of ${apart(person.name)}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Not now</Button>
              <Button
                look="danger"
                icon="out"
                isBusy={ending.isPending}
                onClick={() => ending.mutate({ body: person === undefined ? {} : { person: person.id } })}
              >
                End {countWords(count, "session")}
              </Button>
            </>
          }
        >
          <p>
            {person === undefined
              ? "Everywhere but here you are signed out at once"
              : `${apart(person.name)} is signed out everywhere at once`}
            , on the command line too. Passkeys go on working: whoever has one signs in again.
          </p>
          {ending.error !== null && <Failure error={failureFrom(ending.error)} title="They go on" />}
        </Dialog>
      )}
    </>
  );
}

function Where({ session }: { session: SessionRow }) {
  return (
    <>
      {session.label} {session.kind === "cli" && <Tag>command line</Tag>} {session.isThis && <Tag tone="ok">this one</Tag>}
    </>
  );
}

function OpenedBy({ session }: { session: SessionRow }) {
  const company = useQuery(companyQuery);
  return session.openedBy === "passkey" ? "a passkey" : (company.data?.name ?? "the company provider");
}

function EndSession({ session }: { session: SessionRow }) {
  const [isAsking, setAsking] = useState(false);
  const ending = useAct(revokeSession, () => setAsking(false));
  return (
    <>
      <Button
        isSmall
        icon="out"
        whyNot={session.isThis ? "This is where you are: sign out instead." : undefined}
        onClick={() => setAsking(true)}
      >
        End
      </Button>
      {isAsking && (
        <Dialog
          title={`End the session of ${session.label}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Not now</Button>
              <Button look="danger" icon="out" isBusy={ending.isPending} onClick={() => ending.mutate({ params: { id: session.id } })}>
                End it
              </Button>
            </>
          }
        >
          <p>Whoever uses it is signed out at once. What they typed and did not send stays on their screen.</p>
          {ending.error !== null && <Failure error={failureFrom(ending.error)} title="It goes on" />}
        </Dialog>
      )}
    </>
  );
}

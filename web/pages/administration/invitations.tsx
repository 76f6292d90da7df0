import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { z } from "zod";

import { type invitationView, listInvitations, revokeInvitation } from "../../../src/access/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";

type InvitationRow = z.output<typeof invitationView>;

const ROWS = 8;

const SIGNS = {
  open: { word: "Open", tone: "wait", shape: "half" },
  ended: { word: "Ran out", tone: "idle", shape: "barred" },
  accepted: { word: "Accepted", tone: "ok", shape: "shut" },
  revoked: { word: "Withdrawn", tone: "idle", shape: "crossed" },
} as const;

const COLUMNS: readonly Column<InvitationRow>[] = [
  { key: "whom", title: "Whom", isName: true, isFlexible: true, cell: nameOf },
  { key: "state", title: "Standing", cell: (row) => <Badge sign={SIGNS[row.state]} /> },
  { key: "invited", title: "Made", cell: (row) => <Time at={row.invitedAt} isStacked /> },
  {
    key: "until",
    title: "Works until",
    cell: (row) => (row.state === "open" ? <Time at={row.expiresAt} isStacked /> : <NotKnown>–</NotKnown>),
  },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => row.state === "open" && <Withdraw invitation={row} /> },
];

function nameOf({ name, person }: InvitationRow): string {
  return name ?? person ?? "Whoever opens it first";
}

/** One-time links that were made: who may still come in by one. The links themselves are kept nowhere. */
export function Invitations() {
  const [cursor, setCursor] = useState<string>();
  const list = useQuery({
    ...read(listInvitations, { query: { limit: ROWS, ...(cursor !== undefined && { cursor }) } }),
    placeholderData: keepPreviousData,
  });
  const next = list.data?.next;
  return (
    <Section title="Invitations" note="One-time links to a first passkey; newest first." isFlush>
      {list.error === null ? (
        <Table
          caption="Invitations"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty
              title="Nobody was invited yet"
              action={
                <Link to="/people" className={buttonClass()}>
                  Invite somebody
                </Link>
              }
            >
              Whoever is to decide needs a passkey, and gets it by an invitation.
            </Empty>
          }
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
      {(next !== undefined || cursor !== undefined) && (
        <div className={bar.foot}>
          {cursor !== undefined && <Button onClick={() => setCursor(undefined)}>Newest</Button>}
          {next !== undefined && <Button onClick={() => setCursor(next)}>Earlier invitations</Button>}
        </div>
      )}
    </Section>
  );
}

function Withdraw({ invitation }: { invitation: InvitationRow }) {
  const [isAsking, setAsking] = useState(false);
  const name = nameOf(invitation);
  const withdrawing = useAct(revokeInvitation, () => {
    setAsking(false);
    say(`The link for ${apart(name)} works no more.`);
  });
  return (
    <>
      <Button isSmall icon="cross" onClick={() => setAsking(true)}>
        Withdraw
      </Button>
      {isAsking && (
        <Dialog
          title={`Withdraw the invitation of ${apart(name)}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button
                look="danger"
                icon="cross"
                isBusy={withdrawing.isPending}
                onClick={() => withdrawing.mutate({ params: { id: invitation.id } })}
              >
                Withdraw it
              </Button>
            </>
          }
        >
          <p>Its link works no more, whoever has it. {apart(name)} needs a new one to make a passkey.</p>
          {withdrawing.error !== null && <Failure error={failureFrom(withdrawing.error)} title="It still works" />}
        </Dialog>
      )}
    </>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";

import { listPasskeys, removePasskey, type passkeyView } from "../../../src/access/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { addPasskey, assert } from "../../passkeys.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";

type PasskeyRow = z.output<typeof passkeyView>;

const SIGNS = {
  active: { word: "Works", tone: "ok", shape: "solid" },
  suspended: { word: "Suspended", tone: "bad", shape: "paused" },
  removed: { word: "Removed", tone: "idle", shape: "barred" },
} as const;

interface Holder {
  /** Absent for one's own. */
  readonly person?: { readonly id: string; readonly name: string } | undefined;
}

function columnsOf(holder: Holder): readonly Column<PasskeyRow>[] {
  return [
    { key: "label", title: "Passkey", isName: true, isFlexible: true, cell: (row) => row.label },
    { key: "state", title: "Standing", cell: (row) => <Badge sign={SIGNS[row.state]} detail={row.why} /> },
    { key: "kind", title: "Kept", cell: (row) => (row.deviceType === "synced" ? "synced between devices" : "on one device only") },
    {
      key: "used",
      title: "Last used",
      cell: (row) => (row.usedAt === undefined ? <NotKnown>never</NotKnown> : <Time at={row.usedAt} isStacked />),
    },
    { key: "since", title: "Made", cell: (row) => <Time at={row.registeredAt} isStacked /> },
    { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <Remove passkey={row} holder={holder} /> },
  ];
}

/** The passkeys somebody signs in and decides with: one's own, or as an administrator anybody's. */
export function Passkeys(holder: Holder) {
  const { person } = holder;
  const list = useQuery(read(listPasskeys, { query: person === undefined ? {} : { person: person.id } }));
  const rows = (list.data?.items ?? []).filter(({ state }) => state !== "removed");
  const note =
    person === undefined && rows.length === 1
      ? "Make a second one, on another device: with the only one lost, only an administrator lets you in again."
      : "Synced ones also work on what else the account of their maker is signed in to.";
  return (
    <Section title="Passkeys" note={note} actions={person === undefined && <Add />} isFlush>
      {list.error === null ? (
        <Table
          caption="Passkeys"
          columns={columnsOf(holder)}
          rows={rows}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          empty={<Empty title="No passkey">An administrator makes an invitation under People; its link makes the first one.</Empty>}
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
    </Section>
  );
}

/** A further passkey: signed for with one that works. */
function Add() {
  const { person } = useSession();
  const queries = useQueryClient();
  const adding = useMutation({
    mutationFn: () => addPasskey(person.id),
    onSuccess: async ({ label }) => {
      say(`A passkey was made: ${label}.`);
      await queries.invalidateQueries();
    },
  });
  return (
    <>
      <Button icon="plus" isBusy={adding.isPending} onClick={() => adding.mutate()}>
        Add a passkey
      </Button>
      {adding.error !== null && <Failure error={failureFrom(adding.error)} title="No passkey was made" />}
    </>
  );
}

function Remove({ passkey, holder: { person } }: { passkey: PasskeyRow; holder: Holder }) {
  const [isAsking, setAsking] = useState(false);
  const queries = useQueryClient();
  const whose = person === undefined ? "your" : `${apart(person.name)}'s`;
  const removing = useMutation({
    mutationFn: async () =>
      call(removePasskey, { params: { id: passkey.id }, body: { assertion: await assert("access.removePasskey", passkey.id) } }),
    onSuccess: async () => {
      setAsking(false);
      say(`${passkey.label} lets nobody in any more.`);
      await queries.invalidateQueries();
    },
  });
  return (
    <>
      <Button isSmall look="quiet" icon="trash" onClick={() => setAsking(true)}>
        Remove
      </Button>
      {isAsking && (
        <Dialog
          title={`Remove ${whose} passkey ${passkey.label}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button look="danger" icon="trash" isBusy={removing.isPending} onClick={() => removing.mutate()}>
                Remove it
              </Button>
            </>
          }
        >
          <p>
            Made <Time at={passkey.registeredAt} />,{" "}
            {passkey.usedAt === undefined ? (
              "never used"
            ) : (
              <>
                last used <Time at={passkey.usedAt} />
              </>
            )}
            .
          </p>
          <p>It lets nobody in and signs nothing from now on, and the sessions opened with it end. What it signed before stays valid.</p>
          {removing.error !== null && <Failure error={failureFrom(removing.error)} title="It was not removed" />}
        </Dialog>
      )}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { addRota, listRotas, type RotaView } from "../../../src/accountability/contract-rotas.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { pageWords } from "../../pages-by-job.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { countWords } from "../../words.ts";
import styles from "./accountability.module.css";
import { RotaForm } from "./rota-form.tsx";
import { OnPoint, Seat } from "./seats.tsx";

const COLUMNS: readonly Column<RotaView>[] = [
  {
    key: "name",
    title: "Rota",
    isName: true,
    cell: ({ id, name, status }) => (
      <span className={styles.stacked}>
        <Link to="/rotas/$id" params={{ id }}>
          {apart(name)}
        </Link>
        {status === "retired" && <span className={styles.minor}>Retired</span>}
      </span>
    ),
  },
  { key: "onPoint", title: "On point now", isFlexible: true, cell: ({ onPoint }) => <OnPoint shift={onPoint} /> },
  {
    key: "until",
    title: "Until",
    cell: ({ onPoint }) => (onPoint.until < NEVER ? <Time at={onPoint.until} isStacked /> : "further notice"),
  },
  { key: "source", title: "Kept", cell: (row) => <Source row={row} /> },
  { key: "owner", title: "Keeps it filled", cell: ({ owner }) => <Seat seat={owner} /> },
];

/** Later is no end that anybody planned. */
const NEVER = "9000";
const rowKey = ({ id }: RotaView) => id;

/** Who is on point when something fails. */
export function RotasPage() {
  const { roles } = useSession();
  const [isAdding, setAdding] = useState(false);
  const list = useQuery(read(listRotas, { query: { limit: 200 } }));
  const add = (
    <Button look="primary" icon="plus" whyNot={whyNotCall(addRota, roles)} onClick={() => setAdding(true)}>
      Add a rota
    </Button>
  );
  return (
    <Page
      title={pageWords("/rotas")}
      above={<Link to="/accountability">Accountability</Link>}
      below="Who is woken when a way in fails: people who take turns, or a calendar that another program keeps."
      actions={add}
    >
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="Rotas, and who is on point now"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={rowKey}
          isLoading={list.isPending}
          empty={
            <Empty title="There is no rota yet" action={add}>
              Without one nobody knows whom to wake.
            </Empty>
          }
        />
      )}
      {isAdding && <RotaForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Source({ row: { source } }: { row: RotaView }) {
  if (source.kind === "rotation") return <>here, {countWords(source.people.length, "person", "people")}</>;
  return (
    <span className={styles.stacked}>
      <span>calendar at {apart(source.host)}</span>
      <span className={styles.minor}>{source.readAt === null ? "not read yet" : <Read at={source.readAt} />}</span>
    </span>
  );
}

function Read({ at }: { at: string }) {
  return (
    <>
      read <Time at={at} only="distance" />
    </>
  );
}

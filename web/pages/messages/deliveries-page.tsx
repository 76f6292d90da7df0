import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { type DeliveryView, listDeliveries, sendTrialMessage } from "../../../src/messages/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { FilterSelect } from "../../parts/list-bar.tsx";
import bar from "../../parts/list-bar.module.css";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { DELIVERY_RESULTS } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { aboutWords, RESULT_SIGNS, templateWords } from "./message-words.ts";
import styles from "./messages.module.css";

const ROWS = 50;

const COLUMNS: readonly Column<DeliveryView>[] = [
  { key: "to", title: "To", isName: true, cell: (row) => recipientWords(row) },
  {
    key: "what",
    title: "Message",
    isFlexible: true,
    cell: (row) => (row.lines.length === 0 ? templateWords(row.template) : `${templateWords(row.template)}: ${aboutWords(row)}`),
  },
  { key: "made", title: "Made", cell: (row) => <Time at={row.madeAt} isStacked /> },
  { key: "result", title: "Delivery", isFlexible: true, cell: (row) => <Result row={row} /> },
  { key: "tries", title: "Tries", isNumber: true, cell: (row) => row.tries },
  {
    key: "read",
    title: "Followed",
    explain: "When its recipient, signed in, first followed a link of it",
    cell: (row) => (row.readAt === null ? <NotKnown>not yet</NotKnown> : <Time at={row.readAt} isStacked />),
  },
];

function recipientWords({ channel, recipientName, recipient }: DeliveryView) {
  return channel === "chat" ? "The chat" : (recipientName ?? recipient);
}

function Result({ row }: { row: DeliveryView }) {
  return (
    <span className={styles.result}>
      <Badge sign={RESULT_SIGNS[row.result]} />
      {row.answer !== null && <span className={styles.answer}>{row.answer}</span>}
    </span>
  );
}

/** Every message to anybody, and how its delivery ended. */
export function DeliveriesPage() {
  const search = useSearch({ from: "/signed-in/deliveries" });
  const navigate = useNavigate({ from: "/deliveries" });
  const list = useQuery({ ...read(listDeliveries, { query: { limit: ROWS, ...search } }), placeholderData: keepPreviousData });
  return (
    <Page title={pageWords("/deliveries")} below="Every message Postern sent or tried to, and what became of it." actions={<Trial />}>
      <div className={bar.bar}>
        <div className={bar.filters}>
          <FilterSelect
            label="Delivery"
            all="Every delivery"
            value={search.result}
            options={DELIVERY_RESULTS.map((result) => ({ value: result, label: RESULT_SIGNS[result].word }))}
            onChange={(chosen) => void navigate({ search: { result: DELIVERY_RESULTS.find((each) => each === chosen) } })}
          />
        </div>
      </div>
      {list.error === null ? (
        <Table
          caption="Deliveries"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            search.result === undefined ? (
              <Empty title="Nothing was sent yet">Send yourself a trial message to see whether the mail server works.</Empty>
            ) : (
              <Empty title="No delivery ended so">Choose another result, or every delivery.</Empty>
            )
          }
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
      {list.data?.next !== undefined && (
        <Link to="/deliveries" search={{ ...search, cursor: list.data.next }} className={buttonClass()}>
          Older ones
        </Link>
      )}
    </Page>
  );
}

function Trial() {
  const { roles } = useSession();
  const sending = useAct(sendTrialMessage, () => say("A trial message to you is on its way. What the mail server answers is shown here."));
  return (
    <>
      <Button icon="bell" isBusy={sending.isPending} whyNot={whyNotCall(sendTrialMessage, roles)} onClick={() => sending.mutate({})}>
        Send me a trial message
      </Button>
      {sending.error !== null && <Failure error={failureFrom(sending.error)} title="Not sent" />}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";

import { getMessagePreferences, listMyMessages, type NotificationView } from "../../../src/messages/contract.ts";
import { failureFrom } from "../../api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { CalendarAddress } from "./calendar-address.tsx";
import { aboutWords, RESULT_SIGNS, templateWords } from "./message-words.ts";
import { PreferencesForm } from "./preferences-form.tsx";

const ROWS = 20;

const COLUMNS: readonly Column<NotificationView>[] = [
  { key: "what", title: "Message", isName: true, cell: (row) => templateWords(row.template) },
  { key: "about", title: "About", isFlexible: true, cell: (row) => (row.lines.length === 0 ? "nothing" : aboutWords(row)) },
  { key: "made", title: "Made", cell: (row) => <Time at={row.madeAt} isStacked /> },
  { key: "result", title: "Delivery", cell: (row) => <Badge sign={RESULT_SIGNS[row.result]} /> },
  {
    key: "read",
    title: "Followed",
    explain: "When you first followed a link of it",
    cell: (row) => (row.readAt === null ? <NotKnown>not yet</NotKnown> : <Time at={row.readAt} isStacked />),
  },
];

/** How one wants to be told, and what one was told. */
export function MessagesPage() {
  const preferences = useQuery(read(getMessagePreferences, {}));
  const list = useQuery(read(listMyMessages, { query: { limit: ROWS } }));
  const error = preferences.error ?? list.error;
  return (
    <Page title={pageWords("/messages")} below="How Postern tells you what waits for you, and what it told you.">
      {error !== null && <Failure error={failureFrom(error)} />}
      {preferences.data !== undefined && (
        <>
          <PreferencesForm key={`${preferences.data.muted}${preferences.data.language}`} preferences={preferences.data} />
          <CalendarAddress calendar={preferences.data.calendar} />
        </>
      )}
      {list.error === null && (
        <Section title="Messages to you" note="The newest." isFlush>
          <Table
            caption="Messages to you"
            columns={COLUMNS}
            rows={list.data?.items ?? []}
            rowKey={(row) => row.id}
            isLoading={list.isPending}
            empty={<Empty title="Nothing was sent to you yet">As soon as something waits for you, you are told once that day.</Empty>}
          />
        </Section>
      )}
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { type DeniedView, listDenied } from "../../../src/decisions/contract-log.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import type { Question } from "./ask-form.tsx";
import { CODE_WORDS, nameOf } from "./decision-words.ts";
import styles from "./decisions.module.css";

/** Denials that an exception could lift: each is somebody who may need one. */
export function Denied({ onAsk }: { onAsk: (question: Question) => void }) {
  const list = useQuery(read(listDenied, {}));
  const columns = useMemo(() => columnsOf(onAsk), [onAsk]);
  return (
    <Section title="Denied, and could be requested" note="the last seven days, by who asked for what" isFlush>
      {list.error === null ? (
        <Table
          caption="Denials that an exception could lift"
          columns={columns}
          rows={list.data?.items ?? []}
          rowKey={({ subject, resource, action, method }) => JSON.stringify([subject, resource, action, method])}
          isLoading={list.isPending}
          empty={<Empty title="Nobody was denied what an exception could lift">Who asks for a way in and has none is listed here.</Empty>}
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
      {list.data?.hasMore === true && <p className={styles.quiet}>Only the newest are shown.</p>}
    </Section>
  );
}

function columnsOf(onAsk: (question: Question) => void): readonly Column<DeniedView>[] {
  return [
    {
      key: "who",
      title: "Who",
      isName: true,
      isFlexible: true,
      cell: (row) => <span className={styles.asked}>{nameOf(row.subject)}</span>,
    },
    {
      key: "what",
      title: "To what",
      isFlexible: true,
      cell: (row) => (
        <span className={styles.two}>
          {nameOf(row.resource)}
          <span>{row.method ?? row.action}</span>
        </span>
      ),
    },
    {
      key: "why",
      title: "Why not",
      isFlexible: true,
      cell: (row) => (
        <span className={styles.two}>
          {CODE_WORDS[row.code]}
          <span>asked by {row.callers.join(", ")}</span>
        </span>
      ),
    },
    { key: "times", title: "Times", isNumber: true, cell: (row) => row.times },
    { key: "last", title: "Last", cell: (row) => <Time at={row.lastAt} isStacked /> },
    {
      key: "ask",
      title: "What would be needed",
      isTitleUnseen: true,
      cell: ({ subject, question, ruleSet }) => (
        <Button isSmall onClick={() => onAsk({ question, ruleSet, at: null })}>
          What is needed?<span className="unseen"> For {nameOf(subject)}</span>
        </Button>
      ),
    },
  ];
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { type DecisionView, listDecisions, type StandingView } from "../../../src/decisions/contract-log.ts";
import { failureFrom } from "../../api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSelect, ListFoot } from "../../parts/list-bar.tsx";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import type { Question } from "./ask-form.tsx";
import { CODE_WORDS, CODES, nameOf, signOfDecision } from "./decision-words.ts";
import styles from "./decisions.module.css";
import { LetIn } from "./let-in.tsx";

const ROWS = 50;

interface LogProps {
  onAsk: (question: Question) => void;
  setting: StandingView | undefined;
}

/** What was answered. Rows stay as they are until they are read again. */
export function LogOfDecisions({ onAsk, setting }: LogProps) {
  const search = useSearch({ from: "/signed-in/decisions" });
  const list = useQuery({ ...read(listDecisions, { query: { limit: ROWS, ...search } }), placeholderData: keepPreviousData });
  const columns = useMemo(() => columnsOf(onAsk), [onAsk]);
  const isOff = setting?.setting.kind === "off";
  return (
    <Section
      title="Log"
      note="newest first"
      isFlush
      actions={
        <Button icon="refresh" isBusy={list.isFetching} onClick={() => void list.refetch()}>
          Read again
        </Button>
      }
    >
      <Filters callers={setting?.callers.map(({ caller }) => caller) ?? []} />
      {list.error === null ? (
        <Table
          caption="Decisions"
          columns={columns}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty title={isOff ? "The log is switched off" : "No answer like this is kept"}>
              {emptyWords(isOff, list.data?.next !== undefined)}
            </Empty>
          }
        />
      ) : (
        <Failure error={failureFrom(list.error)} />
      )}
      {list.data?.next !== undefined && (
        <ListFoot>
          <Link to="/decisions" search={{ ...search, cursor: list.data.next }} className={buttonClass()}>
            Older ones
          </Link>
        </ListFoot>
      )}
    </Section>
  );
}

function emptyWords(isOff: boolean, goesOn: boolean): string {
  if (goesOn) return "Not among those looked through so far; older ones may be.";
  return isOff ? "Answers and uses are counted all the same." : "Answers are written here about a second after they are given.";
}

function Filters({ callers }: { callers: readonly string[] }) {
  const { cursor: _, ...search } = useSearch({ from: "/signed-in/decisions" });
  const navigate = useNavigate({ from: "/decisions" });
  const narrow = (part: Partial<typeof search>) => void navigate({ search: { ...search, ...part }, resetScroll: false });
  const narrowed = [search.subject, search.resource, search.exception].filter((each) => each !== undefined);
  return (
    <div className={bar.bar}>
      <div className={bar.filters}>
        <FilterSelect
          label="Answer"
          all="Every answer"
          value={search.decision}
          options={[
            { value: "permit", label: "Permitted" },
            { value: "deny", label: "Denied" },
          ]}
          onChange={(chosen) => narrow({ decision: chosen as typeof search.decision })}
        />
        <FilterSelect
          label="Reason"
          all="Every reason"
          value={search.code}
          options={CODES.map((code) => ({ value: code, label: CODE_WORDS[code] }))}
          onChange={(chosen) => narrow({ code: chosen as typeof search.code })}
        />
        <FilterSelect
          label="Caller"
          all="Every caller"
          value={search.caller}
          options={callers.map((caller) => ({ value: caller, label: caller }))}
          onChange={(caller) => narrow({ caller })}
        />
        {narrowed.length > 0 && (
          <Button icon="cross" onClick={() => narrow({ subject: undefined, resource: undefined, exception: undefined })}>
            Only {narrowed.join(", ")}
          </Button>
        )}
      </div>
    </div>
  );
}

function columnsOf(onAsk: (question: Question) => void): readonly Column<DecisionView>[] {
  return [
    { key: "at", title: "When", cell: (row) => <Time at={row.at} isStacked /> },
    {
      key: "who",
      title: "Who",
      isName: true,
      isFlexible: true,
      cell: (row) => (
        <Link to="/decisions" search={{ subject: row.subject.id }} resetScroll={false} className={styles.asked}>
          {nameOf(row.subject)}
        </Link>
      ),
    },
    {
      key: "what",
      title: "To what",
      isFlexible: true,
      cell: (row) => (
        <span className={styles.two}>
          <Link to="/decisions" search={{ resource: row.resource.id }} resetScroll={false}>
            {nameOf(row.resource)}
          </Link>
          <span>{row.method ?? row.action}</span>
        </span>
      ),
    },
    { key: "answer", title: "Answer", isFlexible: true, cell: (row) => <Answered row={row} /> },
    { key: "caller", title: "Asked by", cell: (row) => <span className={styles.caller}>{row.caller}</span> },
    {
      key: "acts",
      title: "What to do",
      isTitleUnseen: true,
      cell: (row) => (
        <span className={bar.acts}>
          {row.code === "outside_exception_scope" && row.exception !== null && <LetIn row={row} />}
          <Button
            isSmall
            look="quiet"
            icon="refresh"
            iconOnly={`Ask again for ${nameOf(row.subject)}`}
            whyNot={row.isWhole ? undefined : "The question was too long to be kept whole."}
            onClick={() => onAsk({ question: row.question, ruleSet: row.ruleSet, at: null })}
          />
        </span>
      ),
    },
  ];
}

function Answered({ row }: { row: DecisionView }) {
  const { exception, rule, code } = row;
  return (
    <span className={styles.two}>
      <Badge sign={signOfDecision(row)} />
      <span>
        {CODE_WORDS[code]}
        {exception === null ? (
          rule !== null && `: ${rule}`
        ) : (
          <>
            :{" "}
            <Link to="/exceptions/$id" params={{ id: exception.id }}>
              {exception.ref}
            </Link>
          </>
        )}
      </span>
    </span>
  );
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { listRepeats, type RepeatsView } from "../../../src/exceptions/contract-lists.ts";
import { openDesignIssue } from "../../../src/governance/contract.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { REPEAT_LEVELS } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { signOf, STATE_SIGNS } from "../../signs.ts";
import { countWords } from "../../words.ts";
import styles from "./governance.module.css";
import { ResourceName } from "../names.tsx";
import { OpenIssue } from "./open-issue.tsx";

type Level = (typeof REPEAT_LEVELS)[number];

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  same: "Same person, same thing",
  resource: "Same thing",
  subject: "Same person",
  split: "In parts",
};

const LEVEL_MEANING: Readonly<Record<Level, string>> = {
  same: "The same subject asked again for the same thing, under whatever name, unit or category.",
  resource: "Different people keep asking for the same thing: its design lacks something.",
  subject: "The same subject keeps needing exceptions, for different things.",
  split: "Several small requests that together amount to one that was refused.",
};

const COLUMNS: readonly Column<RepeatsView>[] = [
  { key: "need", title: "Need", isName: true, isFlexible: true, cell: (row) => <Need row={row} /> },
  { key: "count", title: "Asked for in 365 days", cell: (row) => <HowOften row={row} /> },
  { key: "members", title: "Requests", isFlexible: true, cell: (row) => <Members row={row} /> },
  { key: "issue", title: "Design issue", cell: (row) => <Issue row={row} /> },
];

/** Needs that keep coming back: each a fault in a design, not an exception. */
export function RepeatsPage() {
  const search = useSearch({ from: "/signed-in/repeats" });
  const { roles } = useSession();
  const level = search.level ?? "same";
  const isAllowed = mayCall(listRepeats, roles);
  const query = { level, limit: 50, ...(search.cursor !== undefined && { cursor: search.cursor }) };
  const list = useQuery({ ...read(listRepeats, { query }), placeholderData: keepPreviousData, enabled: isAllowed });
  return (
    <Page
      title={pageWords("/repeats")}
      means={MEANS.repeat}
      below="A need that keeps coming back is a fault in a design, not an exception. Refused, withdrawn and ended requests count too."
    >
      <div className={bar.bar}>
        <nav className={bar.views} aria-label="What repeats">
          {REPEAT_LEVELS.map((each) => (
            <Link key={each} to="/repeats" search={{ level: each }} className={bar.view} aria-current={each === level ? "page" : undefined}>
              {LEVEL_WORDS[each]}
            </Link>
          ))}
        </nav>
        <p className={styles.minor}>{LEVEL_MEANING[level]}</p>
      </div>
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(listRepeats, roles)}</Empty>}
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {isAllowed && list.error === null && (
        <Table
          caption={`Repeats: ${LEVEL_WORDS[level]}`}
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => `${row.key}${row.refused?.id ?? ""}`}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty title="Nothing came back" action={<OtherLevel level={level} />}>
              No need of this kind was asked for twice in the last 365 days.
            </Empty>
          }
        />
      )}
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/repeats" search={{ level, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </Page>
  );
}

function OtherLevel({ level }: { level: Level }) {
  const next = REPEAT_LEVELS[(REPEAT_LEVELS.indexOf(level) + 1) % REPEAT_LEVELS.length] ?? "same";
  return (
    <Link to="/repeats" search={{ level: next }} className={buttonClass()}>
      Look at: {LEVEL_WORDS[next].toLowerCase()}
    </Link>
  );
}

function Need({ row }: { row: RepeatsView }) {
  const newest = row.members[0];
  return (
    <span className={styles.need}>
      {row.about === null ? (newest?.title ?? "One subject") : <ResourceName about={row.about} />}
      {row.refused !== null && (
        <span className={styles.minor}>
          Parts of{" "}
          <Link to="/exceptions/$id" params={{ id: row.refused.ref }}>
            {row.refused.ref}
          </Link>
          , which was refused: {row.refused.title}
        </span>
      )}
      {row.about !== null && row.refused === null && newest !== undefined && (
        <span className={styles.minor}>Last asked as “{newest.title}”</span>
      )}
    </span>
  );
}

function HowOften({ row: { count, limit, limitReached } }: { row: RepeatsView }) {
  return (
    <span className={styles.need}>
      {countWords(count, "time")}
      <span className={styles.minor}>{limitReached ? <Tag tone="bad">limit of {limit} reached</Tag> : `the limit is ${limit}`}</span>
    </span>
  );
}

function Members({ row: { members, count } }: { row: RepeatsView }) {
  return (
    <details className={styles.members}>
      <summary>{count > members.length ? `The newest ${members.length}` : countWords(members.length, "request")}</summary>
      <ul>
        {members.map(({ id, ref, title, state, openedAt }) => (
          <li key={id}>
            <Link to="/exceptions/$id" params={{ id: ref }}>
              {ref}
            </Link>
            <span>{title}</span>
            <Badge sign={signOf(STATE_SIGNS, state)} />
            <Time at={openedAt} only="distance" />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Issue({ row }: { row: RepeatsView }) {
  const { roles } = useSession();
  const [isOpening, setOpening] = useState(false);
  if (row.designIssue !== null) {
    return (
      <Link to="/issues/$id" params={{ id: row.designIssue }}>
        Open: see it
      </Link>
    );
  }
  const { about } = row;
  const whyNot = about === null ? "It is about a person, not a thing. Look at what they ask for." : whyNotCall(openDesignIssue, roles);
  return (
    <span>
      <Button isSmall icon="flag" whyNot={whyNot} onClick={() => setOpening(true)}>
        Open an issue
      </Button>
      {isOpening && about !== null && <OpenIssue about={about} repeats={row} onClose={() => setOpening(false)} />}
    </span>
  );
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { z } from "zod";

import { type designIssueView, listDesignIssues } from "../../../src/governance/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { News } from "../../parts/news.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { ISSUE_VIEWS } from "../../searches.ts";
import { signOf } from "../../signs.ts";
import { useSteadyRows } from "../../steady-rows.ts";
import { titleWords } from "../../words.ts";
import { ResourceName } from "../names.tsx";
import { ISSUE_SIGNS } from "./signs.ts";

type DesignIssue = z.output<typeof designIssueView>;

const COLUMNS: readonly Column<DesignIssue>[] = [
  {
    key: "about",
    title: "About",
    isName: true,
    cell: ({ id, about }) => (
      <Link to="/issues/$id" params={{ id }}>
        <ResourceName about={about} />
      </Link>
    ),
  },
  { key: "statement", title: "What is wrong", isFlexible: true, cell: ({ statement }) => statement },
  { key: "owner", title: "Answers for it", cell: ({ ownerName, owner }) => ownerName ?? owner },
  { key: "state", title: "State", cell: ({ state }) => <Badge sign={signOf(ISSUE_SIGNS, state)} /> },
  { key: "opened", title: "Opened", cell: ({ openedAt }) => <Time at={openedAt} isStacked /> },
];

const rowKey = ({ id }: DesignIssue) => id;

/** Faults in designs that somebody answers for changing. */
export function IssuesPage() {
  const { view = "open", cursor } = useSearch({ from: "/signed-in/issues" });
  const query = { limit: 50, ...(view !== "all" && { state: view }), ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listDesignIssues, { query }), placeholderData: keepPreviousData });
  const steady = useSteadyRows(list.data?.items, rowKey, list.isPlaceholderData ? undefined : JSON.stringify(query), list.dataUpdatedAt);
  return (
    <Page
      title={pageWords("/issues")}
      means={MEANS["design issue"]}
      below="What has to change so that the same exception is not asked for again, and who answers for changing it."
    >
      <div className={bar.bar}>
        <nav className={bar.views} aria-label="Saved filters">
          {ISSUE_VIEWS.map((each) => (
            <Link key={each} to="/issues" search={{ view: each }} className={bar.view} aria-current={each === view ? "page" : undefined}>
              {titleWords(each)}
            </Link>
          ))}
        </nav>
      </div>
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      <News {...steady.news} onShow={steady.show} isAtEnd />
      {list.error === null && (
        <Table
          caption={`Design issues: ${view}`}
          columns={COLUMNS}
          rows={steady.rows}
          rowKey={rowKey}
          isGone={steady.isGone}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty
              title={view === "all" ? "There is no design issue" : `No design issue is ${view}`}
              action={
                <Link to="/repeats" className={buttonClass("primary")}>
                  Look at what repeats
                </Link>
              }
            >
              One is opened where a need keeps coming back: by governance or IAM, or by the rule when a limit is reached.
            </Empty>
          }
        />
      )}
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/issues" search={{ view, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </Page>
  );
}

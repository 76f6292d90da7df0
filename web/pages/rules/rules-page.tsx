import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { listRuleSets, type RuleSetView } from "../../../src/decisions/contract-rules.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";

const COLUMNS: readonly Column<RuleSetView>[] = [
  {
    key: "name",
    title: "Rule set",
    explain: MEANS["rule set"],
    isName: true,
    cell: ({ name }) => (
      <Link to="/rules/$name" params={{ name }}>
        {name}
      </Link>
    ),
  },
  { key: "description", title: "What for", isFlexible: true, cell: ({ description }) => <bdi>{description}</bdi> },
  { key: "rules", title: "Rules", isNumber: true, cell: ({ rules }) => rules.length },
  { key: "version", title: "Version", isNumber: true, cell: ({ version, status }) => (status === "retired" ? "retired" : version) },
  {
    key: "waiting",
    title: "Waits",
    explain: "For the signature of a second person",
    cell: ({ waiting }) =>
      waiting === null ? <NotKnown>–</NotKnown> : <Badge sign={{ word: `Version ${waiting}`, tone: "wait", shape: "paused" }} />,
  },
  {
    key: "at",
    title: "Since",
    cell: ({ at, byName }) =>
      at === null ? (
        "Ships with Postern"
      ) : (
        <>
          <Time at={at} />
          {byName !== null && (
            <>
              , <bdi>{byName}</bdi>
            </>
          )}
        </>
      ),
  },
];

/** The rules that the decision point decides by, apart from exceptions. */
export function RulesPage() {
  const list = useQuery(read(listRuleSets, {}));
  return (
    <Page
      title={pageWords("/rules")}
      below="What the decision point answers by, before it looks for an exception. The first rule that fits decides."
      actions={
        <Link className={buttonClass()} to="/new-rules">
          Write a new rule set
        </Link>
      }
    >
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="Rule sets"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.name}
          isLoading={list.isPending}
          empty={<Empty title="There is no rule set">Postern ships with some; this server has none.</Empty>}
        />
      )}
    </Page>
  );
}

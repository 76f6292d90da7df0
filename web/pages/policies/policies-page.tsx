import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { listCategories } from "../../../src/exceptions/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { durationWords, rolesWords } from "../../words.ts";
import { type Category, NO_ANSWER } from "../request/category-rules.tsx";

const COLUMNS: readonly Column<Category>[] = [
  {
    key: "title",
    title: "Category",
    explain: MEANS.category,
    isName: true,
    cell: ({ key, title }) => (
      <Link to="/policies/$key" params={{ key }}>
        {title}
      </Link>
    ),
  },
  {
    key: "approvers",
    title: "Decided by",
    explain: MEANS.stage,
    isFlexible: true,
    cell: ({ approvers }) => approvers.map(stageWords).join(", then "),
  },
  { key: "owner", title: "Owned by", isFlexible: true, cell: ({ ownerRoles }) => rolesWords(ownerRoles) },
  { key: "term", title: "One term", isNumber: true, cell: ({ maxTerm }) => durationWords(maxTerm) },
  { key: "all", title: "In all", isNumber: true, cell: ({ maxCumulative }) => durationWords(maxCumulative) },
  {
    key: "review",
    title: "Review every",
    isNumber: true,
    cell: ({ reviewEvery }) => (reviewEvery === null ? <NotKnown>none by date</NotKnown> : durationWords(reviewEvery)),
  },
  { key: "silence", title: "No answer", cell: ({ noResponse }) => NO_ANSWER[noResponse] ?? noResponse },
  { key: "version", title: "Version", isNumber: true, cell: ({ version }) => version },
];

function stageWords({ roles, rule }: Category["approvers"][number]): string {
  return rolesWords(roles, rule.startsWith("all") ? "and" : "or");
}

/** The rules of every category: what an exception of it needs, and how it ends. */
export function PoliciesPage() {
  const list = useQuery(read(listCategories, {}));
  return (
    <Page
      title={pageWords("/policies")}
      below="What each kind of exception needs before it is granted, and what ends it. Open one to try a change on what lives."
    >
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="Categories and their rules"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.key}
          isLoading={list.isPending}
          empty={<Empty title="There is no category">Postern ships with eight; this server has none.</Empty>}
        />
      )}
    </Page>
  );
}

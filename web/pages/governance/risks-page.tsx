import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { z } from "zod";

import { listRiskAcceptances, proposeRisk, type riskAcceptanceView } from "../../../src/governance/contract.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Icon } from "../../parts/icon.tsx";
import bar from "../../parts/list-bar.module.css";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { RISK_VIEWS } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { countWords, listWords, titleWords } from "../../words.ts";
import { riskSign } from "./signs.ts";

export type RiskAcceptance = z.output<typeof riskAcceptanceView>;

const EMPTY: Readonly<Record<(typeof RISK_VIEWS)[number], string>> = {
  proposed: "No risk waits for its executive",
  accepted: "No risk was accepted yet",
  reopened: "No risk has to be looked at again",
  withdrawn: "No proposal was withdrawn",
  all: "No risk was put before an executive yet",
};

export const RISK_COLUMNS: readonly Column<RiskAcceptance>[] = [
  {
    key: "statement",
    title: "Risk",
    isName: true,
    isFlexible: true,
    cell: ({ id, statement }) => (
      <Link to="/risks/$id" params={{ id }}>
        {statement}
      </Link>
    ),
  },
  { key: "executive", title: "Executive", cell: ({ executive, executiveName }) => executiveName ?? executive },
  { key: "covers", title: "Covers", cell: coversWords },
  { key: "state", title: "State", cell: (row) => <Badge sign={riskSign(row)} /> },
  { key: "until", title: "Until", cell: ({ until }) => <Time at={until} isStacked /> },
];

/** `3 exceptions and a design issue` */
export function coversWords({ exceptions, designIssue, operations, lockOutSets, findings }: RiskAcceptance): string {
  const words = [
    exceptions.length > 0 && countWords(exceptions.length, "exception"),
    designIssue !== null && "a design issue",
    operations.length > 0 && countWords(operations.length, "operation"),
    lockOutSets.length > 0 && countWords(lockOutSets.length, "lock-out set"),
    findings.length > 0 && countWords(findings.length, "finding"),
  ];
  return listWords(words.filter((each) => typeof each === "string"));
}

/** Risks that executives answer for by name, for a time that ends by itself. */
export function RisksPage() {
  const { view = "all", cursor } = useSearch({ from: "/signed-in/risks" });
  const { roles } = useSession();
  const isAllowed = mayCall(listRiskAcceptances, roles);
  const query = { limit: 50, ...(view !== "all" && { state: view }), ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listRiskAcceptances, { query }), placeholderData: keepPreviousData, enabled: isAllowed });
  const propose = mayCall(proposeRisk, roles) ? (
    <Link to="/risks/propose" className={buttonClass("primary")}>
      <Icon name="plus" />
      Propose one
    </Link>
  ) : undefined;
  return (
    <Page
      title={pageWords("/risks")}
      means={MEANS["risk acceptance"]}
      below="Where the caps of the register are reached, an executive answers for the risk with a passkey, in sight of the board. It ends by itself."
      actions={propose}
    >
      <Views view={view} />
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(listRiskAcceptances, roles)}</Empty>}
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {isAllowed && list.error === null && (
        <Table
          caption={`Risk acceptances: ${view}`}
          columns={RISK_COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={({ id }) => id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty title={EMPTY[view]} action={propose}>
              An exception at its last renewal, or a need over the limit of repeats, goes on only when an executive accepts its risk.
            </Empty>
          }
        />
      )}
      <NextPage view={view} next={list.data?.next} />
    </Page>
  );
}

function Views({ view }: { view: (typeof RISK_VIEWS)[number] }) {
  return (
    <div className={bar.bar}>
      <nav className={bar.views} aria-label="Saved filters">
        {RISK_VIEWS.map((each) => (
          <Link key={each} to="/risks" search={{ view: each }} className={bar.view} aria-current={each === view ? "page" : undefined}>
            {titleWords(each)}
          </Link>
        ))}
      </nav>
    </div>
  );
}

function NextPage({ view, next }: { view: (typeof RISK_VIEWS)[number]; next: string | undefined }) {
  if (next === undefined) return null;
  return (
    <nav className={bar.foot} aria-label="Pages">
      <Link to="/risks" search={{ view, cursor: next }} className={buttonClass()}>
        Next page
      </Link>
    </nav>
  );
}

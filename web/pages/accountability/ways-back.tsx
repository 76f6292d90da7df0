import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { listWaysBack, type WaysBackView } from "../../../src/accountability/contract-coverage.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { type Column, Table } from "../../parts/table.tsx";
import type { Sign } from "../../parts/tone.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./accountability.module.css";
import { ROLE_WORDS } from "./signs.ts";

type Role = WaysBackView["asked"][number];

const MISSING: Sign = { word: "Missing", tone: "bad", shape: "dashed" };
const WEAKER: Sign = { word: "Weaker", tone: "bad", shape: "falling" };
const NOT_KNOWN: Sign = { word: "Strength not known", tone: "unknown", shape: "question" };

const COLUMNS: readonly Column<WaysBackView>[] = [
  {
    key: "name",
    title: "Operation",
    isName: true,
    cell: ({ key, name, criticality }) => (
      <span className={styles.stacked}>
        <Link to="/operations/$key" params={{ key }}>
          {apart(name)}
        </Link>
        <span className={styles.minor}>Tier {criticality}</span>
      </span>
    ),
  },
  ...(Object.keys(ROLE_WORDS) as Role[]).map((role): Column<WaysBackView> => ({
    key: role,
    title: ROLE_WORDS[role],
    cell: (row) => <Paths row={row} role={role} />,
  })),
];

const rowKey = ({ key }: WaysBackView) => key;

/** For each operation the five ways it needs on a bad day: what is missing, and what is weaker than what it stands in for. */
export function WaysBack() {
  const { cursor } = useSearch({ from: "/signed-in/accountability" });
  const { roles } = useSession();
  const isAllowed = mayCall(listWaysBack, roles);
  const query = { limit: 50, ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listWaysBack, { query }), placeholderData: keepPreviousData, enabled: isAllowed });
  if (!isAllowed) return <Empty title="Not for your roles">{whyNotCall(listWaysBack, roles)}</Empty>;
  if (list.error !== null) return <Failure error={failureFrom(list.error)} />;
  return (
    <>
      <Table
        caption="Operations, and their ways back in"
        columns={COLUMNS}
        rows={list.data?.items ?? []}
        rowKey={rowKey}
        isLoading={list.isPending}
        isStale={list.isPlaceholderData}
        empty={<Empty title="No operation is described yet">Operations come with the estate file, or from a model.</Empty>}
      />
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/accountability" search={{ view: "ways", cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </>
  );
}

function Paths({ row: { paths, asked, gaps }, role }: { row: WaysBackView; role: Role }) {
  const own = paths.filter((path) => path.role === role);
  const missing = gaps.filter((gap) => gap.role === role && gap.kind === "pathMissing");
  if (own.length === 0 && !asked.includes(role)) return <span className={styles.minor}>not asked for</span>;
  return (
    <span className={styles.paths}>
      {own.map(({ key, name, strength }) => {
        const weaker = gaps.find((gap) => gap.path === key);
        const words = strength.said === null ? "" : ` · AAL${strength.said.aal}`;
        return (
          <span key={key} className={styles.stacked}>
            <span>
              {apart(name)}
              <span className={styles.minor}>{words}</span>
            </span>
            {weaker !== undefined && <Badge sign={WEAKER} detail={<span className="unseen">{weaker.statement}</span>} />}
            {strength.rank === null && role !== "rollback" && <Badge sign={NOT_KNOWN} />}
          </span>
        );
      })}
      {missing.map(({ population }) => (
        <Badge key={population ?? ""} sign={population === null ? MISSING : { ...MISSING, word: `Missing for ${FOR[population]}` }} />
      ))}
    </span>
  );
}

const FOR: Readonly<Record<NonNullable<WaysBackView["gaps"][number]["population"]>, string>> = {
  human: "people",
  privileged: "privileged people",
  machine: "machines",
  "third-party": "third parties",
};

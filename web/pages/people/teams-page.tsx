import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { addTeam, changeTeam, getPerson, listTeams, type TeamView } from "../../../src/people/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSearch } from "../../parts/list-bar.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import type { teamsSearch } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { countWords } from "../../words.ts";
import { TeamForm } from "./team-form.tsx";

const ROWS = 50;

const COLUMNS: readonly Column<TeamView>[] = [
  { key: "name", title: "Team", isName: true, isFlexible: true, cell: (row) => row.name },
  { key: "lead", title: "Led by", cell: (row) => <Lead id={row.lead} /> },
  { key: "members", title: "Members", cell: (row) => countWords(row.members.length, "person", "people") },
  {
    key: "standing",
    title: "Standing",
    cell: (row) => (
      <Badge
        sign={
          row.status === "active" ? { word: "Active", tone: "ok", shape: "solid" } : { word: "Dissolved", tone: "idle", shape: "barred" }
        }
      />
    ),
  },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <Edit team={row} /> },
];

function queryOf({ search = "", cursor }: ReturnType<typeof teamsSearch>) {
  return { limit: ROWS, ...(search.trim() !== "" && { search: search.trim() }), ...(cursor !== undefined && { cursor }) };
}

/** People who answer for something together. */
export function TeamsPage() {
  const { roles } = useSession();
  const given = useSearch({ from: "/signed-in/teams" });
  const navigate = useNavigate({ from: "/teams" });
  const [isAdding, setAdding] = useState(false);
  const { search = "" } = given;
  const list = useQuery({ ...read(listTeams, { query: queryOf(given) }), placeholderData: keepPreviousData });
  const add = (
    <Button look="primary" icon="plus" whyNot={whyNotCall(addTeam, roles)} onClick={() => setAdding(true)}>
      Add a team
    </Button>
  );
  return (
    <Page
      title={pageWords("/teams")}
      above={<Link to="/people">{pageWords("/people")}</Link>}
      below="People who answer for something together, and one of them who leads."
      actions={add}
    >
      <div className={bar.bar}>
        <div className={bar.filters} role="search">
          <FilterSearch
            label="Search teams"
            hint="Name"
            value={search}
            onChange={(typed) => void navigate({ search: typed === "" ? {} : { search: typed }, replace: true })}
          />
        </div>
      </div>
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="Teams"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={<NoTeams isWhole={search === ""} add={add} />}
        />
      )}
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/teams" search={{ ...given, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
      {isAdding && <TeamForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

function NoTeams({ isWhole, add }: { isWhole: boolean; add: ReactNode }) {
  if (!isWhole) return <Empty title="No team fits">Search looks at the beginnings of words.</Empty>;
  return (
    <Empty title="There is no team yet" action={add}>
      Add one here, or with the estate file.
    </Empty>
  );
}

function Lead({ id }: { id: string | null }) {
  const person = useQuery({ ...read(getPerson, { params: { id: id ?? "" } }), enabled: id !== null });
  if (id === null) return <NotKnown>nobody</NotKnown>;
  return (
    <Link to="/people/$id" params={{ id }}>
      {person.data?.displayName ?? id}
    </Link>
  );
}

function Edit({ team }: { team: TeamView }) {
  const { roles } = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button isSmall look="quiet" icon="pencil" whyNot={whyNotCall(changeTeam, roles)} onClick={() => setOpen(true)}>
        Edit
      </Button>
      {isOpen && <TeamForm team={team} onClose={() => setOpen(false)} />}
    </>
  );
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { invite } from "../../../src/access/contract.ts";
import { addPerson, listPeople, type PersonView, ROLES } from "../../../src/people/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { companyQuery } from "../../company.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import type { peopleSearch } from "../../searches.ts";
import { rolesWords, roleWords } from "../../words.ts";
import { FilterSearch, FilterSelect } from "../../parts/list-bar.tsx";
import bar from "../../parts/list-bar.module.css";
import { Invite } from "./invite.tsx";
import { PersonForm } from "./person-form.tsx";

const ROWS = 100;

const COLUMNS: readonly Column<PersonView>[] = [
  {
    key: "name",
    title: "Name",
    isName: true,
    cell: (row) => (
      <Link to="/people/$id" params={{ id: row.id }}>
        {row.displayName}
      </Link>
    ),
  },
  { key: "unit", title: "Unit", cell: (row) => row.unit ?? <NotKnown>none</NotKnown> },
  {
    key: "roles",
    title: "Roles",
    isFlexible: true,
    cell: (row) => (row.roles.length === 0 ? <NotKnown>none</NotKnown> : rolesWords(row.roles, "and")),
  },
  { key: "standing", title: "Standing", cell: (row) => <Badge sign={standingOf(row)} /> },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <PersonActs person={row} /> },
];

export function standingOf(person: PersonView) {
  if (!person.active) return { word: "Left", tone: "idle", shape: "barred" } as const;
  if (person.onLeave) return { word: "Away", tone: "wait", shape: "paused" } as const;
  return { word: "Active", tone: "ok", shape: "solid" } as const;
}

function queryOf({ search = "", role, cursor }: ReturnType<typeof peopleSearch>) {
  return {
    limit: ROWS,
    ...(search.trim() !== "" && { search: search.trim() }),
    ...(role !== undefined && { role }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** Who works here: who may own, decide and implement, and who can sign in to do it. */
export function PeoplePage() {
  const { roles } = useSession();
  const given = useSearch({ from: "/signed-in/people" });
  const navigate = useNavigate({ from: "/people" });
  const [isAdding, setAdding] = useState(false);
  const { search = "", role } = given;
  const narrow = (part: Partial<typeof given>) => void navigate({ search: { ...given, ...part, cursor: undefined }, replace: true });
  const list = useQuery({
    ...read(listPeople, { query: queryOf(given) }),
    placeholderData: keepPreviousData,
  });
  const isWhole = search === "" && role === undefined;
  const add = (
    <Button look="primary" icon="plus" whyNot={whyNotCall(addPerson, roles)} onClick={() => setAdding(true)}>
      Add a person
    </Button>
  );
  return (
    <Page
      title={pageWords("/people")}
      below={<WhoComesIn />}
      actions={
        <>
          <Link to="/teams" className={buttonClass()}>
            Teams
          </Link>
          {add}
        </>
      }
    >
      <Narrowing search={search} role={role} onNarrow={narrow} />
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="People"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={<NoPeople isWhole={isWhole} add={add} />}
        />
      )}
      <Pages next={list.data?.next} />
      {isAdding && <PersonForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

/** With a company provider an invitation is not the only way in. */
function WhoComesIn() {
  const { data } = useQuery(companyQuery);
  const roles = "Roles decide who may own, approve and implement.";
  if (data === undefined) return roles;
  if (data.name === undefined) return `${roles} Nobody signs in before being invited.`;
  return `${roles} One signs in with a passkey, which takes an invitation, or with an account of ${data.name} that is connected; decisions are signed with a passkey alone.`;
}

type Wanted = Pick<ReturnType<typeof peopleSearch>, "search" | "role">;

function Narrowing({ search = "", role, onNarrow }: Wanted & { onNarrow: (part: Wanted) => void }) {
  return (
    <div className={bar.bar}>
      <div className={bar.filters} role="search">
        <FilterSearch
          label="Search people"
          hint="Name, mail or unit"
          value={search}
          onChange={(typed) => onNarrow({ search: typed === "" ? undefined : typed })}
        />
        <FilterSelect
          label="Role"
          all="Every role"
          value={role}
          options={ROLES.map((each) => ({ value: each, label: roleWords(each) }))}
          onChange={(chosen) => onNarrow({ role: ROLES.find((each) => each === chosen) })}
        />
      </div>
    </div>
  );
}

function NoPeople({ isWhole, add }: { isWhole: boolean; add: ReactNode }) {
  if (!isWhole) return <Empty title="Nobody fits">Search looks at the beginnings of words of the name, the mail and the unit.</Empty>;
  return (
    <Empty title="Nobody is known yet" action={add}>
      Add people by hand, from a file, or from a connected directory.
    </Empty>
  );
}

function Pages({ next }: { next: string | undefined }) {
  const given = useSearch({ from: "/signed-in/people" });
  if (next === undefined && given.cursor === undefined) return null;
  return (
    <nav className={bar.foot} aria-label="Pages">
      {given.cursor !== undefined && (
        <Link to="/people" search={{ ...given, cursor: undefined }} className={buttonClass()}>
          First page
        </Link>
      )}
      {next !== undefined && (
        <Link to="/people" search={{ ...given, cursor: next }} className={buttonClass()}>
          Next page
        </Link>
      )}
    </nav>
  );
}

function PersonActs({ person }: { person: PersonView }) {
  const { roles } = useSession();
  const [asking, setAsking] = useState<"invite" | "edit">();
  const close = () => setAsking(undefined);
  if (!person.active) return null;
  return (
    <span className={bar.acts}>
      <Button isSmall look="quiet" icon="pencil" whyNot={whyNotCall(addPerson, roles)} onClick={() => setAsking("edit")}>
        Edit
      </Button>
      <Button isSmall icon="key" whyNot={whyNotCall(invite, roles)} onClick={() => setAsking("invite")}>
        Invite
      </Button>
      {asking === "edit" && <PersonForm person={person.id} onClose={close} />}
      {asking === "invite" && <Invite person={person} onClose={close} />}
    </span>
  );
}

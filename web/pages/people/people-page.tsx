import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { invite } from "../../../src/access/contract.ts";
import { addPerson, listPeople, type PersonView } from "../../../src/people/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { rolesWords } from "../../words.ts";
import { FilterSearch } from "../../parts/list-bar.tsx";
import bar from "../../parts/list-bar.module.css";
import { Invite } from "./invite.tsx";
import { PersonForm } from "./person-form.tsx";

const ROWS = 100;

const COLUMNS: readonly Column<PersonView>[] = [
  { key: "name", title: "Name", isName: true, cell: (row) => row.displayName },
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

function standingOf(person: PersonView) {
  if (!person.active) return { word: "Left", tone: "idle", shape: "barred" } as const;
  if (person.onLeave) return { word: "Away", tone: "wait", shape: "paused" } as const;
  return { word: "Active", tone: "ok", shape: "solid" } as const;
}

/** Who works here: who may own, decide and implement, and who can sign in to do it. */
export function PeoplePage() {
  const { roles } = useSession();
  const [typed, setTyped] = useState("");
  const [isAdding, setAdding] = useState(false);
  const search = useDeferredValue(typed.trim());
  const list = useQuery({
    ...read(listPeople, { query: { limit: ROWS, ...(search !== "" && { search }) } }),
    placeholderData: keepPreviousData,
  });
  const add = (
    <Button look="primary" icon="plus" whyNot={whyNotCall(addPerson, roles)} onClick={() => setAdding(true)}>
      Add a person
    </Button>
  );
  return (
    <Page
      title={pageWords("/people")}
      below="Roles decide who may own, approve and implement. Nobody signs in before being invited."
      actions={add}
    >
      <div className={bar.bar}>
        <div className={bar.filters} role="search">
          <FilterSearch label="Search people" hint="Name" value={typed} onChange={setTyped} />
        </div>
      </div>
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="People"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty title={search === "" ? "Nobody is known yet" : "Nobody fits"} action={search === "" ? add : undefined}>
              {search === ""
                ? "Add people by hand, from a file, or from a connected directory."
                : "Search looks at the beginnings of names."}
            </Empty>
          }
        />
      )}
      {list.data?.next !== undefined && <p className={bar.foot}>Only the first {ROWS} are shown; search for the others.</p>}
      {isAdding && <PersonForm onClose={() => setAdding(false)} />}
    </Page>
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

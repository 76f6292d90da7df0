import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { listInvitations } from "../../../src/access/contract.ts";
import { listCategories } from "../../../src/exceptions/contract.ts";
import { changePerson, getPerson, listTeams, type PersonDetailsView } from "../../../src/people/contract.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { useConnectionNames } from "../../names.ts";
import { pageWords } from "../../pages-by-job.ts";
import { apart } from "../../parts/apart.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { listWords, rolesWords } from "../../words.ts";
import { Delegations } from "./delegations.tsx";
import { Leave } from "./leave.tsx";
import { Owned } from "./owned.tsx";
import { standingOf } from "./people-page.tsx";
import { PersonForm } from "./person-form.tsx";

/** One person: what they hold, answer for and may decide, and who acts for them. */
export function PersonPage() {
  const { id } = useParams({ from: "/signed-in/people/$id" });
  const { roles } = useSession();
  const person = useQuery(read(getPerson, { params: { id } }));
  const [isEditing, setEditing] = useState(false);
  return (
    <Page
      title={person.data?.displayName ?? "Person"}
      mark={person.data !== undefined && <Badge sign={standingOf(person.data)} isBoxed />}
      above={<Link to="/people">{pageWords("/people")}</Link>}
      actions={
        <>
          {mayCall(listInvitations, roles) && (
            <Link to="/administration" search={{ person: id }} className={buttonClass()}>
              Passkeys and sessions
            </Link>
          )}
          <Button icon="pencil" whyNot={whyNotCall(changePerson, roles)} onClick={() => setEditing(true)}>
            Edit
          </Button>
        </>
      }
      isNarrow
    >
      {person.error !== null && (
        <Section title="Not shown">
          <Failure error={failureFrom(person.error)} />
        </Section>
      )}
      {person.data !== undefined && <Known person={person.data} />}
      {isEditing && <PersonForm person={id} onClose={() => setEditing(false)} />}
    </Page>
  );
}

function Known({ person }: { person: PersonDetailsView }) {
  return (
    <>
      <Section title="Who">
        <Facts>
          <Fact name="Unit">{person.unit ?? <NotKnown>none</NotKnown>}</Fact>
          <Fact name="Roles">
            {person.roles.length === 0 ? <NotKnown>none: may ask, and decides nothing</NotKnown> : rolesWords(person.roles, "and")}
          </Fact>
          <Fact name="May decide">
            <MayDecide roles={person.roles} />
          </Fact>
          <Fact name="Teams">
            <Teams id={person.id} />
          </Fact>
          {person.details === undefined ? (
            <Fact name="The rest">
              <NotKnown>is for the person and those who keep people</NotKnown>
            </Fact>
          ) : (
            <Details details={person.details} />
          )}
        </Facts>
      </Section>
      <Owned id={person.id} name={person.displayName} />
      {person.details !== undefined && <Leave person={person} leave={person.details.leave} />}
      <Delegations person={person} />
    </>
  );
}

function Details({ details }: { details: NonNullable<PersonDetailsView["details"]> }) {
  const nameOf = useConnectionNames();
  return (
    <>
      <Fact name="Mail">{details.email ?? <NotKnown>none</NotKnown>}</Fact>
      <Fact name="Manager">
        <Named id={details.manager} />
      </Fact>
      <Fact name="Deputy">
        <Named id={details.deputy} />
      </Fact>
      <Fact name="Accounts">
        {details.accounts.length === 0 ? (
          <NotKnown>none is known: nothing a provider shows can be told to be theirs</NotKnown>
        ) : (
          <ul>
            {details.accounts.map((account) => (
              <li key={`${account.connection} ${account.key}`}>
                <code>{apart(account.key)}</code> in {nameOf(account.connection)} {!account.enabled && <Tag tone="wait">disabled</Tag>}{" "}
                {account.secondary && <Tag>secondary</Tag>}
              </li>
            ))}
          </ul>
        )}
      </Fact>
      {details.left !== null && (
        <Fact name="Left">
          <Time at={details.left.at} />: {details.left.reason}
        </Fact>
      )}
    </>
  );
}

/** Somebody else by name, with the way to them. */
function Named({ id }: { id: string | null }) {
  const person = useQuery({ ...read(getPerson, { params: { id: id ?? "" } }), enabled: id !== null });
  if (id === null) return <NotKnown>nobody</NotKnown>;
  return (
    <Link to="/people/$id" params={{ id }}>
      {person.data?.displayName ?? id}
    </Link>
  );
}

/** The categories in which one of the roles approves; nobody ever decides on what they asked for themselves. */
function MayDecide({ roles }: { roles: PersonDetailsView["roles"] }) {
  const categories = useQuery(read(listCategories, {}));
  if (categories.data === undefined) return <NotKnown>…</NotKnown>;
  const own: readonly string[] = roles;
  const deciding = categories.data.items.filter(({ approvers }) =>
    approvers.some((stage) => stage.roles.some((role) => own.includes(role))),
  );
  if (deciding.length === 0) return <NotKnown>nothing</NotKnown>;
  return listWords(deciding.map(({ title }) => title));
}

function Teams({ id }: { id: string }) {
  const teams = useQuery(read(listTeams, { query: { member: id, limit: 50 } }));
  if (teams.data === undefined) return <NotKnown>…</NotKnown>;
  if (teams.data.items.length === 0) return <NotKnown>none</NotKnown>;
  return listWords(teams.data.items.map((team) => (team.lead === id ? `${apart(team.name)} (leads it)` : team.name)));
}

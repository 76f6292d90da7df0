import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { listInvitations } from "../../../src/access/contract.ts";
import { getPerson } from "../../../src/people/contract.ts";
import { mayCall } from "../../can.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { CompanyAccounts } from "../access/company-accounts.tsx";
import { Passkeys } from "../access/passkeys.tsx";
import { Sessions } from "../access/sessions.tsx";
import { PersonField } from "../request/pickers.tsx";
import styles from "./administration.module.css";
import { CalendarOf } from "./calendar-of.tsx";
import { Installation } from "./installation.tsx";
import { Invitations } from "./invitations.tsx";

/** Who can get in, what with, and what all of it rests on. */
export function AdministrationPage() {
  const { roles } = useSession();
  const isAdministrator = mayCall(listInvitations, roles);
  return (
    <Page title={pageWords("/administration")} below="Who can get in and with what; the keys, the backups, and what runs here.">
      {isAdministrator && <Invitations />}
      {isAdministrator && <Somebody />}
      <Installation />
    </Page>
  );
}

/** Passkeys, sessions and calendar address of one person, for who lost a device or left in a hurry. */
function Somebody() {
  const { person: id = "" } = useSearch({ from: "/signed-in/administration" });
  const navigate = useNavigate({ from: "/administration" });
  const person = useQuery({ ...read(getPerson, { params: { id } }), enabled: id !== "" });
  return (
    <>
      <Section
        title="Passkeys and sessions of somebody"
        note={
          <>
            For a device that was lost. Your own are under <Link to="/access">{pageWords("/access")}</Link>.
          </>
        }
      >
        <div className={styles.pick}>
          <PersonField
            label="Whose"
            value={id}
            onChange={(chosen) => void navigate({ search: chosen === "" ? {} : { person: chosen }, replace: true })}
          />
        </div>
      </Section>
      {person.data !== undefined && (
        <>
          <Passkeys person={{ id, name: person.data.displayName }} />
          <CompanyAccounts person={{ id, name: person.data.displayName }} />
          <Sessions person={{ id, name: person.data.displayName }} />
          <CalendarOf person={{ id, name: person.data.displayName }} />
        </>
      )}
    </>
  );
}

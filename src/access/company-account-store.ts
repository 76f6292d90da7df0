/** Rows of company accounts, and the changes that make them. */
import type { SubjectChange } from "../journal/append.ts";
import type { Db } from "../platform/db.ts";
import { type CompanyAccount, type CompanyAccountEvent, evolve } from "./company-account.ts";

type Tables = {
  company_account: {
    id: string;
    version: number;
    state: unknown;
    person: string;
    issuer: string;
    subject: string;
    status: string;
  };
};

export interface StoredCompanyAccount {
  readonly version: number;
  readonly account: CompanyAccount;
}

export type CompanyAccountStore = ReturnType<typeof createCompanyAccountStore>;

export function createCompanyAccountStore(untyped: Db) {
  const rows = untyped.withTables<Tables>().selectFrom("company_account").select(["version", "state"]);
  return {
    async find(id: string): Promise<StoredCompanyAccount | undefined> {
      const row = await rows.where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    /** Every connection there ever was of an account of the provider, the newest first. */
    async ofSubject(issuer: string, subject: string): Promise<StoredCompanyAccount[]> {
      const found = await rows.where("issuer", "=", issuer).where("subject", "=", subject).orderBy("id", "desc").execute();
      return found.map(stored);
    },
    async connectedOf(person: string): Promise<StoredCompanyAccount[]> {
      return (await rows.where("person", "=", person).where("status", "=", "connected").orderBy("id").execute()).map(stored);
    },
  };
}

function stored(row: { version: number; state: unknown }): StoredCompanyAccount {
  return { version: row.version, account: row.state as CompanyAccount };
}

export function companyAccountChange(before: StoredCompanyAccount | undefined, event: CompanyAccountEvent): SubjectChange {
  const state = evolve(before?.account, event);
  return {
    kind: "companyAccount",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: [event],
    state,
    table: "company_account",
    columns: companyAccountColumns(state),
  };
}

/** The columns that follow from the state alone. */
export function companyAccountColumns({ person, issuer, subject, state }: CompanyAccount): Readonly<Record<string, unknown>> {
  return { person, issuer, subject, status: state };
}

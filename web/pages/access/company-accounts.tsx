import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";

import { type companyAccountView, disconnectCompanyAccount, listCompanyAccounts } from "../../../src/access/contract-company.ts";
import { call, failureFrom } from "../../api.ts";
import { companyQuery, leaveToConnect } from "../../company.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { assert } from "../../passkeys.ts";
import { queries, read } from "../../queries.ts";
import { useSession } from "../../session.tsx";

type Account = z.output<typeof companyAccountView>;

interface Holder {
  /** Absent for one's own. */
  readonly person?: { readonly id: string; readonly name: string } | undefined;
}

/** The account at the company's provider that lets somebody in beside a passkey; nothing where no provider is configured. */
export function CompanyAccounts({ person, whyNotSign }: Holder & { whyNotSign?: string | undefined }) {
  const company = useQuery(companyQuery);
  const list = useQuery(read(listCompanyAccounts, { query: person === undefined ? {} : { person: person.id } }));
  const name = company.data?.name;
  const accounts = list.data?.items ?? [];
  if (name === undefined && accounts.length === 0) return null;
  return (
    <Section title="Company account" note="Lets in beside a passkey. It decides nothing: each decision takes a passkey.">
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {accounts.map((account) => (
        <AccountFacts key={account.id} person={person} account={account} name={name} whyNotSign={whyNotSign} />
      ))}
      {list.data?.items.length === 0 && <NoAccount person={person} name={name ?? ""} whyNotSign={whyNotSign} />}
    </Section>
  );
}

function NoAccount({ person, name, whyNotSign }: Holder & { name: string; whyNotSign: string | undefined }) {
  if (person === undefined) return <Connect name={name} whyNotSign={whyNotSign} />;
  return <Empty title={`No company account of ${apart(person.name)} is connected`}>They connect it themselves, or a directory does.</Empty>;
}

function Connect({ name, whyNotSign }: { name: string; whyNotSign: string | undefined }) {
  const { person } = useSession();
  const leaving = useMutation({ mutationFn: () => leaveToConnect(person.id, "/access") });
  return (
    <>
      <Empty
        title={`No account of ${apart(name)} is connected`}
        action={
          <Button icon="plug" isBusy={leaving.isPending || leaving.isSuccess} whyNot={whyNotSign} onClick={() => leaving.mutate()}>
            Connect
          </Button>
        }
      >
        You sign for it with your passkey, sign in at {name}, and come back here.
      </Empty>
      {leaving.error !== null && <Failure error={failureFrom(leaving.error)} title="Nothing was connected" />}
    </>
  );
}

interface AccountProps extends Holder {
  account: Account;
  name: string | undefined;
  whyNotSign: string | undefined;
}

function AccountFacts({ person, account, name, whyNotSign }: AccountProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Facts>
        <Fact name="Provider">{name === undefined ? account.issuer : `${apart(name)} (${account.issuer})`}</Fact>
        <Fact name="Account">
          <Hash value={account.subject} />
        </Fact>
        <Fact name="Connected">
          <Time at={account.connectedAt} />
        </Fact>
      </Facts>
      <div>
        <Button icon="trash" whyNot={whyNotSign} onClick={() => setAsking(true)}>
          Disconnect
        </Button>
      </div>
      {isAsking && <Disconnect person={person} account={account} onClose={() => setAsking(false)} />}
    </>
  );
}

function Disconnect({ person, account, onClose }: Holder & { account: Account; onClose: () => void }) {
  const ending = useMutation({
    mutationFn: async () => {
      const assertion = await assert("access.disconnectAccount", account.id);
      await call(disconnectCompanyAccount, { params: { id: account.id }, body: { assertion } });
    },
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title={`Disconnect the company account ${person === undefined ? "you come in with" : `of ${apart(person.name)}`}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="danger" icon="key" isBusy={ending.isPending} onClick={() => ending.mutate()}>
            Disconnect it
          </Button>
        </>
      }
    >
      <p>
        It lets nobody in any more, and every session it opened ends at once
        {person === undefined
          ? ", this one too if it is one. You can connect it again."
          : ". Only they can connect it again, with a passkey."}
      </p>
      {ending.error !== null && <Failure error={failureFrom(ending.error)} title="It stays connected" />}
    </Dialog>
  );
}

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";

import { type companyAccountView, disconnectCompanyAccount, listCompanyAccounts } from "../../../src/access/contract-company.ts";
import { call, failureFrom } from "../../api.ts";
import { companyQuery, leaveToConnect } from "../../company.ts";
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

/** The account at the company's provider that lets one in beside a passkey; nothing where no provider is configured. */
export function CompanyAccounts({ whyNotSign }: { whyNotSign: string | undefined }) {
  const company = useQuery(companyQuery);
  const list = useQuery(read(listCompanyAccounts, { query: {} }));
  const name = company.data?.name;
  const accounts = list.data?.items ?? [];
  if (name === undefined && accounts.length === 0) return null;
  return (
    <Section title="Company account" note="Lets you in beside your passkey. It decides nothing: each decision takes a passkey.">
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {accounts.map((account) => (
        <AccountFacts key={account.id} account={account} name={name} whyNotSign={whyNotSign} />
      ))}
      {list.data !== undefined && accounts.length === 0 && name !== undefined && <Connect name={name} whyNotSign={whyNotSign} />}
    </Section>
  );
}

function Connect({ name, whyNotSign }: { name: string; whyNotSign: string | undefined }) {
  const { person } = useSession();
  const leaving = useMutation({ mutationFn: () => leaveToConnect(person.id, "/access") });
  return (
    <>
      <Empty
        title={`No account of ${name} is connected`}
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

function AccountFacts({ account, name, whyNotSign }: { account: Account; name: string | undefined; whyNotSign: string | undefined }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Facts>
        <Fact name="Provider">{name === undefined ? account.issuer : `${name} (${account.issuer})`}</Fact>
        <Fact name="Its name for you">
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
      {isAsking && <Disconnect account={account} onClose={() => setAsking(false)} />}
    </>
  );
}

function Disconnect({ account, onClose }: { account: Account; onClose: () => void }) {
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
      title="Disconnect your company account?"
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
      <p>It lets nobody in any more, and every session it opened ends at once, this one too if it is one. You can connect it again.</p>
      {ending.error !== null && <Failure error={failureFrom(ending.error)} title="It stays connected" />}
    </Dialog>
  );
}

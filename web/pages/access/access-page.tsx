import { useQuery } from "@tanstack/react-query";

import { listPasskeys } from "../../../src/access/contract.ts";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { pageWords } from "../../pages-by-job.ts";
import { CompanyAccounts } from "./company-accounts.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";

/** Where one is signed in, and by what one can. */
export function AccessPage() {
  const passkeys = useQuery(read(listPasskeys, { query: {} }));
  const hasNone = passkeys.data !== undefined && !passkeys.data.items.some(({ state }) => state === "active");
  return (
    <Page title={pageWords("/access")} below="Where you are signed in, and what lets you in.">
      {hasNone && (
        <Notice tone="wait" title="You have no passkey here">
          You can read and ask. To decide, ask an administrator for an invitation: its link lets you make a passkey.
        </Notice>
      )}
      <Passkeys />
      <CompanyAccounts whyNotSign={hasNone ? "It is signed with a passkey, and you have none here." : undefined} />
      <Sessions />
    </Page>
  );
}

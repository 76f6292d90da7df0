import { useMutation, useQuery } from "@tanstack/react-query";

import { readSession } from "../../../src/access/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { companyQuery } from "../../company.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import type { Session } from "../../session.tsx";

/** For whoever came in through the company's provider and has no passkey: in another tab, so that nothing typed in this one is lost. */
export function CompanyAgain({ onBack }: { onBack: (session: Session) => void }) {
  const company = useQuery(companyQuery);
  const checking = useMutation({ mutationFn: () => call(readSession, {}, { asksToSignIn: false }), onSuccess: onBack });
  const name = company.data?.name;
  if (name === undefined) return null;
  return (
    <>
      <p>
        Or{" "}
        <a href="/sign-in?to=/access" target="_blank" rel="noreferrer">
          sign in with {name} in a new tab
        </a>{" "}
        and come back here.
      </p>
      <Button icon="refresh" isBusy={checking.isPending} onClick={() => checking.mutate()}>
        I am signed in: go on
      </Button>
      {checking.error !== null && <Failure error={failureFrom(checking.error)} title="Nobody is signed in yet" />}
    </>
  );
}

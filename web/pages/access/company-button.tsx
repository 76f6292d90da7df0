import { useMutation, useQuery } from "@tanstack/react-query";

import { failureFrom } from "../../api.ts";
import { companyQuery, leaveForCompany } from "../../company.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";

/** The second way in, below the passkey's; nothing at all where no provider is configured. */
export function CompanyButton({ to }: { to: string }) {
  const company = useQuery(companyQuery);
  const leaving = useMutation({ mutationFn: () => leaveForCompany(to) });
  const name = company.data?.name;
  if (name === undefined) return null;
  return (
    <>
      <Button icon="door" isBusy={leaving.isPending || leaving.isSuccess} onClick={() => leaving.mutate()}>
        Sign in with {name}
      </Button>
      {leaving.error !== null && <Failure error={failureFrom(leaving.error)} title="Not signed in" />}
    </>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { failureFrom } from "../../api.ts";
import { isExample } from "../../instance.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Threshold } from "../../parts/frame.tsx";
import { signIn } from "../../passkeys.ts";
import { queries } from "../../queries.ts";
import { sessionQuery } from "../../session.tsx";
import { PersonasPage } from "../example/personas-page.tsx";
import { CompanyButton } from "./company-button.tsx";

/** A passkey first, and beside it the company's provider where there is one. There is no name to type and no password field to fill. */
export function SignInPage() {
  const { to } = useSearch({ from: "/sign-in" });
  return isExample ? <PersonasPage to={to ?? "/first-hour"} /> : <WithPasskey to={to ?? "/"} />;
}

function WithPasskey({ to }: { to: string }) {
  const navigate = useNavigate();
  const entry = useMutation({
    mutationFn: signIn,
    onSuccess: async (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: to, replace: true });
    },
  });
  return (
    <Threshold
      title="Sign in"
      below="First time here? Postern printed a one-time link in its terminal. Lost every passkey? An administrator can invite you again."
    >
      <p>Use the passkey you enrolled here. Postern has no passwords.</p>
      <Button look="primary" icon="key" isBusy={entry.isPending} onClick={() => entry.mutate()}>
        Sign in with a passkey
      </Button>
      {entry.error !== null && <Failure error={failureFrom(entry.error)} title="Not signed in" />}
      <CompanyButton to={to} />
    </Threshold>
  );
}

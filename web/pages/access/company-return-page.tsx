import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { failureFrom } from "../../api.ts";
import { companyAnswer, finishAtCompany } from "../../company.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Threshold } from "../../parts/frame.tsx";
import { queries } from "../../queries.ts";
import { sessionQuery } from "../../session.tsx";

/** Where the company's provider sends the browser back to: hands its answer over, once. */
export function CompanyReturnPage() {
  const navigate = useNavigate();
  const [answer] = useState(companyAnswer);
  const finishing = useQuery({
    queryKey: ["finishCompanySignIn", answer],
    queryFn: () => finishAtCompany(answer),
    retry: false,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const to = finishing.data?.to;
  useEffect(() => {
    // Used up with the first try: a reload would only be refused.
    history.replaceState(history.state, "", location.pathname);
    if (to === undefined) return;
    queries.removeQueries({ queryKey: sessionQuery.queryKey });
    void navigate({ href: to, replace: true });
  }, [to, navigate]);
  if (finishing.error === null) return <Threshold title="Coming back from your provider">One moment.</Threshold>;
  const failure = failureFrom(finishing.error);
  const code = failure.reasons[0]?.code ?? "";
  return (
    <Threshold title={TITLES[code] ?? "It did not work"}>
      <Failure error={failure} title="Nothing changed here" />
      {code in TITLES && (
        <p>
          <a href={`/problems/${code}`}>What this means, and what to do</a>
        </p>
      )}
      <Button look="primary" icon="key" onClick={() => void navigate({ to: "/" })}>
        Go on without it
      </Button>
    </Threshold>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  "access.challengeInvalid": "This answer is not valid here",
  "access.companyAccountTaken": "The account is somebody else's",
  "access.companyAccountUnknown": "Nobody here has this account",
  "access.companyAnswerInvalid": "The provider's answer is not believed",
  "access.companyProviderSilent": "The provider does not answer",
  "access.companyRefused": "The provider said no",
  "access.companySignInOff": "Not offered here",
  "access.companySignInWeak": "Not signed in strongly enough",
};

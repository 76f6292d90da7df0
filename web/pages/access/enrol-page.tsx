import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { CallFailed, errorsAt, failureFrom } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextField } from "../../parts/field.tsx";
import { Threshold } from "../../parts/frame.tsx";
import { Notice } from "../../parts/notice.tsx";
import { askToEnrol, enrol, signIn } from "../../passkeys.ts";
import { queries } from "../../queries.ts";
import { sessionQuery } from "../../session.tsx";

/** Read once: the secret stays in the fragment, which browsers never send. */
function secretInAddress(): string {
  return location.hash.slice(1);
}

/** A one-time link becomes a passkey, and the passkey the first sign-in. */
export function EnrolPage() {
  const [secret] = useState(secretInAddress);
  const [isEnrolled, setEnrolled] = useState(false);
  const question = useQuery({
    queryKey: ["askToEnrol"],
    queryFn: () => askToEnrol(secret),
    enabled: secret !== "",
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (secret === "") return <NoLink words="This address lacks the secret part after the #. Open the whole link you were given." />;
  if (isEnrolled) return <FirstSignIn isFirstRun={isFirstRun(question.error) || question.data?.isFirstRun === true} />;
  if (question.isPending) return <Threshold title="Checking your link">One moment.</Threshold>;
  if (question.error !== null && !isFirstRun(question.error)) return <NoLink words={failureFrom(question.error).message} />;
  return <MakePasskey secret={secret} name={question.data?.name} onDone={() => setEnrolled(true)} />;
}

/** Only the first administrator has no name yet: every other link is for a person who is known. */
function isFirstRun(error: unknown): boolean {
  return error instanceof CallFailed && error.reasons.some((reason) => reason.code === "access.nameNeeded");
}

function NoLink({ words }: { words: string }) {
  return (
    <Threshold title="This link does not work">
      <Notice tone="bad" title="Nothing was enrolled">
        {words}
      </Notice>
      <p>
        Links work once, and for a limited time. Ask an administrator for a new one; at the first start, start Postern again to print one.
      </p>
    </Threshold>
  );
}

function MakePasskey({ secret, name, onDone }: { secret: string; name: string | undefined; onDone: () => void }) {
  const [typed, setTyped] = useState("");
  const making = useMutation({
    mutationFn: async () => enrol(secret, await askToEnrol(secret, name === undefined ? typed.trim() : undefined)),
    onSuccess: () => {
      history.replaceState(history.state, "", location.pathname);
      onDone();
    },
  });
  const failure = making.error === null ? undefined : failureFrom(making.error);
  return (
    <Threshold
      title={name === undefined ? "Set Postern up" : `Welcome, ${apart(name)}`}
      below="A passkey stays on your device or in your keychain. Postern keeps its public half only."
    >
      <p>{name === undefined ? FIRST_RUN_WORDS : "Make the passkey you will sign in and decide with."}</p>
      {name === undefined && (
        <TextField
          label="Your name"
          hint="As colleagues know you; it stands beside what you decide."
          autoComplete="name"
          value={typed}
          onChange={setTyped}
          errors={errorsAt(failure?.reasons ?? [], "/name")}
        />
      )}
      <Button
        look="primary"
        icon="key"
        isBusy={making.isPending}
        whyNot={name === undefined && typed.trim() === "" ? "Enter your name first." : undefined}
        onClick={() => making.mutate()}
      >
        Make a passkey
      </Button>
      {failure !== undefined && <Failure error={failure} />}
    </Threshold>
  );
}

const FIRST_RUN_WORDS = "You are the first here and become its administrator. Make the passkey you will sign in and decide with.";

function FirstSignIn({ isFirstRun: isFirst }: { isFirstRun: boolean }) {
  const navigate = useNavigate();
  const entry = useMutation({
    mutationFn: signIn,
    onSuccess: async (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: isFirst ? "/welcome" : "/", replace: true });
    },
  });
  return (
    <Threshold title="Your passkey is enrolled">
      <p>The link is used up. From now on you sign in with this passkey.</p>
      <Button look="primary" icon="key" isBusy={entry.isPending} onClick={() => entry.mutate()}>
        Sign in with it
      </Button>
      {entry.error !== null && <Failure error={failureFrom(entry.error)} title="Not signed in" />}
    </Threshold>
  );
}

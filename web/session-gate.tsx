import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { failureFrom, onSessionEnd } from "./api.ts";
import { BASE } from "./instance.ts";
import { Button } from "./parts/button.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Failure } from "./parts/failure.tsx";
import { CompanyAgain } from "./pages/access/company-again.tsx";
import { forgetTyped } from "./pages/request/kept-typing.ts";
import { signIn } from "./passkeys.ts";
import { queries } from "./queries.ts";
import { type Session, sessionQuery, useSession } from "./session.tsx";

type Answer = (isSignedIn: boolean) => void;

/**
 * Stands over the page when a session has ended, without taking the page away: whoever signs in again goes on where they were.
 * Calls that met the end of the session wait for the answer. What somebody else had typed in this window is forgotten.
 */
export function SessionGate({ personId }: { personId: string }) {
  // Beside the state: a call may come to wait between two drawings, and must not be forgotten.
  const waiting = useRef<Answer[]>([]);
  const [isAsking, setAsking] = useState(false);
  const { person } = useSession();
  useEffect(() => forgetTyped(person.id), [person.id]);
  useEffect(() => {
    const ask = (resolve: Answer) => {
      waiting.current.push(resolve);
      setAsking(true);
    };
    onSessionEnd(() => new Promise(ask));
    return () => onSessionEnd(() => Promise.resolve(false));
  }, []);
  const answerAll = (isSignedIn: boolean) => {
    setAsking(false);
    for (const answer of waiting.current.splice(0)) answer(isSignedIn);
  };
  const goOnAs = (session: Session) => {
    queries.setQueryData(sessionQuery.queryKey, session);
    // Somebody else at this desk must not go on with what the first one had typed.
    if (session.person.id === personId) answerAll(true);
    else location.assign(`${BASE}/`);
  };
  const again = useMutation({ mutationFn: signIn, onSuccess: goOnAs });
  if (!isAsking) return null;
  return (
    <Dialog
      title="Your session has ended"
      onClose={() => answerAll(false)}
      actions={
        <Button look="primary" icon="key" isBusy={again.isPending} onClick={() => again.mutate()}>
          Sign in and go on
        </Button>
      }
    >
      <p>
        Sign in with your passkey to go on where you were. Everything you typed is still there, and what you just asked for is asked again.
      </p>
      {again.error !== null && <Failure error={failureFrom(again.error)} />}
      <CompanyAgain onBack={goOnAs} />
    </Dialog>
  );
}

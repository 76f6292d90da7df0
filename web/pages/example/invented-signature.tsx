import { useEffect, useState } from "react";

import { signAsPersona } from "../../../src/example-organisation/contract-inside.ts";
import { call } from "../../api.ts";
import { isExample } from "../../instance.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { answerInExample } from "../../passkeys.ts";

type Answer = (isSigned: boolean) => void;

/** Stands where the browser would ask for a passkey: in the example the invented passkey of whoever one walks as answers, when told to. */
export function InventedSignature({ name }: { name: string }) {
  const [waiting, setWaiting] = useState<Answer>();
  useEffect(() => {
    if (!isExample) return undefined;
    const ask = () => new Promise<boolean>((resolve) => setWaiting(() => resolve));
    answerInExample(async (options) => {
      if (!(await ask())) return undefined;
      return (await call(signAsPersona, { body: { options } })).response;
    });
    return () => answerInExample(undefined);
  }, []);
  if (waiting === undefined) return null;
  const answer = (isSigned: boolean) => {
    setWaiting(undefined);
    waiting(isSigned);
  };
  return (
    <Dialog
      title="Sign with an invented passkey"
      onClose={() => answer(false)}
      actions={
        <Button look="primary" icon="key" onClick={() => answer(true)}>
          {`Sign as ${name}`}
        </Button>
      }
    >
      <p>
        {`In real life ${name} would touch a passkey now, and sign exactly what this page shows. This is the example organisation: ${name} is invented, and so is the passkey. The signature is real, and is checked like any other.`}
      </p>
    </Dialog>
  );
}

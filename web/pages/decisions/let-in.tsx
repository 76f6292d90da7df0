import { useState } from "react";

import { type DecisionView, reportLetIn } from "../../../src/decisions/contract-log.ts";
import { useAct } from "../../act.ts";
import { whyNotCall } from "../../can.ts";
import { Button } from "../../parts/button.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { useSession } from "../../session.tsx";
import { nameOf } from "./decision-words.ts";

/** Of a denial as outside of an exception: somebody knows that they got in all the same. */
export function LetIn({ row: { id, subject, exception } }: { row: DecisionView }) {
  const { roles } = useSession();
  const [isAsked, setAsked] = useState(false);
  const reporting = useAct(reportLetIn, () => {
    say(`${exception?.ref} is reported as used outside of what it covers.`);
    setAsked(false);
  });
  return (
    <>
      <Button
        isSmall
        look="quiet"
        icon="flag"
        iconOnly={`Report that ${nameOf(subject)} got in all the same`}
        whyNot={whyNotCall(reportLetIn, roles)}
        onClick={() => setAsked(true)}
      />
      {isAsked && (
        <ReasonDialog
          title="Did they get in all the same?"
          label="What shows it"
          pointer="/evidence"
          whyNot="Say first what shows it."
          act={`Suspend ${exception?.ref}`}
          sending={reporting}
          failed="It was not reported"
          onClose={() => setAsked(false)}
          onSend={(evidence) => reporting.mutate({ params: { id }, body: { evidence } })}
        >
          <p>
            The decision point denied this as outside of what {exception?.ref} covers. If they were let in nonetheless, {exception?.ref} is
            suspended and an incident is raised. What you write stands in the journal with your name.
          </p>
        </ReasonDialog>
      )}
    </>
  );
}

import { useState } from "react";

import { type BypassView, claimBypass, escalateBypass, removeBypass } from "../../../src/bypasses/contract.ts";
import { useAct } from "../../act.ts";
import { whyNotCall } from "../../can.ts";
import { useConnectionNames } from "../../names.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { useSession } from "../../session.tsx";
import bar from "../../parts/list-bar.module.css";
import { IntoDraft, useDraftMade } from "../request/into-draft.tsx";
import { Escalate } from "./escalate.tsx";
import { formWords } from "./form-words.ts";

interface BypassProps {
  bypass: BypassView;
}

/** What can be done about an unregistered bypass: answer for it, or take it out. */
export function BypassActs({ bypass }: BypassProps) {
  const { roles } = useSession();
  const [asking, setAsking] = useState<"claim" | "remove" | "escalate">();
  if (bypass.status !== "unregistered" && bypass.status !== "escalated") return null;
  const close = () => setAsking(undefined);
  return (
    <span className={bar.acts}>
      <Button isSmall icon="flag" whyNot={whyNotCall(claimBypass, roles)} onClick={() => setAsking("claim")}>
        Claim
      </Button>
      <Button isSmall look="quiet" icon="trash" whyNot={whyNotCall(removeBypass, roles)} onClick={() => setAsking("remove")}>
        Remove
      </Button>
      {bypass.status === "unregistered" && (
        <Button isSmall look="quiet" icon="warning" whyNot={whyNotCall(escalateBypass, roles)} onClick={() => setAsking("escalate")}>
          Escalate
        </Button>
      )}
      {asking === "escalate" && <Escalate bypass={bypass} onClose={close} />}
      {asking === "claim" && <Claim bypass={bypass} onClose={close} />}
      {asking === "remove" && <Remove bypass={bypass} onClose={close} />}
    </span>
  );
}

/** The category that a kind of account is for; of people it is not known. */
const LIKELY: Readonly<Record<string, string>> = { service: "service_account", device: "device_class" };

function Claim({ bypass, onClose }: BypassProps & { onClose: () => void }) {
  const nameOf = useConnectionNames();
  const { id, subject } = bypass;
  const claiming = useAct(claimBypass, useDraftMade(`${apart(subject.name)}'s bypass is claimed; complete the draft.`));
  return (
    <IntoDraft
      title={`Answer for ${apart(subject.name)}'s bypass`}
      act="Claim into a draft"
      likely={LIKELY[subject.kind]}
      sending={claiming}
      onClose={onClose}
      onSend={(body) => claiming.mutate({ params: { id }, body })}
    >
      <p>A draft opens with everything known filled in. Claiming approves nothing: the draft still has to be approved, or it ends.</p>
      <Facts isTight>
        <Fact name="Who">
          {subject.name}, {subject.kind} in {nameOf(bypass.connection)}
        </Fact>
        <Fact name="Way around">{formWords(bypass.form)}</Fact>
        <Fact name="Policy">{bypass.policy ?? <NotKnown>not known: you choose it in the draft</NotKnown>}</Fact>
        <Fact name="Added by">{bypass.addedBy ?? <NotKnown>not known: the provider does not say</NotKnown>}</Fact>
      </Facts>
    </IntoDraft>
  );
}

function Remove({ bypass: { id, subject, connection, object }, onClose }: BypassProps & { onClose: () => void }) {
  const nameOf = useConnectionNames();
  const removing = useAct(removeBypass, () => {
    say(`${apart(subject.name)}'s bypass was taken out and read back.`);
    onClose();
  });
  return (
    <ReasonDialog
      title={`Remove ${apart(subject.name)}'s bypass?`}
      act={`Remove it from ${apart(nameOf(connection))}`}
      sending={removing}
      failed="It was not removed"
      onClose={onClose}
      onSend={(reason) => removing.mutate({ params: { id }, body: { reason } })}
    >
      <p>
        {subject.name} must sign in the strong way from then on. If something still depends on this bypass, it stops working; claim it
        instead if you are not sure.
      </p>
      <p>
        <code>{object}</code>
      </p>
    </ReasonDialog>
  );
}

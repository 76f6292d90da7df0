import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { type BypassView, claimBypass, escalateBypass, removeBypass } from "../../../src/bypasses/contract.ts";
import { listCategories } from "../../../src/exceptions/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useConnectionNames } from "../../names.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { SelectField, TextArea, TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import bar from "../../parts/list-bar.module.css";
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
  const navigate = useNavigate();
  const nameOf = useConnectionNames();
  const categories = useQuery(read(listCategories, {}));
  const [category, setCategory] = useState(LIKELY[bypass.subject.kind] ?? "");
  const [unit, setUnit] = useState("");
  const claiming = useAct(claimBypass, ({ exception }) => {
    say(`${apart(bypass.subject.name)}'s bypass is claimed; complete the draft.`);
    void navigate({ to: "/request", search: { draft: exception } });
  });
  const reasons = claiming.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/category", "/unit"]);
  return (
    <Dialog
      title={`Answer for ${apart(bypass.subject.name)}'s bypass`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            isBusy={claiming.isPending}
            whyNot={category === "" || unit.trim() === "" ? "Choose a category and name the unit first." : undefined}
            onClick={() => claiming.mutate({ params: { id: bypass.id }, body: { category, unit: unit.trim() } })}
          >
            Claim into a draft
          </Button>
        </>
      }
    >
      <p>A draft opens with everything known filled in. Claiming approves nothing: the draft still has to be approved, or it ends.</p>
      <Facts isTight>
        <Fact name="Who">
          {bypass.subject.name}, {bypass.subject.kind} in {nameOf(bypass.connection)}
        </Fact>
        <Fact name="Way around">{formWords(bypass.form)}</Fact>
        <Fact name="Policy">{bypass.policy ?? <NotKnown>not known: you choose it in the draft</NotKnown>}</Fact>
        <Fact name="Added by">{bypass.addedBy ?? <NotKnown>not known: the provider does not say</NotKnown>}</Fact>
      </Facts>
      <SelectField
        label="Category"
        blank="Choose"
        value={category}
        onChange={setCategory}
        options={categories.data?.items.map(({ key, title }) => ({ value: key, label: title })) ?? []}
        errors={errorsAt(reasons, "/category")}
      />
      <TextField
        label="Unit"
        hint="The part of the organisation that needs it."
        value={unit}
        onChange={setUnit}
        errors={errorsAt(reasons, "/unit")}
      />
      {claiming.error !== null && others.length > 0 && <Failure error={claiming.error} reasons={others} />}
    </Dialog>
  );
}

function Remove({ bypass, onClose }: BypassProps & { onClose: () => void }) {
  const nameOf = useConnectionNames();
  const [reason, setReason] = useState("");
  const removing = useAct(removeBypass, () => {
    say(`${apart(bypass.subject.name)}'s bypass was taken out and read back.`);
    onClose();
  });
  const reasons = removing.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/reason"]);
  return (
    <Dialog
      title={`Remove ${apart(bypass.subject.name)}'s bypass?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="danger"
            isBusy={removing.isPending}
            whyNot={reason.trim() === "" ? "Say why first." : undefined}
            onClick={() => removing.mutate({ params: { id: bypass.id }, body: { reason: reason.trim() } })}
          >
            Remove it from {nameOf(bypass.connection)}
          </Button>
        </>
      }
    >
      <p>
        {bypass.subject.name} must sign in the strong way from then on. If something still depends on this bypass, it stops working; claim
        it instead if you are not sure.
      </p>
      <p>
        <code>{bypass.object}</code>
      </p>
      <TextArea label="Why" value={reason} onChange={setReason} errors={errorsAt(reasons, "/reason")} />
      {removing.error !== null && others.length > 0 && <Failure error={removing.error} reasons={others} title="It was not removed" />}
    </Dialog>
  );
}

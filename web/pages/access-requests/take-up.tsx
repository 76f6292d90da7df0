import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { type AccessRequestView, takeUpAccessRequest } from "../../../src/access-requests/contract.ts";
import { listCategories } from "../../../src/exceptions/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";

interface TakeUpProps {
  request: AccessRequestView;
  onClose: () => void;
}

/** Makes a draft of what was denied, in the name of who asks. */
export function TakeUp({ request, onClose }: TakeUpProps) {
  const navigate = useNavigate();
  const categories = useQuery(read(listCategories, {}));
  const [category, setCategory] = useState("");
  const [unit, setUnit] = useState("");
  const taking = useAct(takeUpAccessRequest, ({ exception }) => {
    say("A draft with what is known is open; complete it.");
    void navigate({ to: "/request", search: { draft: exception } });
  });
  const reasons = taking.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/category", "/unit"]);
  return (
    <Dialog
      title="Ask for an exception?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            isBusy={taking.isPending}
            whyNot={category === "" || unit.trim() === "" ? "Choose a category and name the unit first." : undefined}
            onClick={() => taking.mutate({ params: { id: request.id }, body: { category, unit: unit.trim() } })}
          >
            Open a draft
          </Button>
        </>
      }
    >
      <p>A draft opens in your name with what is known filled in. You complete it, others approve it; nothing is granted by asking.</p>
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
      {taking.error !== null && others.length > 0 && <Failure error={taking.error} reasons={others} />}
    </Dialog>
  );
}

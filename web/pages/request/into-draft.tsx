import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { listCategories } from "../../../src/exceptions/contract.ts";
import { type CallFailed, errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";

interface IntoDraftProps {
  title: string;
  /** What is known, and what comes of it. */
  children: ReactNode;
  act: string;
  likely?: string | undefined;
  sending: { readonly isPending: boolean; readonly error: CallFailed | null };
  onClose: () => void;
  onSend: (begun: { category: string; unit: string }) => void;
}

/** Makes a draft of what was found or denied: what nobody but a person knows of it is asked here. */
export function IntoDraft({ title, children, act, likely = "", sending, onClose, onSend }: IntoDraftProps) {
  const categories = useQuery(read(listCategories, {}));
  const [category, setCategory] = useState(likely);
  const [unit, setUnit] = useState("");
  const { isPending, error } = sending;
  const reasons = error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/category", "/unit"]);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            isBusy={isPending}
            whyNot={category === "" || unit.trim() === "" ? "Choose a category and name the unit first." : undefined}
            onClick={() => onSend({ category, unit: unit.trim() })}
          >
            {act}
          </Button>
        </>
      }
    >
      {children}
      <SelectField
        label="Category"
        blank="Choose"
        value={category}
        onChange={setCategory}
        options={categories.data?.items.map(({ key, title: words }) => ({ value: key, label: words })) ?? []}
        errors={errorsAt(reasons, "/category")}
      />
      <TextField
        label="Unit"
        hint="The part of the organisation that needs it."
        value={unit}
        onChange={setUnit}
        errors={errorsAt(reasons, "/unit")}
      />
      {error !== null && others.length > 0 && <Failure error={error} reasons={others} />}
    </Dialog>
  );
}

/** Goes on with the draft that was made. */
export function useDraftMade(words: string): (made: { exception: string }) => void {
  const navigate = useNavigate();
  return ({ exception }) => {
    say(words);
    void navigate({ to: "/request", search: { draft: exception } });
  };
}

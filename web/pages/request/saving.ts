/** Saving, submitting and proposing a request. What is typed is forgotten on this device only once the server has it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { openDraft, proposeVersion, reviseDraft, submitException } from "../../../src/exceptions/contract.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { call } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { say } from "../../parts/toast.tsx";
import { draftOf, instantOf, type TypedRequest } from "./typed-request.ts";

export type Purpose = "draft" | "extension" | "change";

interface Saving {
  readonly typed: TypedRequest;
  readonly view: ExceptionView | undefined;
  readonly purpose: Purpose;
  readonly isDirty: boolean;
  readonly forget: () => void;
}

/** The acts of the form. `put` puts it forward; `seenTwins` are those a person has looked at. */
export function useSaving({ typed, view, purpose, isDirty, forget }: Saving) {
  const { nowMs, zone } = useNow();
  const navigate = useNavigate();
  const queries = useQueryClient();
  // The same draft is opened once, however often the answer is lost on the way.
  const draftKey = useRef(crypto.randomUUID());
  const saved = useRef(view);
  const content = () => draftOf(typed, zone as Zone, instantOf(nowMs));

  const store = async (): Promise<ExceptionView> => {
    const before = saved.current;
    if (before === undefined) {
      const body = { category: typed.category, unit: typed.unit, content: content() };
      saved.current = await call(openDraft, { body }, { idempotencyKey: draftKey.current });
    } else if (isDirty || before.state !== "draft") {
      saved.current = await call(reviseDraft, { params: { id: before.id }, body: { content: content() } }, { ifMatch: before.version });
    }
    if (saved.current === undefined) throw new Error("a request that was saved has to be known");
    return saved.current;
  };

  const save = useMutation({
    mutationFn: store,
    onSuccess: async (draft) => {
      forget();
      say(`${draft.ref} is saved as a draft.`);
      await queries.invalidateQueries();
      if (view === undefined) await navigate({ to: "/request", search: { draft: draft.id }, replace: true });
    },
  });

  const put = useMutation({
    mutationFn: async (seenTwins: string[]) => {
      if (purpose !== "draft" && view !== undefined) {
        return await call(proposeVersion, { params: { id: view.id }, body: { kind: purpose, content: content(), seenTwins } });
      }
      const draft = await store();
      return await call(submitException, { params: { id: draft.id }, body: { seenTwins } });
    },
    onSuccess: async (request) => {
      forget();
      say(`${request.ref} was put forward.`);
      await queries.invalidateQueries();
      await navigate({ to: "/exceptions/$id", params: { id: request.ref } });
    },
  });
  return { save, put };
}

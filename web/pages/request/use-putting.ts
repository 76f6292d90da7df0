/** Putting a request forward, or proposing an extension or a change. What is typed is forgotten here only once the server has it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { proposeVersion, submitException } from "../../../src/exceptions/contract.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { call, CallFailed } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { say } from "../../parts/toast.tsx";
import { CHANGED_MEANWHILE } from "./draft-on-server.ts";
import { draftOf, instantOf } from "./typed-request.ts";
import type { DraftInHand } from "./use-draft.ts";

export type Purpose = "draft" | "extension" | "change";

interface Putting {
  readonly draft: DraftInHand;
  readonly view: ExceptionView | undefined;
  readonly purpose: Purpose;
}

/** `seenTwins`: those a person has looked at. */
export function usePutting({ draft, view, purpose }: Putting) {
  const { nowMs, zone } = useNow();
  const navigate = useNavigate();
  const queries = useQueryClient();

  const propose = (kind: "extension" | "change", seenTwins: string[]) => {
    const content = draftOf(draft.typed, zone as Zone, instantOf(nowMs));
    return call(proposeVersion, { params: { id: view!.id }, body: { kind, content, seenTwins } }, { ifMatch: view!.version });
  };
  const submit = async (seenTwins: string[]) => {
    const saved = await draft.save();
    if (saved === undefined) return undefined;
    try {
      // Only what is on this screen is put forward, not what somebody saved a moment ago.
      return await call(submitException, { params: { id: saved.id }, body: { seenTwins } }, { ifMatch: saved.version });
    } catch (error) {
      if (!(error instanceof CallFailed) || error.status !== CHANGED_MEANWHILE) throw error;
      await draft.rejoin();
      return undefined;
    }
  };
  return useMutation({
    mutationFn: (seenTwins: string[]) => (purpose === "draft" ? submit(seenTwins) : propose(purpose, seenTwins)),
    onSuccess: async (request) => {
      if (request === undefined) return;
      draft.forget();
      say(`${request.ref} was put forward.`);
      await queries.invalidateQueries();
      await navigate({ to: "/exceptions/$id", params: { id: request.ref } });
    },
  });
}

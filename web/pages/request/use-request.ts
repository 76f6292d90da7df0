/** Everything a form of a request works with: what is typed, what it would meet, what stands against it, and putting it forward. */
import { useState } from "react";

import type { RequestPreview } from "../../../src/exceptions/contract-preview.ts";
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import type { Refusal } from "../../../src/kernel/problem.ts";
import { type CallFailed, errorsAt, failureFrom } from "../../api.ts";
import type { RequestFieldsProps } from "./request-fields.tsx";
import type { TypedRequest } from "./typed-request.ts";
import { type DraftInHand, useDraft } from "./use-draft.ts";
import { usePreview } from "./use-preview.ts";
import { type Purpose, usePutting } from "./use-putting.ts";

export interface RequestInHand {
  readonly draft: DraftInHand;
  readonly told: RequestPreview | undefined;
  readonly isBehind: boolean;
  readonly fields: Omit<RequestFieldsProps, "category">;
  /** Why it could not be saved or put forward, last time it was tried. */
  readonly failure: CallFailed | undefined;
  readonly reasons: readonly Refusal[];
  readonly isPutting: boolean;
  /** `seenTwins`: beside those this page shows. */
  readonly put: (seenTwins?: readonly string[]) => void;
}

interface Beginning {
  readonly keptAs: string;
  readonly view: ExceptionView | undefined;
  readonly initial: TypedRequest;
  readonly purpose: Purpose;
}

/** Said of what is not typed yet: a fault only once somebody thinks that it is. */
const NOT_YET: ReadonlySet<string> = new Set(["exceptions.fieldMissing", "exceptions.scopeEmpty", "exceptions.tooFewControls"]);

export function useRequest({ keptAs, view, initial, purpose }: Beginning): RequestInHand {
  const draft = useDraft({ keptAs, view, initial, isProposal: purpose !== "draft" });
  const { told, isBehind } = usePreview({ typed: draft.typed, view, purpose });
  const [hasTried, setTried] = useState(false);
  const putting = usePutting({ draft, view, purpose });
  const error = putting.error ?? draft.failure ?? null;
  const failure = error === null ? undefined : failureFrom(error);
  const reasons = reasonsNow({ told, failure, hasTried });
  return {
    draft,
    told,
    isBehind,
    fields: { typed: draft.typed, change: draft.change, errors: (pointer) => errorsAt(reasons, pointer) },
    failure,
    reasons,
    isPutting: putting.isPending,
    put: (seenTwins = []) => {
      setTried(true);
      putting.mutate([...new Set([...(told?.twins.map(({ id }) => id) ?? []), ...seenTwins])]);
    },
  };
}

interface Standing {
  readonly told: RequestPreview | undefined;
  readonly failure: CallFailed | undefined;
  readonly hasTried: boolean;
}

/** As it stands now, so that a fault is gone as soon as it is mended; what the preview cannot know stays as it was told. */
function reasonsNow({ told, failure, hasTried }: Standing): readonly Refusal[] {
  const refused = failure?.kind === "refused" ? failure.reasons : [];
  if (told === undefined) return refused;
  const foretold = hasTried ? told.reasons : told.reasons.filter(({ code }) => !NOT_YET.has(code));
  const others = refused.filter(({ code }) => !code.startsWith("exceptions.") || code === "exceptions.changedMeanwhile");
  return [...foretold.map(({ code, detail, at }) => ({ code, detail, ...(at !== undefined && { at }) })), ...others];
}

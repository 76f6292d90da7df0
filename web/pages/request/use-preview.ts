/** What the request as it stands would meet, asked again whenever its writer pauses. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { previewRequest, type RequestPreview } from "../../../src/exceptions/contract-preview.ts";
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { useNow } from "../../now.tsx";
import { usePaused } from "../../paused.ts";
import { read } from "../../queries.ts";
import { draftOf, instantOf, type TypedRequest } from "./typed-request.ts";
import type { Purpose } from "./use-putting.ts";

interface Previewing {
  readonly typed: TypedRequest;
  readonly view: ExceptionView | undefined;
  readonly purpose: Purpose;
}

export interface Preview {
  readonly told: RequestPreview | undefined;
  /** True while the answer is about what was typed before. */
  readonly isBehind: boolean;
  readonly error: Error | null;
}

export function usePreview({ typed, view, purpose }: Previewing): Preview {
  const { nowMs, zone } = useNow();
  const [openedMs] = useState(nowMs);
  const paused = usePaused(typed);
  const content = draftOf(paused, zone as Zone, instantOf(openedMs));
  const body = { exception: view?.id ?? null, kind: purpose, category: paused.category, content };
  const { data, isPlaceholderData, error } = useQuery({
    ...read(previewRequest, { body }),
    enabled: paused.category !== "",
    placeholderData: keepPreviousData,
  });
  return { told: data, isBehind: isPlaceholderData || paused !== typed, error };
}

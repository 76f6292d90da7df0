import { Link } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef } from "react";

import type { Refusal } from "../../../src/kernel/problem.ts";
import { type CallFailed, pointerOf } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";

const TWINS = "exceptions.twinsNotSeen";

interface WhatToChangeProps {
  failure: CallFailed;
  reasons: readonly Refusal[];
  onSeen: (twins: string[]) => void;
}

/** All faults at once: those with a field are counted and shown there, the others said here. */
export function WhatToChange({ failure, reasons, onSeen }: WhatToChangeProps) {
  if (failure.kind !== "refused") return <Failure error={failure} />;
  const twins = failure.reasons.filter((reason) => reason.code === TWINS).flatMap(idsIn);
  const nowhere = reasons.filter((reason) => pointerOf(reason) === undefined);
  return (
    <>
      {reasons.length > 0 && (
        <Failure
          error={failure}
          title={reasons.length === 1 ? "One thing is to be changed" : `${reasons.length} things are to be changed`}
          reasons={nowhere.length > 0 ? nowhere : [{ code: "console.beside", detail: "Each is said beside its field." }]}
        />
      )}
      {twins.length > 0 && (
        <Notice
          tone="wait"
          title="Others ask for the same"
          action={<Button onClick={() => onSeen(twins)}>I have looked; put it forward</Button>}
          isUrgent
        >
          Look at {twins.length === 1 ? "it" : "them"} first: an existing one may do, or what became of it may tell you why not.
          <ul>
            {twins.map((twin) => (
              <li key={twin}>
                <Link to="/exceptions/$id" params={{ id: twin }} target="_blank">
                  {twin}
                </Link>
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function idsIn(reason: Refusal): string[] {
  return reason.detail.match(/exc_[0-9a-z]+/g) ?? [];
}

/** A new failure brings the first field it is about into view. */
export function useFocusOnFault(failure: CallFailed | undefined): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  const said = failure?.reasons;
  useEffect(() => {
    if (said !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid], [data-invalid] input")?.focus();
  }, [said]);
  return form;
}

import type { ReactNode } from "react";

import type { CallFailed } from "../api.ts";
import type { Refusal } from "../../src/kernel/problem.ts";
import { Notice } from "./notice.tsx";
import { Reason, reasonKey } from "./reason.tsx";

const TITLES = {
  refused: "Not done",
  signedOut: "You are signed out",
  offline: "Postern did not answer",
  fault: "Postern failed",
} as const;

/** What went wrong and what to do about it. `reasons` narrows to those not already shown beside a field. */
export function Failure({
  error,
  reasons = error.reasons,
  title = TITLES[error.kind],
  action,
}: {
  error: CallFailed;
  reasons?: readonly Refusal[];
  title?: string;
  action?: ReactNode;
}) {
  return (
    <Notice tone={error.kind === "offline" ? "unknown" : "bad"} title={title} action={action} isUrgent>
      {reasons.length === 1 ? <Reason of={reasons[0]!} /> : <ReasonList reasons={reasons} />}
      {error.kind === "fault" && error.requestId !== "" && (
        <p>
          Request <code>{error.requestId}</code>
        </p>
      )}
    </Notice>
  );
}

function ReasonList({ reasons }: { reasons: readonly Refusal[] }) {
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reasonKey(reason)}>
          <Reason of={reason} />
        </li>
      ))}
    </ul>
  );
}

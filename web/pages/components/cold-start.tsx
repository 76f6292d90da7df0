import { putComponent } from "../../../src/estate/contract-model.ts";
import { useAct } from "../../act.ts";
import type { errorsAt } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { say } from "../../parts/toast.tsx";

/** Longest beginning of a key that leaves room for what is put behind it. */
const MOST_KEY = 48;

/**
 * Offered where a circle was refused: what is used when everything is off, as a component of its own that is needed instead. It has no
 * owner's word and no drill yet, and says so where such things are listed.
 */
export function ColdStart({
  reasons,
  need,
  owner,
  onBreak,
}: {
  reasons: Parameters<typeof errorsAt>[0];
  /** What the component needs, as it is typed. */
  need: string;
  /** Who answers for the component answers for this, too. */
  owner: string | null;
  onBreak: (need: string) => void;
}) {
  const putting = useAct(putComponent, ({ name }) => say(`${apart(name)} is kept, to be described.`));
  const back = reasons.find(({ code }) => code === "estate.requiresCycle")?.facts?.["leadsBack"];
  if (typeof back !== "string") return null;
  const key = `${back.slice(0, MOST_KEY)}-cold-start`;
  const body = { name: `${back} at a cold start`, kind: "break-glass" as const, layer: "facility" as const, owner };
  const replace = () => onBreak(replaced(need, back, key));
  const start = () =>
    putting.mutate(
      { params: { key }, body, ifMatch: 0 },
      {
        onSuccess: replace,
        // It is there already: then it is needed, and stays as it was described.
        onError: ({ reasons: why }) => why.some(({ code }) => code === "estate.changedMeanwhile") && replace(),
      },
    );
  const isOther = putting.error !== null && !putting.error.reasons.some(({ code }) => code === "estate.changedMeanwhile");
  return (
    <Notice
      tone="wait"
      title={`When everything is off, ${apart(back)} does not run either.`}
      action={
        <Button isBusy={putting.isPending} onClick={start}>
          Break it at a cold start
        </Button>
      }
    >
      Say what is used then (a sealed copy, an account kept apart) as a component of its own, and need that instead: {key}.
      {isOther && <Failure error={putting.error} title="It was not kept" />}
    </Notice>
  );
}

/** The need with one key in place of another. */
function replaced(need: string, from: string, to: string): string {
  return need.replaceAll(new RegExp(`(?<![a-z0-9-])${from}(?![a-z0-9-])`, "g"), to);
}

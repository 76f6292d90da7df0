import type { ReactNode } from "react";

import { apart } from "../../parts/apart.ts";
import { judgeDrillCriterion, runDrillProbe, tickDrillStep } from "../../../src/drills/contract.ts";
import type { DrillView } from "../../../src/drills/contract-views.ts";
import { useAct } from "../../act.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { BASE } from "../../instance.ts";
import styles from "./drills.module.css";
import { metSign, probeSign } from "./signs.ts";

const MARK_WORDS = {
  failed: "the clock starts",
  detected: "detected",
  decided: "decided",
  inside: "people are in",
  restored: "restored",
} as const;

/** Why nobody may write on it now; undefined: the reader may. */
export function whyNotWrite({ state, may }: DrillView): string | undefined {
  if (state === "scheduled" || state === "overdue") return "It was not begun yet.";
  if (state !== "running") return "It is over: what was signed stays as it is.";
  return may.write ? undefined : "You are not on its sheet.";
}

export function Steps({ drill }: { drill: DrillView }) {
  const ticking = useAct(tickDrillStep);
  const whyNot = whyNotWrite(drill);
  return (
    <Section title="Steps" note="Each is ticked once, at the moment it is done; the server's clock counts.">
      <ol className={styles.lines}>
        {drill.steps.map(({ text, marks, done }, step) => (
          <Line
            key={text}
            words={
              <>
                {text} {marks !== null && <Tag>{MARK_WORDS[marks]}</Tag>}
              </>
            }
            act={
              done === null ? (
                drill.state === "running" && (
                  <Button
                    isSmall
                    icon="check"
                    aria-label={`Done: ${text}`}
                    whyNot={whyNot}
                    isBusy={ticking.isPending && ticking.variables.body.step === step}
                    onClick={() => ticking.mutate({ params: { id: drill.id }, body: { step } })}
                  >
                    Done
                  </Button>
                )
              ) : (
                <span className={styles.minor}>
                  {done.by.name} <Time at={done.at} only="instant" />
                </span>
              )
            }
            isDone={done !== null}
          />
        ))}
      </ol>
      {ticking.error !== null && <Failure error={ticking.error} title="It was not ticked" />}
    </Section>
  );
}

export function Probes({ drill }: { drill: DrillView }) {
  const running = useAct(runDrillProbe);
  if (drill.probes.length === 0) return null;
  return (
    <Section title="Probes" note="Postern tries these itself. What it cannot find out is not passed.">
      <ul className={styles.lines}>
        {drill.probes.map((probe) => (
          <Line
            key={probe.key}
            words={
              <span className={styles.named}>
                <span>
                  {apart(probe.name)} <Badge sign={probeSign(probe)} />
                </span>
                {probe.result !== null && (
                  <span className={styles.minor}>
                    {probe.result.saw} <Time at={probe.result.endedAt} only="distance" />
                    {probe.tries > 1 && `, try ${probe.tries}`}
                  </span>
                )}
                {probe.result?.evidence.map(({ name, digest }) => (
                  <EvidenceLink key={digest} drill={drill.id} name={name} digest={digest} />
                ))}
              </span>
            }
            act={
              drill.state === "running" && (
                <Button
                  isSmall
                  icon="refresh"
                  aria-label={`${probe.result === null ? "Run" : "Run again"}: ${apart(probe.name)}`}
                  whyNot={whyNotWrite(drill)}
                  isBusy={probe.isRunning}
                  onClick={() => running.mutate({ params: { id: drill.id }, body: { probe: probe.key } })}
                >
                  {probe.result === null ? "Run" : "Run again"}
                </Button>
              )
            }
          />
        ))}
      </ul>
      {running.error !== null && <Failure error={running.error} title="It was not run" />}
    </Section>
  );
}

export function Criteria({ drill }: { drill: DrillView }) {
  const judging = useAct(judgeDrillCriterion);
  if (drill.criteria.length === 0) return null;
  const isBegun = drill.state !== "scheduled" && drill.state !== "overdue" && drill.state !== "skipped";
  const whyNot = drill.may.judge ? undefined : "Only who looks on and takes no part judges.";
  const judge = (criterion: number, met: boolean) => judging.mutate({ params: { id: drill.id }, body: { criterion, met } });
  return (
    <Section title="Was it good?" note="Judged by those who look on. What nobody judged counts as not met.">
      <ul className={styles.lines}>
        {drill.criteria.map(({ text, met }, criterion) => (
          <Line
            key={text}
            words={
              <span className={styles.named}>
                <span>{text}</span>
                {isBegun && <Badge sign={metSign(met)} />}
              </span>
            }
            act={
              drill.state === "running" && (
                <span className={styles.pair}>
                  <Button isSmall aria-label={`Met: ${text}`} whyNot={whyNot} onClick={() => judge(criterion, true)}>
                    Met
                  </Button>
                  <Button isSmall aria-label={`Not met: ${text}`} whyNot={whyNot} onClick={() => judge(criterion, false)}>
                    Not met
                  </Button>
                </span>
              )
            }
          />
        ))}
      </ul>
      {judging.error !== null && <Failure error={judging.error} title="It was not judged" />}
    </Section>
  );
}

export function EvidenceLink({ drill, name, digest }: { drill: string; name: string; digest: string }) {
  return (
    <a href={`${BASE}/api/v1/drills/${drill}/evidence/${digest}`} download>
      {name}
    </a>
  );
}

function Line({ words, act, isDone = false }: { words: ReactNode; act: ReactNode; isDone?: boolean }) {
  return (
    <li className={styles.line} data-done={isDone || undefined}>
      <div className={styles.words}>{words}</div>
      <div className={styles.act}>{act}</div>
    </li>
  );
}

import { Section } from "../../parts/page.tsx";
import { HowOften } from "./plan-fields.tsx";
import { ProbeFields } from "./probe-fields.tsx";

/** What can be changed of a plan later too: who sees to it, how often, against what, and what Postern tries itself. */
export function Measured(props: Parameters<typeof HowOften>[0]) {
  const { typed, change, exercise } = props;
  return (
    <>
      <Section title="Who, how often, and measured against what">
        <HowOften {...props} />
      </Section>
      {(exercise.probes.length > 0 || typed.probes.length > 0) && (
        <Section title="What Postern tries itself" note="At least one: what can be asked of the real thing is not left to memory.">
          <ProbeFields kinds={exercise.probes} probes={typed.probes} onChange={(probes) => change({ probes })} />
        </Section>
      )}
    </>
  );
}

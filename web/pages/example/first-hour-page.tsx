import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { listPersonas, readFirstHour, type StepView } from "../../../src/example-organisation/contract-inside.ts";
import { failureFrom } from "../../api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { classes } from "../../parts/classes.ts";
import { Failure } from "../../parts/failure.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import styles from "./example.module.css";
import { enter } from "./personas.ts";

/** What to do in the first hour, in whose shoes. A step is ticked when the example organisation was really asked for it. */
export function FirstHourPage() {
  const { data, error } = useQuery({ ...read(readFirstHour, {}), refetchOnMount: "always" });
  const people = useQuery(read(listPersonas, {}));
  const steps = data?.items ?? [];
  const next = steps.find((step) => !step.done);
  const done = steps.filter((step) => step.done).length;
  return (
    <Page
      title="Your first hour"
      below={`A year has passed at Brightwater. Each step goes to its page, in the shoes of whoever does it there. ${done} of ${steps.length} done.`}
      isNarrow
    >
      {error !== null && <Failure error={failureFrom(error)} />}
      <Section title="What to do">
        <ol className={styles.steps}>
          {steps.map((step, i) => (
            <Step
              key={step.key}
              step={step}
              place={i + 1}
              isNext={step === next}
              who={people.data?.items.find(({ key }) => key === step.persona)?.name ?? step.persona}
            />
          ))}
        </ol>
      </Section>
    </Page>
  );
}

function Step({ step, place, isNext, who }: { step: StepView; place: number; isNext: boolean; who: string }) {
  const navigate = useNavigate();
  const going = useMutation({ mutationFn: () => enter(step.persona), onSuccess: () => navigate({ href: step.to }) });
  return (
    <li className={classes(styles.step, step.done && styles.done)}>
      <span className={styles.place} aria-hidden="true">
        {step.done ? <Icon name="check" /> : place}
      </span>
      <h3>{step.title}</h3>
      <p>{step.why}</p>
      <div className={styles.acts}>
        {step.done && <Badge sign={{ word: "Done", tone: "ok", shape: "solid" }} />}
        <Button look={isNext ? "primary" : "plain"} isBusy={going.isPending} onClick={() => going.mutate()}>
          {`Go there as ${who}`}
        </Button>
      </div>
      {going.error !== null && <Failure error={failureFrom(going.error)} />}
    </li>
  );
}

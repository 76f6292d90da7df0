import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { changeDrillPlan, getDrillPlan, listExercises } from "../../../src/drills/contract.ts";
import type { PlanView } from "../../../src/drills/contract-views.ts";
import { useAct } from "../../act.ts";
import { failureFrom, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useFirstRead } from "../../first-read.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { Measured } from "./measured.tsx";
import { SHOWN_AT } from "./plan-fields.tsx";
import { type Exercise, fieldsOf, type TypedPlan, typedPlan, whyFieldsIncomplete } from "./typed-plan.ts";

const ABOVE = <Link to="/drills">Drills</Link>;

/** Changes who answers for a plan, how often it is held, and what it is measured against. */
export function ChangePlanPage() {
  const { id } = useParams({ from: "/signed-in/drills/plans/$id/change" });
  const plan = useQuery(read(getDrillPlan, { params: { id } }));
  const catalogue = useQuery(read(listExercises, {}));
  const before = useFirstRead(plan.data, false)?.before;
  const exercise = catalogue.data?.items.find(({ key }) => key === before?.exercise);
  const error = plan.error ?? catalogue.error;
  if (before === undefined || exercise === undefined) {
    return (
      <Page title="Plan of a drill" above={ABOVE}>
        {error === null ? <p aria-busy /> : <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return <Form key={id} plan={before} exercise={exercise} />;
}

function Form({ plan, exercise }: { plan: PlanView; exercise: Exercise }) {
  const { id } = plan;
  const navigate = useNavigate();
  const { roles } = useSession();
  const [typed, setTyped] = useState(() => typedPlan(plan));
  const change = (part: Partial<TypedPlan>) => setTyped((before) => ({ ...before, ...part }));
  const changing = useAct(changeDrillPlan, ({ name }) => {
    say(`${apart(name)} is changed.`);
    void navigate({ to: "/drills/plans/$id", params: { id } });
  });
  const reasons = changing.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, SHOWN_AT);
  return (
    <Page
      title={`Change ${apart(plan.name)}`}
      above={ABOVE}
      below="What it is about stays as it was planned. A drill that runs is held as it was begun."
      isNarrow
    >
      <Measured typed={typed} change={change} exercise={exercise} reasons={reasons} />
      <Section title="Then" note="Nothing is kept before you say so.">
        {changing.error !== null && others.length > 0 && <Failure error={changing.error} reasons={others} title="It was not changed" />}
        <div>
          <Button
            look="primary"
            isBusy={changing.isPending}
            whyNot={whyNotCall(changeDrillPlan, roles) ?? whyFieldsIncomplete(typed, exercise)}
            onClick={() => changing.mutate({ params: { id }, body: fieldsOf(typed, exercise) })}
          >
            Keep it
          </Button>
        </div>
      </Section>
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { listExercises, planDrill } from "../../../src/drills/contract.ts";
import { useAct } from "../../act.ts";
import { reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { Measured } from "./measured.tsx";
import { ExerciseFields, SHOWN_AT, SubjectFields } from "./plan-fields.tsx";
import { blankPlan, bodyOf, type TypedPlan, whyIncomplete } from "./typed-plan.ts";

/** Plans a drill; what it is about comes along when one asks for it from where something was never tried. */
export function PlanDrillPage() {
  const search = useSearch({ from: "/signed-in/drills/plan" });
  const { data } = useQuery(read(listExercises, {}));
  const { person, roles } = useSession();
  const { zone } = useNow();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(() => blankPlan(search, person.id));
  const change = (part: Partial<TypedPlan>) => setTyped((before) => ({ ...before, ...part }));
  const exercise = data?.items.find(({ key }) => key === typed.exercise);
  const planning = useAct(planDrill, ({ open }) => {
    say("The drill is planned.");
    if (open !== null) void navigate({ to: "/drills/$id", params: { id: open.id } });
  });
  const reasons = planning.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, SHOWN_AT);
  return (
    <Page
      title="Plan a drill"
      above={<Link to="/drills">Drills</Link>}
      below="It is held again and again, as often as the catalogue asks for what hangs on it, or oftener."
      isNarrow
    >
      <Section title="What is tried">
        <ExerciseFields typed={typed} change={change} catalogue={data?.items ?? []} />
        <SubjectFields typed={typed} change={change} about={exercise?.about ?? ["operation", "path", "component"]} />
      </Section>
      {exercise !== undefined && <Measured typed={typed} change={change} exercise={exercise} reasons={reasons} isNew />}
      <Section title="Then" note="The first drill is scheduled at once, and whoever answers for it is told in time.">
        {planning.error !== null && others.length > 0 && <Failure error={planning.error} reasons={others} title="It was not planned" />}
        <div>
          <Button
            look="primary"
            isBusy={planning.isPending}
            whyNot={whyNotCall(planDrill, roles) ?? whyIncomplete(typed, exercise)}
            onClick={() => exercise !== undefined && planning.mutate({ body: bodyOf(typed, exercise, zone) })}
          >
            Plan it
          </Button>
        </div>
      </Section>
    </Page>
  );
}

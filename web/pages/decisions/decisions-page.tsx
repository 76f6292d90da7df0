import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";

import { explainDecision, readDecisionStanding } from "../../../src/decisions/contract-log.ts";
import { call, failureFrom } from "../../api.ts";
import { pageWords } from "../../pages-by-job.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { Answer } from "./answer.tsx";
import { AskForm, type Question } from "./ask-form.tsx";
import { Callers } from "./callers.tsx";
import { Denied } from "./denied.tsx";
import { LogOfDecisions } from "./log.tsx";
import { Pulse } from "./pulse.tsx";

/** Read anew this often while somebody looks: rates are of this second. */
const REFRESH_MS = 2000;

/** What the decision point answers: asked here, just now, and lately. */
export function DecisionsPage() {
  const standing = useQuery({ ...read(readDecisionStanding, {}), refetchInterval: REFRESH_MS });
  const answer = useRef<HTMLDivElement>(null);
  const asking = useMutation({
    mutationFn: (body: Question) => call(explainDecision, { body }),
    onSettled: () => answer.current?.scrollIntoView({ block: "nearest" }),
  });
  const ask = (question: Question) => asking.mutate(question);
  const ruleSets = standing.data?.here.ruleSets ?? [];
  return (
    <Page
      title={pageWords("/decisions")}
      below="Ask what the decision point would answer, and read what it did answer, to whom and why."
      actions={
        <Link to="/rules" className={buttonClass()}>
          {pageWords("/rules")}
        </Link>
      }
    >
      <Columns
        main={
          <Section title="Ask" note="nobody is let through by it, and it counts as no use">
            <AskForm ruleSets={ruleSets} isBusy={asking.isPending} onAsk={ask} />
            <div ref={answer} aria-live="polite">
              {asking.error !== null && <Failure error={failureFrom(asking.error)} title="Not answered" />}
              {asking.data !== undefined && asking.variables !== undefined && <Answer told={asking.data} asked={asking.variables} />}
            </div>
          </Section>
        }
        side={
          <>
            <Section title="Right now">
              {standing.error === null ? <Pulse standing={standing.data} /> : <Failure error={failureFrom(standing.error)} />}
            </Section>
            <Section title="Callers" note="of the last seven days, every answer counted">
              <Callers standing={standing.data} isFailed={standing.error !== null} />
            </Section>
          </>
        }
      />
      <Denied onAsk={ask} />
      <LogOfDecisions onAsk={ask} setting={standing.data} />
    </Page>
  );
}

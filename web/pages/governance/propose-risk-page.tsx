import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { listExceptions } from "../../../src/exceptions/contract.ts";
import { getRiskAcceptance, listDesignIssues, proposeRisk } from "../../../src/governance/contract.ts";
import { endOfDay, type PlainDate, type Zone } from "../../../src/kernel/time.ts";
import type { Refusal } from "../../../src/kernel/problem.ts";
import { listPeople } from "../../../src/people/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Failure } from "../../parts/failure.tsx";
import { FieldGroup, SelectField, TextArea, Wide, type FieldError } from "../../parts/field.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import type { proposeRiskSearch } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import styles from "./governance.module.css";
import { ExceptionName } from "../names.tsx";
import { Findings, type LockOutSet, LockOutSets, Operations } from "./risk-links.tsx";
import type { RiskAcceptance } from "./risks-page.tsx";

type Search = ReturnType<typeof proposeRiskSearch>;

interface Typed {
  readonly executive: string;
  readonly statement: string;
  readonly exceptions: readonly string[];
  readonly designIssue: string;
  readonly operations: readonly string[];
  readonly lockOutSets: readonly LockOutSet[];
  readonly findings: readonly string[];
  readonly untilDay: string;
}

function whyIncomplete({
  executive,
  statement,
  exceptions,
  designIssue,
  operations,
  lockOutSets,
  findings,
  untilDay,
}: Typed): string | undefined {
  if (statement.trim() === "") return "Say what the risk is first.";
  if (executive === "") return "Choose the executive first.";
  if (untilDay === "") return "Say until when first.";
  const named = exceptions.length + operations.length + lockOutSets.length + findings.length;
  return named === 0 && designIssue === "" ? "Say what it is about first." : undefined;
}

const FIELDS = ["/executive", "/statement", "/exceptions", "/designIssue", "/operations", "/lockOutSets", "/findings", "/until"];

/** Puts a risk before the executive who is to answer for it. */
export function ProposeRiskPage() {
  const search = useSearch({ from: "/signed-in/risks/propose" });
  const before = useQuery({ ...read(getRiskAcceptance, { params: { id: search.anew ?? "" } }), enabled: search.anew !== undefined });
  if (search.anew !== undefined && before.data === undefined && before.error === null) return <p role="status">Reading…</p>;
  return <ProposeRisk search={search} before={before.data} />;
}

/** What the form begins with: what the address names, and what a risk that was reopened said. */
function beginning({ issue, exception, finding, operation, failures }: Search, before: RiskAcceptance | undefined): Typed {
  const set = operation !== undefined && failures !== undefined ? [{ operation, failures: failures.split(",") }] : [];
  const begun = {
    exceptions: exception === undefined ? [] : [exception],
    designIssue: issue ?? "",
    operations: operation !== undefined && failures === undefined ? [operation] : [],
    lockOutSets: set,
    findings: finding === undefined ? [] : [finding],
  };
  if (before === undefined) return { ...begun, executive: "", statement: "", untilDay: "" };
  const { executive, statement, exceptions, designIssue, operations, lockOutSets, findings } = before;
  return { executive, statement, exceptions, designIssue: designIssue ?? "", operations, lockOutSets, findings, untilDay: "" };
}

function ProposeRisk({ search, before }: { search: Search; before: RiskAcceptance | undefined }) {
  const navigate = useNavigate();
  const { roles } = useSession();
  const { zone } = useNow();
  const [typed, setTyped] = useState<Typed>(() => beginning(search, before));
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const proposing = useAct(proposeRisk, ({ id, executiveName }) => {
    say(`${executiveName ?? "The executive"} is asked to answer for it.`);
    void navigate({ to: "/risks/$id", params: { id } });
  });
  const reasons = proposing.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, FIELDS);
  const send = () => {
    const { executive, statement, exceptions, designIssue, operations, lockOutSets, findings, untilDay } = typed;
    const until = endOfDay(untilDay as PlainDate, zone as Zone);
    const body = {
      executive,
      statement: statement.trim(),
      exceptions: [...exceptions],
      designIssue: designIssue === "" ? null : designIssue,
      operations: [...operations],
      lockOutSets: lockOutSets.map((set) => ({ operation: set.operation, failures: [...set.failures] })),
      findings: [...findings],
      until,
    };
    proposing.mutate({ body });
  };
  return (
    <Page
      title="Propose a risk acceptance"
      above={<Link to="/risks">Risk acceptances</Link>}
      below="The executive signs exactly what stands here with a passkey, and cannot when they asked for what it covers."
      isNarrow
    >
      <Section title="What is to be accepted">
        <Fields typed={typed} change={change} reasons={reasons} />
        {proposing.error !== null && others.length > 0 && <Failure error={proposing.error} reasons={others} title="It was not proposed" />}
        <div>
          <Button
            look="primary"
            isBusy={proposing.isPending}
            whyNot={whyNotCall(proposeRisk, roles) ?? whyIncomplete(typed)}
            onClick={send}
          >
            Put it before the executive
          </Button>
        </div>
      </Section>
    </Page>
  );
}

interface FieldsProps {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  reasons: readonly Refusal[];
}

function Fields({ typed, change, reasons }: FieldsProps) {
  const { zone } = useNow();
  return (
    <>
      <FieldGroup title="The risk" why="As the board will read it.">
        <Wide>
          <TextArea
            label="What may happen, and why it is borne until then"
            value={typed.statement}
            onChange={(statement) => change({ statement })}
            errors={errorsAt(reasons, "/statement")}
          />
        </Wide>
        <Executive value={typed.executive} onChange={(executive) => change({ executive })} errors={errorsAt(reasons, "/executive")} />
        <DateField
          label="Until the end of"
          hint={`Within 365 days, in ${zone}. It ends by itself.`}
          value={typed.untilDay}
          onChange={(untilDay) => change({ untilDay })}
          errors={errorsAt(reasons, "/until")}
        />
      </FieldGroup>
      <FieldGroup
        title="What it covers"
        why="Exceptions at their last renewal, the design issue behind what keeps coming back, findings, or what locks everybody out of an operation. The executive signs them as they are now."
      >
        <Exceptions chosen={typed.exceptions} onChange={(exceptions) => change({ exceptions })} errors={errorsAt(reasons, "/exceptions")} />
        <Issue value={typed.designIssue} onChange={(designIssue) => change({ designIssue })} errors={errorsAt(reasons, "/designIssue")} />
        <Findings chosen={typed.findings} onChange={(findings) => change({ findings })} errors={errorsAt(reasons, "/findings")} />
        <Operations chosen={typed.operations} onChange={(operations) => change({ operations })} errors={errorsAt(reasons, "/operations")} />
        <LockOutSets
          chosen={typed.lockOutSets}
          onChange={(lockOutSets) => change({ lockOutSets })}
          errors={errorsAt(reasons, "/lockOutSets")}
        />
      </FieldGroup>
    </>
  );
}

interface Picked {
  value: string;
  onChange: (value: string) => void;
  errors: readonly FieldError[];
}

function Executive(props: Picked) {
  const { data } = useQuery(read(listPeople, { query: { role: "executive", active: "true", limit: 100 } }));
  const options = data?.items.map(({ id, displayName }) => ({ value: id, label: displayName })) ?? [];
  const nobody = data !== undefined && options.length === 0;
  return (
    <SelectField
      {...props}
      label="Executive"
      blank="Choose"
      options={options}
      hint={nobody ? "Nobody is an executive yet. An administrator gives the role on the page People." : "Answers for it by name."}
    />
  );
}

function Issue(props: Picked) {
  const { data } = useQuery(read(listDesignIssues, { query: { state: "open", limit: 100 } }));
  const options = data?.items.map(({ id, about, statement }) => ({
    value: id,
    label: `${about.kind} ${about.id}: ${statement.slice(0, 60)}`,
  }));
  return <SelectField {...props} label="Open design issue" blank="None" options={options ?? []} isOptional />;
}

const MOST_FOUND = 20;

function Exceptions({
  chosen,
  onChange,
  errors,
}: {
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
  errors: readonly FieldError[];
}) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    ...read(listExceptions, { query: { limit: MOST_FOUND, ...(search !== "" && { search }) } }),
    placeholderData: keepPreviousData,
  });
  const choices = found.data?.items.filter(({ id }) => !chosen.includes(id)).map(({ id, ref, title }) => ({ id, name: `${ref} ${title}` }));
  return (
    <div className={styles.list}>
      <Combo
        // A choice moves below; the field begins anew.
        key={chosen.length}
        label="Add an exception"
        hint="Search by reference or title."
        value=""
        choices={choices ?? []}
        onType={setTyped}
        onChange={(id) => id !== "" && onChange([...chosen, id])}
        errors={errors}
        none="No exception fits"
        isOptional
      />
      <ul className={styles.chosen} aria-label="Exceptions it covers">
        {chosen.map((id) => (
          <li key={id}>
            <span>
              <ExceptionName id={id} />
            </span>
            <Button look="quiet" isSmall icon="cross" onClick={() => onChange(chosen.filter((each) => each !== id))}>
              Leave out
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

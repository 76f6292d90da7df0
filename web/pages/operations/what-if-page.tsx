import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { askWhatIf, listFailures, listOutages, type OutageView, type WhatIfView } from "../../../src/lockout/contract.ts";
import { failureFrom } from "../../api.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { countWords, titleWords } from "../../words.ts";
import styles from "./operations.module.css";
import { Said } from "./said.tsx";

type Hit = WhatIfView["lockedOut"]["items"][number];

/** Which operations are lost when these fail, or when what failed in a public outage had failed here. */
export function WhatIfPage() {
  const { failed, outage } = useSearch({ from: "/signed-in/what-if" });
  const failures = failed === undefined ? [] : failed.split(",");
  const isAsked = failures.length > 0 || outage !== undefined;
  const query = { failed: failures.join(","), ...(outage !== undefined && { outage }) };
  const asked = useQuery({ ...read(askWhatIf, { query }), placeholderData: keepPreviousData, enabled: isAsked });
  const told = isAsked ? asked.data : undefined;
  return (
    <Page title={pageWords("/what-if")} below="Let something fail, and read who is locked out of what, and what remains.">
      <Columns
        main={
          <>
            <Choosing failures={failures} told={told} />
            {isAsked && asked.error !== null && <Failure error={failureFrom(asked.error)} />}
            {isAsked && asked.isPending && <p className={styles.pending} aria-busy />}
            {told !== undefined && <Told told={told} />}
          </>
        }
        side={<Outages chosen={outage} />}
      />
    </Page>
  );
}

function Choosing({ failures, told }: { failures: readonly string[]; told: WhatIfView | undefined }) {
  const navigate = useNavigate({ from: "/what-if" });
  const [typed, setTyped] = useState("");
  const found = useQuery({
    ...read(listFailures, { query: { limit: 20, ...(typed !== "" && { search: typed }) } }),
    placeholderData: keepPreviousData,
  });
  const names = new Map(told?.failures.map(({ failure, name }) => [failure, name]));
  const fail = (next: readonly string[]) => void navigate({ search: next.length === 0 ? {} : { failed: next.join(",") }, replace: true });
  const choices = (found.data?.items ?? []).map(({ failure, name, kind, operations }) => ({
    id: failure,
    name,
    detail: `${titleWords(kind)} · locks ${countWords(operations, "operation")} out alone`,
  }));
  return (
    <Section title="What fails">
      <div className={styles.ask}>
        <Combo
          label="Let fail"
          hint="A component, or a cause that takes several at once"
          choices={choices}
          value=""
          onChange={(id) => id !== "" && !failures.includes(id) && fail([...failures, id])}
          onType={setTyped}
        />
        {failures.length > 0 && (
          <div className={styles.chosen}>
            {failures.map((failure) => (
              <Button key={failure} icon="cross" isSmall onClick={() => fail(failures.filter((each) => each !== failure))}>
                {names.get(failure) ?? failure}
              </Button>
            ))}
          </div>
        )}
      </div>
    </Section>
  );
}

const LOCKED_OUT: readonly Column<Hit>[] = [
  { key: "name", title: "Operation", isName: true, cell: ({ key, name }) => <OperationLink to={key}>{name}</OperationLink> },
  { key: "lost", title: "Ways in that are lost", isFlexible: true, cell: ({ lost }) => lost.join(", ") },
];
const WEAKENED: readonly Column<Hit>[] = [
  ...LOCKED_OUT,
  { key: "left", title: "What remains", isFlexible: true, cell: ({ left }) => left.join(", ") },
];
const rowKey = ({ key }: Hit) => key;

function OperationLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to="/operations/$key" params={{ key: to }}>
      {children}
    </Link>
  );
}

function Told({ told: { words, outage, failures, lockedOut, weakened } }: { told: WhatIfView }) {
  return (
    <>
      <Section title="What happens">
        <p className={styles.lead}>
          <Said sentence={words} />
        </p>
        {outage !== null && <StruckHere outage={outage} names={failures.map(({ name }) => name)} />}
      </Section>
      <Section title="Locked out" note={countWords(lockedOut.total, "operation")} isFlush>
        <Table
          caption="Operations that nobody gets in to"
          columns={LOCKED_OUT}
          rows={lockedOut.items}
          rowKey={rowKey}
          empty={<p className={styles.none}>Nobody is locked out: every operation keeps a way in.</p>}
        />
      </Section>
      <Section
        title="Weakened"
        note={`${countWords(weakened.total, "operation")} lost a way in and ${weakened.total === 1 ? "has" : "have"} another`}
        isFlush
      >
        <Table
          caption="Operations that lost a way in"
          columns={WEAKENED}
          rows={weakened.items}
          rowKey={rowKey}
          empty={<p className={styles.none}>No operation lost only a part of its ways in.</p>}
        />
      </Section>
    </>
  );
}

function StruckHere({ outage: { isAssumed, provider, link, what }, names }: { outage: OutageView; names: readonly string[] }) {
  const here =
    names.length === 0
      ? "Nothing of these kinds is in the model, so nothing would have failed."
      : `Taken as failed here: ${names.join(", ")}.`;
  return (
    <p className={styles.minor}>
      {what}. {here} {isAssumed && `Nothing here bears the name of ${provider}, so everything of these kinds was taken. `}
      <a href={link} target="_blank" rel="noreferrer">
        Read of it
      </a>
    </p>
  );
}

function Outages({ chosen }: { chosen: string | undefined }) {
  const { data, error } = useQuery(read(listOutages, {}));
  return (
    <Section title="Had it happened here" note="Public outages">
      {error !== null && <Failure error={failureFrom(error)} />}
      <ul className={styles.sentences}>
        {data?.items.map(({ id, on, provider, minutes, isAtLeast, lockedOut }) => (
          <li key={id}>
            <Link to="/what-if" search={{ outage: id }} aria-current={id === chosen ? "true" : undefined}>
              {provider}, {on}
            </Link>
            <span className={styles.minor}>
              {isAtLeast && "at least "}
              {countWords(minutes.toLocaleString("en"), "minute")} ·{" "}
              {lockedOut === 0 ? "nobody locked out" : `${countWords(lockedOut, "operation")} locked out`}
            </span>
          </li>
        ))}
      </ul>
      <Link to="/operations" className={buttonClass()}>
        All critical operations
      </Link>
    </Section>
  );
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { apart } from "../../parts/apart.ts";
import { putOperation } from "../../../src/estate/contract-model.ts";
import { askWhatIf, type OperationAnswerView, readOperationAnswer } from "../../../src/lockout/contract.ts";
import { failureFrom } from "../../api.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { signOf } from "../../signs.ts";
import { countWords } from "../../words.ts";
import { HangsOn, Importance, SharedFates, Sets, WaysIn } from "./operation-tables.tsx";
import styles from "./operations.module.css";
import { Picture } from "./picture.tsx";
import { Said } from "./said.tsx";
import { useTried, WasItTried } from "./was-it-tried.tsx";
import { TOLERANCE_SIGNS, toSurvive } from "./signs.ts";

const NOTHING: ReadonlySet<string> = new Set();

/** One operation: what locks everybody out of it, which change would help, and who answers. */
export function OperationPage() {
  const { key } = useParams({ from: "/signed-in/operations/$key" });
  const { data: operation, error } = useQuery(read(readOperationAnswer, { params: { key } }));
  const tried = useTried(key);
  const above = <Link to="/operations">Critical operations</Link>;
  if (operation === undefined) {
    return (
      <Page title="Critical operation" above={above}>
        {error === null ? <p className={styles.pending} aria-busy /> : <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page
      title={operation.name}
      above={above}
      mark={<Badge sign={signOf(TOLERANCE_SIGNS, operation.tolerance)} isBoxed />}
      below={<Said sentence={operation.words} here={operation.key} />}
      actions={<Acts operation={operation.key} />}
    >
      <Columns
        main={
          <>
            {operation.singles.length > 0 && <Singles operation={operation} />}
            {operation.fixes.length > 0 && <Fixes fixes={operation.fixes} />}
            <Sets operation={operation} />
          </>
        }
        side={<Side operation={operation} />}
      />
      <WhatRemains operation={operation} />
      <SharedFates operation={operation} />
      <WasItTried operation={operation} tried={tried} />
      <Importance operation={operation} />
      <HangsOn operation={operation} />
    </Page>
  );
}

function Acts({ operation: key }: { operation: string }) {
  const { roles } = useSession();
  return (
    <>
      <Link to="/what-if" className={buttonClass()}>
        What if
      </Link>
      {mayCall(putOperation, roles) && (
        <Link to="/operations/$key/change" params={{ key }} className={buttonClass()}>
          Change it
        </Link>
      )}
    </>
  );
}

function Singles({ operation: { singles } }: { operation: OperationAnswerView }) {
  return (
    <Section title="Single points of failure" means={MEANS["single point of failure"]}>
      <ul className={styles.sentences}>
        {singles.map(({ failure, name, layer, owner, chains }) => (
          <li key={failure}>
            <span>
              {layer === null ? "If the common cause “" : "If "}
              <Link to="/what-if" search={{ failed: failure }}>
                {apart(name)}
              </Link>
              {layer === null ? "” strikes, nobody gets in. " : " fails, nobody gets in. "}
              <span className={styles.minor}>{owner === null ? "Nobody answers for it." : `${apart(owner.name)} answers for it.`}</span>
            </span>
            {chains.map(({ path, words }) => (
              <span key={path} className={styles.minor}>
                <Said sentence={words} />
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Fixes({ fixes }: { fixes: OperationAnswerView["fixes"] }) {
  return (
    <Section title="Which change fixes it" note="Each was tried on the model; whether it can be done is yours to judge.">
      <ol className={styles.sentences}>
        {fixes.map(({ words, by }, i) => (
          // Nothing but its place tells one from another, and they come all at once.
          <li key={i}>
            <span>
              <Said sentence={words} />
            </span>
            <span className={styles.minor}>
              {by === null ? "Nobody answers for what has to change." : `${apart(by.name)} answers for what has to change.`}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** The picture, and what remains of it after what was made to fail. */
function WhatRemains({ operation }: { operation: OperationAnswerView }) {
  const { failed, told, error, toggle, clear } = useFailing(operation.key);
  const down = told === undefined ? NOTHING : new Set([...told.down, ...failed]);
  const hit = [...(told?.lockedOut.items ?? []), ...(told?.weakened.items ?? [])].find(({ key }) => key === operation.key);
  return (
    <>
      <Section
        title="The ways in"
        note="Press what fails, in the picture or in the table below it, and see what remains."
        actions={
          failed.length > 0 && (
            <Button look="quiet" onClick={clear}>
              Nothing has failed
            </Button>
          )
        }
      >
        {error !== null && <Failure error={failureFrom(error)} />}
        <div aria-live="polite">{told !== undefined && <Remains names={told.failures.map(({ name }) => name)} left={hit?.left} />}</div>
        <Drawing operation={operation} failed={failed} down={down} onFail={toggle} />
      </Section>
      <WaysIn operation={operation} lost={new Set(hit?.lost)} failed={failed} onFail={toggle} />
    </>
  );
}

/** What the address bar says has failed, and what the server says of that. */
function useFailing(key: string) {
  const { failed: text } = useSearch({ from: "/signed-in/operations/$key" });
  const navigate = useNavigate({ from: "/operations/$key" });
  const failed = text === undefined ? [] : text.split(",");
  const asked = useQuery({
    ...read(askWhatIf, { query: { failed: failed.join(","), operation: key } }),
    placeholderData: keepPreviousData,
    enabled: failed.length > 0,
  });
  const show = (next: readonly string[]) =>
    void navigate({ search: next.length === 0 ? {} : { failed: next.join(",") }, replace: true, resetScroll: false });
  return {
    failed,
    told: failed.length > 0 ? asked.data : undefined,
    error: failed.length > 0 ? asked.error : null,
    toggle: (failure: string) => show(failed.includes(failure) ? failed.filter((each) => each !== failure) : [...failed, failure]),
    clear: () => show([]),
  };
}

function Drawing({
  operation: { name, picture },
  ...rest
}: { operation: OperationAnswerView } & Omit<Parameters<typeof Picture>[0], "name" | "picture">) {
  if (picture === null) return <p className={styles.minor}>There is too much in it for a picture. The tables say all of it.</p>;
  return (
    <>
      <Picture name={name} picture={picture} {...rest} />
      <p className={styles.legend}>
        <span>▲ single point of failure</span>
        <span>✕ failed, or does not work after that</span>
        <span>rounded: one cause that takes several</span>
      </p>
    </>
  );
}

function Remains({ names, left }: { names: readonly string[]; left: readonly string[] | undefined }) {
  const failed = names.map(apart).join(", ");
  if (left === undefined) {
    return <Notice tone="ok" title={`With ${failed} failed, every way in stands.`} />;
  }
  return left.length === 0 ? (
    <Notice tone="bad" title={`With ${failed} failed, nobody gets in.`} />
  ) : (
    <Notice
      tone="wait"
      title={`With ${failed} failed, ${countWords(left.length, "way")} in ${left.length === 1 ? "remains" : "remain"}: ${left.map(apart).join(", ")}.`}
    />
  );
}

function Side({ operation }: { operation: OperationAnswerView }) {
  const { people, tolerates, smallest, completeTo, withinMinutes, probability, unmeasured, estimated, counts } = operation;
  const found = smallest === null ? "none found" : countWords(smallest, "failure");
  const who = {
    "Business owner": people.businessOwner,
    "Approves the model": people.modelApprover,
    Maintains: people.maintainer,
    "On call": people.onCall,
  };
  return (
    <>
      <Section title="Who answers">
        <Facts isTight>
          {Object.entries(who).map(([name, person]) => (
            <Fact key={name} name={name}>
              {person === null ? <NotKnown>nobody</NotKnown> : `${apart(person.name)}${person.active ? "" : " (has left)"}`}
            </Fact>
          ))}
        </Facts>
      </Section>
      <Section title="What it survives" means={MEANS["set of failures"]}>
        <Facts isTight>
          <Fact name="Has to survive">{toSurvive(tolerates)}</Fact>
          <Fact name="Smallest set that locks out">{found}</Fact>
          <Fact name="Looked at">
            {completeTo === null ? "every set there is" : `every set of up to ${countWords(completeTo, "failure")}`}
          </Fact>
          <Fact name="Sets by size">{sizes(counts)}</Fact>
          <Fact name="May wait">{withinMinutes === null ? "as long as it takes" : countWords(withinMinutes, "minute")}</Fact>
          <Fact name="How likely nobody gets in">
            {probability === null ? (
              <NotKnown>
                not said: nobody said how often {countWords(unmeasured, "part")} of it {unmeasured === 1 ? "is" : "are"} away
              </NotKnown>
            ) : (
              <>
                about {probability.toPrecision(estimated === 0 ? 2 : 1)} of the time
                {estimated > 0 && (
                  <span className={styles.minor}>
                    {" "}
                    {countWords(estimated, "part")} of it {estimated === 1 ? "is" : "are"} experts’ estimates
                  </span>
                )}
              </>
            )}
          </Fact>
        </Facts>
      </Section>
    </>
  );
}

function sizes(counts: readonly string[]): string {
  const found = counts.flatMap((count, size) => (count === "0" ? [] : [`${count} of size ${size}`]));
  return found.length === 0 ? "none" : found.join(", ");
}

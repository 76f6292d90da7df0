import type { ContentView } from "../../../src/exceptions/contract-content.ts";
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { MEANS } from "../../glossary.ts";
import { useConnectionNames } from "../../names.ts";
import { useNow } from "../../now.tsx";
import { apart } from "../../parts/apart.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Fact, Facts, Hash, NotKnown } from "../../parts/facts.tsx";
import { Term } from "../../parts/term.tsx";
import { Time } from "../../parts/time.tsx";
import type { Sign } from "../../parts/tone.ts";
import { countWords, durationWords, titleWords } from "../../words.ts";
import { ResourceName } from "../names.tsx";
import { FallbackFate } from "../operations/fallback-fate.tsx";
import styles from "./content-facts.module.css";

interface ContentProps {
  content: ContentView;
  /** Names of persons by id. */
  people: Readonly<Record<string, string>>;
  /** How its controls were tried since; of a version that is in effect. */
  tried?: ExceptionView["controls"];
}

/** Everything a vote is bound to, in the order one judges it: what, for whom, instead of what, how long, who answers. */
export function ContentFacts({ content, people, tried = [] }: ContentProps) {
  return (
    <div className={styles.content}>
      <Need content={content} />
      <ScopeList scope={content.scope} />
      <Controls content={content} tried={tried} />
      <Ending content={content} people={people} />
      <Answerable content={content} people={people} />
      <Extras content={content} />
    </div>
  );
}

function Need({ content }: { content: ContentView }) {
  const nameOf = useConnectionNames();
  const { weakenedControl: weakened } = content;
  return (
    <Facts>
      <Fact name="Why">
        <Words text={content.justification} />
      </Fact>
      <Fact name="Kind of reason">{content.reasonClass === null ? <NotKnown>not said</NotKnown> : titleWords(content.reasonClass)}</Fact>
      <Fact name="What is weakened">
        {weakened === null ? (
          <NotKnown>not said</NotKnown>
        ) : (
          <>
            <strong>{apart(weakened.policy)}</strong> in {nameOf(weakened.connection)}: {apart(weakened.lostMethod)} is no longer demanded
          </>
        )}
      </Fact>
      <Fact name="Let through instead">{content.fallbackMethodAllowed ?? <NotKnown>not said</NotKnown>}</Fact>
      {content.fallbackDependencies.length > 0 && (
        <Fact name="That depends on">
          {content.fallbackDependencies.join(", ")}
          <FallbackFate connection={weakened?.connection ?? ""} dependencies={content.fallbackDependencies} />
        </Fact>
      )}
      <Fact name="Risk">
        {content.inherentRisk ?? "not said"} without controls, {content.residualRisk ?? "not said"} with them
      </Fact>
    </Facts>
  );
}

/** Text as it was typed, its line breaks kept. */
function Words({ text }: { text: string }) {
  return text === "" ? <NotKnown>not said</NotKnown> : <span className={styles.words}>{text}</span>;
}

function ScopeList({ scope }: { scope: ContentView["scope"] }) {
  const nameOf = useConnectionNames();
  return (
    <div className={styles.part}>
      <h3>Who is let through</h3>
      {scope.length === 0 && <NotKnown>Nobody is named yet.</NotKnown>}
      <ul className={styles.list}>
        {scope.map((item) => (
          <li key={`${item.subject.connection}${item.subject.key}${item.resource.id}`}>
            <strong>{apart(item.subject.name)}</strong> <Tag>{titleWords(item.subject.kind)}</Tag>
            <p>
              in {nameOf(item.subject.connection)}, for <ResourceName about={item.resource} isInSentence />
              {item.headcountAtApproval !== undefined && `; ${countWords(item.headcountAtApproval, "person", "people")} when put forward`},
              at most {item.ceiling}
            </p>
            <ConditionWords conditions={item.conditions} />
          </li>
        ))}
      </ul>
    </div>
  );
}

type Conditions = ContentView["scope"][number]["conditions"];

function ConditionWords({ conditions }: { conditions: Conditions }) {
  const { networks, deviceClasses, hours } = conditions;
  const words = [
    networks && `from ${networks.length === 0 ? "no network" : networks.join(", ")}`,
    deviceClasses && `on ${deviceClasses.length === 0 ? "no device" : deviceClasses.join(", ")}`,
    hours &&
      `${hours.days.map((day) => DAYS[day - 1]).join(", ")} ${clockWords(hours.fromMinute)}–${clockWords(hours.untilMinute)} ${hours.zone}`,
  ].filter((each) => each !== null);
  return <p className={styles.minor}>{words.length === 0 ? "From anywhere, on anything, at any hour" : `Only ${words.join("; ")}`}</p>;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function clockWords(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function Controls({ content, tried }: Required<Pick<ContentProps, "content" | "tried">>) {
  return (
    <div className={styles.part}>
      <h3>
        <Term means={MEANS["compensating control"]}>What guards it meanwhile</Term>
      </h3>
      {content.compensatingControls.length === 0 && <NotKnown>No compensating control is named.</NotKnown>}
      <ul className={styles.list}>
        {content.compensatingControls.map((control) => (
          <li key={control.statement}>
            <span className={styles.words}>{control.statement}</span>
            <p className={styles.minor}>
              Tested {control.test === "probe" ? "by a probe" : "by hand"}, fresh for {durationWords(control.freshFor)};{" "}
              <LastTest stated={control} tried={tried.find(({ statement }) => statement === control.statement)} />
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

type Control = ContentView["compensatingControls"][number];

/** The last test since it is in effect; before that, the one that was stated when it was put forward. */
function LastTest({ stated, tried }: { stated: Control; tried: ExceptionView["controls"][number] | undefined }) {
  const { nowMs } = useNow();
  if (tried !== undefined) {
    if (tried.lastResult === "failed") return <Badge sign={FAILED} />;
    if (Date.parse(tried.freshUntil) <= nowMs) return <Badge sign={STALE} detail={<Time at={tried.since} only="distance" />} />;
    return (
      <>
        {tried.lastResult ?? "not tested yet, taken to hold"} <Time at={tried.since} only="distance" />, counts until{" "}
        <Time at={tried.freshUntil} />
      </>
    );
  }
  if (stated.lastTestedAt === null) return <NotKnown>never tested</NotKnown>;
  return (
    <>
      {stated.result ?? "no result"} <Time at={stated.lastTestedAt} only="distance" />
    </>
  );
}

const FAILED: Sign = { word: "Failed its last test", tone: "bad", shape: "alarm" };
const STALE: Sign = { word: "Not tested in time; last", tone: "wait", shape: "rising" };

function Ending({ content, people }: ContentProps) {
  const { exitPlan } = content;
  return (
    <div className={styles.part}>
      <h3>How long, and how it ends</h3>
      <Facts>
        <Fact name="From">
          <Time at={content.requestedFrom} />
        </Fact>
        <Fact name="Until, not after">
          {content.requestedUntil === null ? <NotKnown>not said</NotKnown> : <Time at={content.requestedUntil} />}
        </Fact>
        {exitPlan === null ? (
          <Fact name="Exit plan">
            <NotKnown>none</NotKnown>
          </Fact>
        ) : (
          <>
            <Fact name="Exit plan">
              <Words text={exitPlan.what} />
            </Fact>
            <Fact name="Exit owner">
              {exitPlan.owner === null ? <NotKnown>nobody</NotKnown> : (people[exitPlan.owner] ?? exitPlan.owner)}
            </Fact>
            {exitPlan.remediationRef !== null && <Fact name="Tracked in">{exitPlan.remediationRef}</Fact>}
            {exitPlan.milestones.map((milestone) => (
              <Fact key={milestone.what} name="Milestone">
                {milestone.what}, {milestone.by === null ? <NotKnown>no day</NotKnown> : <Time at={milestone.by} />}
              </Fact>
            ))}
          </>
        )}
      </Facts>
    </div>
  );
}

function Answerable({ content: { accountability }, people }: ContentProps) {
  const nameOf = (id: string | null) => (id === null ? <NotKnown>nobody</NotKnown> : (people[id] ?? id));
  return (
    <div className={styles.part}>
      <h3>Who answers</h3>
      {accountability === null ? (
        <NotKnown>Nobody is named yet.</NotKnown>
      ) : (
        <Facts>
          <Fact name="Business owner">{nameOf(accountability.businessOwner)}</Fact>
          <Fact name="Deputy">{nameOf(accountability.deputy)}</Fact>
          <Fact name="Implementer">{nameOf(accountability.implementer)}</Fact>
          <Fact name="On call">{accountability.onCall ?? <NotKnown>nobody</NotKnown>}</Fact>
        </Facts>
      )}
    </div>
  );
}

function Extras({ content }: { content: ContentView }) {
  const { vendorContract, designIssue, riskAcceptance, evidence } = content;
  const isEmpty = vendorContract === null && designIssue === null && riskAcceptance === null && evidence.length === 0;
  if (isEmpty) return null;
  return (
    <div className={styles.part}>
      <h3>What it stands on</h3>
      <Facts>
        {vendorContract !== null && <Fact name="Vendor contract">{vendorContract.contract}</Fact>}
        {designIssue !== null && (
          <Fact name="Design issue" means={MEANS["design issue"]}>
            {designIssue}
          </Fact>
        )}
        {riskAcceptance !== null && (
          <Fact name="Risk acceptance" means={MEANS["risk acceptance"]}>
            {riskAcceptance}
          </Fact>
        )}
        {evidence.map((each) => (
          <Fact key={each.digest} name="Evidence">
            {each.title} <Hash value={each.digest} />
          </Fact>
        ))}
      </Facts>
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { RequestPreview, TwinView, WiderView } from "../../../src/exceptions/contract-preview.ts";
import { Badge } from "../../parts/badge.tsx";
import { FieldGroup, Wide } from "../../parts/field.tsx";
import { Time } from "../../parts/time.tsx";
import { STATE_SIGNS } from "../../signs.ts";
import { countWords, listWords, titleWords } from "../../words.ts";
import styles from "./known-already.module.css";
import type { TypedRequest } from "./typed-request.ts";

interface KnownAlreadyProps {
  told: RequestPreview | undefined;
  isBehind: boolean;
  typed: TypedRequest;
}

/** What there is already and what would be better, before anybody fills in the rest. */
export function KnownAlready({ told, isBehind, typed }: KnownAlreadyProps) {
  const isAsked = typed.policy !== "" && typed.scope.length > 0;
  return (
    <FieldGroup
      title="What there is already"
      why="The same need may be met, may have been refused for a reason, or may have a better answer."
    >
      <Wide>
        <div className={styles.known} role="region" aria-label="What there is already" aria-busy={isAsked && isBehind}>
          {!isAsked && <p className={styles.quiet}>Choose the policy and whom it is for: others that ask for the same appear here.</p>}
          {isAsked && told === undefined && <p className={styles.quiet}>Looking…</p>}
          {isAsked && told !== undefined && <Told told={told} typed={typed} />}
        </div>
      </Wide>
    </FieldGroup>
  );
}

function Told({ told, typed }: { told: RequestPreview; typed: TypedRequest }) {
  const better = [...strongerPolicies(told), ...smallerScopes(told, typed), ...lastingWays(told)];
  return (
    <>
      <Part title="The same, asked for before" none="Nobody has an exception for this, or ever asked for one.">
        {told.twins.map((twin) => (
          <Twin key={twin.id} twin={twin} />
        ))}
      </Part>
      {told.wider.length > 0 && (
        <Part title="One that could take it in">
          {told.wider.map((each) => (
            <Wider key={each.id} wider={each} />
          ))}
        </Part>
      )}
      {better.length > 0 && (
        <Part title="What would be stronger">
          {better.map(({ key, words }) => (
            <li key={key}>
              <p>{words}</p>
            </li>
          ))}
        </Part>
      )}
    </>
  );
}

function Part({ title, none, children }: { title: string; none?: string; children: readonly ReactNode[] }) {
  return (
    <div className={styles.part}>
      <h2>{title}</h2>
      {children.length === 0 ? <p className={styles.quiet}>{none}</p> : <ul className={styles.list}>{children}</ul>}
    </div>
  );
}

function Twin({ twin }: { twin: TwinView }) {
  return (
    <li>
      <Which of={twin} />
      <p className={styles.minor}>
        {twin.likeness === "elsewhere" && <>As {titleWords(twin.category).toLowerCase()}. </>}
        <Age of={twin} />
        {twin.whyOver === null ? <Owner of={twin} /> : twin.whyOver !== "" && <>Why: {twin.whyOver}</>}
      </p>
    </li>
  );
}

function Which({ of: { id, ref, title, state } }: { of: TwinView | WiderView }) {
  return (
    <p className={styles.which}>
      {/* What is typed stays in its own window. */}
      <Link to="/exceptions/$id" params={{ id }} target="_blank">
        {ref}
      </Link>
      <Badge sign={STATE_SIGNS[state]} />
      <span>{title}</span>
    </p>
  );
}

/** The age is that of the whole line of need, through every renewal. */
function Age({ of: { firstGrantedAt, openedAt, endsAt, trueAgeDays, inForce } }: { of: TwinView | WiderView }) {
  if (firstGrantedAt === null) {
    return (
      <>
        Asked for <Time at={openedAt} only="distance" />, never granted.{" "}
      </>
    );
  }
  return (
    <>
      True age {countWords(trueAgeDays, "day")}
      {endsAt !== null && (
        <>
          , {inForce ? "ends" : "ended"} <Time at={endsAt} only="distance" />
        </>
      )}
      .{" "}
    </>
  );
}

function Owner({ of: { ownerName } }: { of: TwinView | WiderView }) {
  return <>{ownerName === null ? "Nobody answers for it yet." : `${ownerName} answers for it.`}</>;
}

function Wider({ wider }: { wider: WiderView }) {
  const { headcount, mayPropose, ownerName } = wider;
  return (
    <li>
      <Which of={wider} />
      <p className={styles.minor}>
        {headcount !== null && <>Covers {countWords(headcount, "person", "people")}. </>}
        <Age of={wider} />
        {mayPropose ? (
          <Link to="/request" search={{ from: wider.id, kind: "change" }}>
            Propose to add to it
          </Link>
        ) : (
          <>Ask {ownerName ?? "its owner"}, who may propose to add to it; it keeps its end.</>
        )}
      </p>
    </li>
  );
}

interface Better {
  readonly key: string;
  readonly words: ReactNode;
}

function strongerPolicies({ otherPolicies }: RequestPreview): Better[] {
  return otherPolicies.map(({ key, title, demands, leaves }) => ({
    key: `policy ${key}`,
    words: (
      <>
        <strong>{title}</strong>, the provider's other policy, demands {demands} and leaves {leaves}: see whether the need is met there.
      </>
    ),
  }));
}

/** What can be said of the scope alone: a group is more than a person, a policy more than an application, always more than sometimes. */
function smallerScopes({ covered }: RequestPreview, { scope }: TypedRequest): Better[] {
  const groups = scope.flatMap(({ subject }) => (subject.kind === "group" ? [subject.name] : []));
  const open = scope.filter(({ networks, deviceClasses, hours }) => networks === "" && deviceClasses === "" && hours === null);
  const hints: (Better | false)[] = [
    groups.length > 0 && {
      key: "group",
      words: (
        <>
          <strong>Fewer people:</strong> {listWords(groups)} {groups.length === 1 ? "lets" : "let"} through whoever comes to be in{" "}
          {groups.length === 1 ? "it" : "them"}
          {covered.people !== null && `, ${covered.people} now`}. Name only those who need it.
        </>
      ),
    },
    scope.some(({ resource }) => resource.startsWith("policy ")) && {
      key: "resource",
      words: (
        <>
          <strong>One application:</strong> instead of everything behind the policy.
        </>
      ),
    },
    open.length > 0 && {
      key: "conditions",
      words: (
        <>
          <strong>Less often:</strong> {listWords(open.map(({ subject }) => subject.name))} would be let through from anywhere. Name the
          networks or devices it is needed on.
        </>
      ),
    },
  ];
  return hints.filter((hint) => hint !== false);
}

function lastingWays({ designIssues }: RequestPreview): Better[] {
  return designIssues.map((id) => ({
    key: id,
    words: (
      <>
        <strong>The need itself is being worked on:</strong>{" "}
        <Link to="/issues/$id" params={{ id }} target="_blank">
          read the design issue
        </Link>
        , it may be over soon.
      </>
    ),
  }));
}

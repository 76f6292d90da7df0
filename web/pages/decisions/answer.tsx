import { Link, useNavigate } from "@tanstack/react-router";

import type { ExplanationView } from "../../../src/decisions/contract-log.ts";
import { Button } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { Recorded } from "../../recorded.tsx";
import type { Question } from "./ask-form.tsx";
import { CODE_WORDS, signOfDecision } from "./decision-words.ts";
import styles from "./decisions.module.css";
import { obligationWords } from "./obligation-words.ts";

/** The answer, what decided, and what would be needed where it is no. */
export function Answer({ told, asked }: { told: ExplanationView; asked: Question }) {
  const sign = signOfDecision(told);
  return (
    <div className={styles.answer}>
      <Notice tone={sign.tone} title={`${sign.word}: ${CODE_WORDS[told.code].toLowerCase()}`} action={<Begin told={told} />}>
        <Recorded words={told.words} />
      </Notice>
      <Facts>
        <Fact name="Rule">
          {told.rule === null ? <NotKnown>none decided it</NotKnown> : <code>{told.rule}</code>} of the rule set {told.ruleSet.name}
        </Fact>
        <Fact name="Exception">
          <Grant told={told} />
        </Fact>
        {told.obligations.length > 0 && (
          <Fact name="Obligations">
            <ul>
              {told.obligations.map((each) => (
                <li key={JSON.stringify(each)}>{obligationWords(each)}</li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="Asked of">{asked.at === null ? "now" : <Time at={told.at} />}</Fact>
      </Facts>
      <Wire told={told} asked={asked} />
    </div>
  );
}

function Grant({ told: { grant, permit } }: { told: ExplanationView }) {
  if (grant === null) return <NotKnown>{permit ? "none is needed" : "none comes near it"}</NotKnown>;
  return (
    <>
      <Link to="/exceptions/$id" params={{ id: grant.ref }}>
        {grant.ref}
      </Link>
      , until <Time at={grant.validUntil} />
      {grant.ownerName !== null && `, owned by ${grant.ownerName}`}
    </>
  );
}

/** Leads to a request that is filled in as far as the question says. */
function Begin({ told: { draft, grant } }: { told: ExplanationView }) {
  const navigate = useNavigate();
  if (draft === null) return null;
  const begin = () => void navigate({ to: "/request", state: (before) => ({ ...before, begun: draft }) });
  return (
    <Button icon="plus" onClick={begin}>
      {grant === null ? "Request an exception" : "Request another exception"}
    </Button>
  );
}

function Wire({ told, asked }: { told: ExplanationView; asked: Question }) {
  const path = asked.ruleSet === "default" ? "" : `/rules/${encodeURIComponent(asked.ruleSet)}`;
  const url = `${location.origin}${path}/access/v1/evaluation`;
  // A quote ends a text of the shell, whatever it stands in.
  const body = JSON.stringify(asked.question).replaceAll("'", `'\\''`);
  const curl = `curl -s ${url} -H 'Content-Type: application/json' -H "Authorization: Bearer $TOKEN" -d '${body}'`;
  return (
    <details className={styles.more}>
      <summary>As it goes over the wire</summary>
      <h3>Question</h3>
      <pre className={styles.json}>{JSON.stringify(asked.question, null, 2)}</pre>
      <h3>Answer</h3>
      <pre className={styles.json}>{JSON.stringify(JSON.parse(told.answer), null, 2)}</pre>
      <Button icon="copy" isSmall onClick={() => void navigator.clipboard.writeText(curl).then(() => say("Copied."))}>
        Copy as curl
      </Button>
    </details>
  );
}

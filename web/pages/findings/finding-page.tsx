import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { type FindingView, getFinding } from "../../../src/findings/contract.ts";
import { proposeRisk } from "../../../src/governance/contract.ts";
import { failureFrom } from "../../api.ts";
import { mayCall } from "../../can.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { countWords, titleWords } from "../../words.ts";
import { FindingActs } from "./finding-acts.tsx";
import { findingSign, KIND_WORDS, pathOf, SEVERITY_TONES } from "./finding-words.ts";
import styles from "./findings.module.css";

/** One finding: what is wrong, whose it is, and what is being done. */
export function FindingPage() {
  const { id } = useParams({ from: "/signed-in/findings/$id" });
  const { data: finding, error } = useQuery(read(getFinding, { params: { id } }));
  const above = <Link to="/findings">Findings</Link>;
  if (finding === undefined) {
    return (
      <Page title="Finding" above={above}>
        {error !== null && <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  const path = pathOf(finding.subject);
  return (
    <Page title={KIND_WORDS[finding.kind]} above={above} mark={<Badge sign={findingSign(finding)} isBoxed />}>
      <Columns
        main={
          <>
            <Section title="What is wrong">
              <p className={styles.statement}>{finding.statement}</p>
              {path !== undefined && (
                <p>
                  <Link to={path} className={buttonClass()}>
                    See the {titleWords(finding.subject.kind).toLowerCase()}
                  </Link>
                </p>
              )}
            </Section>
            <Section title="What is being done">
              <Notes finding={finding} />
            </Section>
          </>
        }
        side={
          <>
            {finding.state !== "mended" && (
              <Section title="What can be done">
                <FindingActs finding={finding} />
                <Accept finding={finding} />
              </Section>
            )}
            <Section title="Standing">
              <Standing finding={finding} />
            </Section>
          </>
        }
      />
    </Page>
  );
}

function Accept({ finding }: { finding: FindingView }) {
  const { roles } = useSession();
  if (finding.state !== "open" || !mayCall(proposeRisk, roles)) return null;
  return (
    <Link to="/risks/propose" search={{ finding: finding.id }} className={buttonClass()}>
      Propose a risk acceptance
    </Link>
  );
}

function Notes({ finding: { notes, state } }: { finding: FindingView }) {
  if (notes.length === 0) return <p>{state === "mended" ? "Nobody said anything about it." : "Nobody has said yet."}</p>;
  return (
    <ol className={styles.notes}>
      {notes.map(({ by, byName, at, text }) => (
        <li key={`${at} ${text}`}>
          <span>{text}</span>
          <span className={styles.minor}>
            {byName ?? by}, <Time at={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Standing({ finding }: { finding: FindingView }) {
  const { owner, ownerName, severity, acceptance, mendedAt } = finding;
  return (
    <Facts isTight>
      <Fact name="Whose">{owner === null ? "Nobody answers for it: governance is told" : (ownerName ?? owner)}</Fact>
      <Fact name="How severe">
        <Tag tone={SEVERITY_TONES[severity]}>{severity}</Tag>
      </Fact>
      {mendedAt === null && (
        <Fact name="Due">
          <Time at={finding.dueAt} isStacked />
        </Fact>
      )}
      {mendedAt !== null && (
        <Fact name="Seen to be mended">
          <Time at={mendedAt} isStacked />
        </Fact>
      )}
      {acceptance !== null && (
        <Fact name="Accepted until">
          <Link to="/risks/$id" params={{ id: acceptance.risk }}>
            <Time at={acceptance.until} isStacked />
          </Link>
        </Fact>
      )}
      <Fact name="There since">
        <Time at={finding.openedAt} isStacked />
      </Fact>
      {finding.reopened > 0 && <Fact name="Came back">{countWords(finding.reopened, "time")}</Fact>}
      <Fact name="Found by">{finding.source}</Fact>
      <Fact name="Id, for a risk acceptance">
        <Hash value={finding.id} />
      </Fact>
    </Facts>
  );
}

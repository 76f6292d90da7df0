import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { z } from "zod";

import { type designIssueView, endDesignIssue, getDesignIssue } from "../../../src/governance/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { signOf } from "../../signs.ts";
import styles from "./governance.module.css";
import { PersonName, useResourceName } from "../names.tsx";
import { ISSUE_SIGNS } from "./signs.ts";

type DesignIssue = z.output<typeof designIssueView>;
type Outcome = "resolved" | "closed";

/** One design issue: what is wrong, who answers for it, and how it ends. */
export function IssuePage() {
  const { id } = useParams({ from: "/signed-in/issues/$id" });
  const { data: issue, error } = useQuery(read(getDesignIssue, { params: { id } }));
  const name = useResourceName(issue?.about);
  const above = <Link to="/issues">Design issues</Link>;
  if (issue === undefined) {
    return (
      <Page title="Design issue" above={above}>
        {error !== null && <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page title={name} above={above} mark={<Badge sign={signOf(ISSUE_SIGNS, issue.state)} isBoxed />}>
      <Columns
        main={
          <>
            <Section title="What is wrong">
              <p className={styles.statement}>{issue.statement}</p>
            </Section>
            {issue.ended !== null && (
              <Section title={issue.state === "resolved" ? "How it was resolved" : "Why it was closed"}>
                <p className={styles.statement}>{issue.ended.sentence}</p>
                <p className={styles.minor}>
                  <PersonName id={issue.ended.by} />, <Time at={issue.ended.at} />
                </p>
              </Section>
            )}
          </>
        }
        side={
          <>
            <Section title="Standing">
              <Facts isTight>
                <Fact name="Answers for it">{issue.ownerName ?? issue.owner}</Fact>
                <Fact name="Opened by">{issue.openedBy === null ? "the limit of repeats" : <PersonName id={issue.openedBy} />}</Fact>
                <Fact name="Opened">
                  <Time at={issue.openedAt} isStacked />
                </Fact>
                {issue.state === "open" && (
                  <Fact name="Answer due">
                    <Time at={issue.dueAt} isStacked />
                  </Fact>
                )}
                <Fact name="Id, for a request">
                  <Hash value={issue.id} />
                </Fact>
              </Facts>
            </Section>
            {issue.state === "open" && (
              <Section title="What can be done">
                <Ending issue={issue} />
              </Section>
            )}
          </>
        }
      />
    </Page>
  );
}

function Ending({ issue }: { issue: DesignIssue }) {
  const { person, roles } = useSession();
  const [outcome, setOutcome] = useState<Outcome>();
  const may = issue.owner === person.id || roles.some((role) => role === "iam" || role === "security_governance");
  const whyNot = may ? undefined : "Only its owner, IAM and governance may do this.";
  return (
    <div className={styles.acts}>
      <Button look="primary" icon="check" whyNot={whyNot} onClick={() => setOutcome("resolved")}>
        The design was changed
      </Button>
      <Button whyNot={whyNot} onClick={() => setOutcome("closed")}>
        Close without a change
      </Button>
      <Link to="/risks/propose" search={{ issue: issue.id }} className={buttonClass()}>
        Propose a risk acceptance
      </Link>
      {outcome !== undefined && <End issue={issue} outcome={outcome} onClose={() => setOutcome(undefined)} />}
    </div>
  );
}

function End({ issue, outcome, onClose }: { issue: DesignIssue; outcome: Outcome; onClose: () => void }) {
  const [sentence, setSentence] = useState("");
  const ending = useAct(endDesignIssue, () => {
    say(outcome === "resolved" ? "The design issue is resolved." : "The design issue is closed.");
    onClose();
  });
  const reasons = ending.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/sentence"]);
  return (
    <Dialog
      title={outcome === "resolved" ? "The design was changed" : "Close this issue without a change?"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it open</Button>
          <Button
            look={outcome === "resolved" ? "primary" : "danger"}
            isBusy={ending.isPending}
            whyNot={sentence.trim() === "" ? "Say it in a sentence first." : undefined}
            onClick={() => ending.mutate({ params: { id: issue.id }, body: { outcome, sentence: sentence.trim() } })}
          >
            {outcome === "resolved" ? "Resolve it" : "Close it"}
          </Button>
        </>
      }
    >
      <p>It cannot be opened again. Requests over the limit of repeats cannot rest on it from then on; a new issue can be opened.</p>
      <TextArea
        label={outcome === "resolved" ? "What was changed" : "Why nothing has to change"}
        value={sentence}
        onChange={setSentence}
        errors={errorsAt(reasons, "/sentence")}
      />
      {ending.error !== null && others.length > 0 && <Failure error={ending.error} reasons={others} title="It is still open" />}
    </Dialog>
  );
}

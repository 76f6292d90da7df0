import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { ACCEPT_ACTION, acceptRisk, getRiskAcceptance } from "../../../src/governance/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./governance.module.css";
import { PersonName } from "../names.tsx";
import { Covered, WhyReopened } from "./covered.tsx";
import type { RiskAcceptance } from "./risks-page.tsx";
import { riskSign } from "./signs.ts";
import { WithdrawRisk } from "./withdraw-risk.tsx";

/** One risk, word for word as its executive signs it. */
export function RiskPage() {
  const { id } = useParams({ from: "/signed-in/risks/$id" });
  const { data: risk, error } = useQuery(read(getRiskAcceptance, { params: { id } }));
  const above = <Link to="/risks">Risk acceptances</Link>;
  if (risk === undefined) {
    return (
      <Page title="Risk acceptance" above={above}>
        {error !== null && <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page
      title="Risk acceptance"
      above={above}
      mark={<Badge sign={riskSign(risk)} isBoxed />}
      below={`${risk.executiveName ?? risk.executive} is to answer for it. Every acceptance is in sight of the board.`}
    >
      <Columns
        main={
          <>
            <Section title="The risk" note={<Hash value={risk.contentHash} />}>
              <p className={styles.statement}>{risk.statement}</p>
            </Section>
            {risk.state === "reopened" && (
              <Section title="Why it was reopened">
                <WhyReopened risk={risk} />
              </Section>
            )}
            <Section title="What it covers">
              <Covered risk={risk} />
            </Section>
          </>
        }
        side={
          <>
            {risk.state === "proposed" && (
              <Section title="Decide">
                <Decide risk={risk} />
              </Section>
            )}
            {risk.state === "reopened" && (
              <Section title="Decide anew">
                <Anew risk={risk} />
              </Section>
            )}
            <Section title="Standing">
              <Standing risk={risk} />
            </Section>
          </>
        }
      />
    </Page>
  );
}

function Standing({ risk }: { risk: RiskAcceptance }) {
  return (
    <Facts isTight>
      <Fact name="Executive">{risk.executiveName ?? risk.executive}</Fact>
      <Fact name="Ends">
        <Time at={risk.until} isStacked />
      </Fact>
      <Fact name="Proposed by">
        <PersonName id={risk.proposedBy} />
      </Fact>
      <Fact name="Proposed">
        <Time at={risk.proposedAt} isStacked />
      </Fact>
      {risk.accepted !== null && (
        <>
          <Fact name="Accepted">
            <Time at={risk.accepted.at} isStacked />
          </Fact>
          <Fact name="Signature">
            <Hash value={risk.accepted.assertion} />
          </Fact>
        </>
      )}
      {risk.withdrawn !== null && (
        <Fact name="Withdrawn">
          <PersonName id={risk.withdrawn.by} />: {risk.withdrawn.sentence} <Time at={risk.withdrawn.at} />
        </Fact>
      )}
      <Fact name="Id, for a request">
        <Hash value={risk.id} />
      </Fact>
    </Facts>
  );
}

function Anew({ risk }: { risk: RiskAcceptance }) {
  const { person, roles } = useSession();
  const [isClosing, setClosing] = useState(false);
  const may =
    [risk.executive, risk.proposedBy].includes(person.id) || roles.some((role) => role === "iam" || role === "security_governance");
  return (
    <div className={styles.acts}>
      <Link to="/risks/propose" search={{ anew: risk.id }} className={buttonClass("primary")}>
        Propose it anew
      </Link>
      <Button
        look="danger"
        whyNot={may ? undefined : "Only the executive, whoever proposed it, IAM and governance may do this."}
        onClick={() => setClosing(true)}
      >
        Close it
      </Button>
      {isClosing && <WithdrawRisk risk={risk} onClose={() => setClosing(false)} />}
    </div>
  );
}

function Decide({ risk }: { risk: RiskAcceptance }) {
  const { person, roles } = useSession();
  const { nowMs } = useNow();
  const queries = useQueryClient();
  const [isWithdrawing, setWithdrawing] = useState(false);
  const accepting = useMutation({
    mutationFn: async () => {
      const assertion = await assert(ACCEPT_ACTION, risk.id, risk.contentHash);
      await call(acceptRisk, { params: { id: risk.id }, body: { assertion } });
    },
    onSuccess: async () => {
      say("You answer for this risk now.");
      await queries.invalidateQueries();
    },
  });
  const isOver = Date.parse(risk.until) <= nowMs;
  const notAccept =
    risk.executive !== person.id
      ? `Only ${risk.executiveName ?? "the executive it names"} accepts it.`
      : isOver
        ? "Its end has passed. Propose it anew."
        : undefined;
  const mayWithdraw =
    [risk.executive, risk.proposedBy].includes(person.id) || roles.some((role) => role === "iam" || role === "security_governance");
  return (
    <div className={styles.acts}>
      <Button look="primary" icon="key" isBusy={accepting.isPending} whyNot={notAccept} onClick={() => accepting.mutate()}>
        Accept with your passkey
      </Button>
      <Button
        look="danger"
        whyNot={mayWithdraw ? undefined : "Only the executive, whoever proposed it, IAM and governance may do this."}
        onClick={() => setWithdrawing(true)}
      >
        {risk.executive === person.id ? "Decline it" : "Withdraw it"}
      </Button>
      {accepting.error !== null && <Failure error={failureFrom(accepting.error)} title="It was not accepted" />}
      <p className={styles.minor}>
        Your passkey signs the hash beside the risk: this statement, what it covers, you, and its end. What is accepted cannot be taken
        back; it ends by itself.
      </p>
      {isWithdrawing && <WithdrawRisk risk={risk} onClose={() => setWithdrawing(false)} />}
    </div>
  );
}

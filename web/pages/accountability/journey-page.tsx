import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { APPROVE_ACTION, approveModel, changeJourney, getJourney, type JourneyView } from "../../../src/accountability/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./accountability.module.css";
import { JourneyForm } from "./journey-form.tsx";
import { OnPointNow, Seat } from "./seats.tsx";
import { APPROVAL_SIGNS, journeyTitle, VOIDED_WORDS } from "./signs.ts";

/** One way in: how it works, who approved exactly that, and who answers for it. */
export function JourneyPage() {
  const { id } = useParams({ from: "/signed-in/accountability/$id" });
  const { roles } = useSession();
  const [isEditing, setEditing] = useState(false);
  const { data: journey, error } = useQuery(read(getJourney, { params: { id } }));
  const above = <Link to="/accountability">Accountability</Link>;
  if (journey === undefined) {
    return (
      <Page title="Way in" above={above}>
        {error !== null && <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page
      title={journeyTitle(journey)}
      above={above}
      mark={<Badge sign={APPROVAL_SIGNS[journey.approval.state]} isBoxed />}
      below={journey.status === "retired" ? "Retired: nobody signs in this way any more." : undefined}
      actions={
        <Button icon="pencil" whyNot={whyNotCall(changeJourney, roles)} onClick={() => setEditing(true)}>
          Edit
        </Button>
      }
    >
      <Columns
        main={
          <>
            <Section title="How it works" means={MEANS["access model"]} note={<Hash value={journey.contentHash} />}>
              <p className={styles.statement}>{journey.model.statement}</p>
              <p className={styles.minor}>
                Written by {journey.model.byName}, <Time at={journey.model.at} />.
                {journey.about.kind === "operation" &&
                  " The ways in of the operation belong to it: when one changes, it is to be approved again."}
              </p>
            </Section>
            {journey.gaps.length > 0 && <Gaps journey={journey} />}
          </>
        }
        side={
          <>
            <Section title="Approval">
              <Approval journey={journey} />
            </Section>
            <Section title="Who answers">
              <Seats journey={journey} />
            </Section>
          </>
        }
      />
      {isEditing && <JourneyForm journey={journey} onClose={() => setEditing(false)} />}
    </Page>
  );
}

function Gaps({ journey: { gaps } }: { journey: JourneyView }) {
  return (
    <Section title="What is missing">
      <ul className={styles.gaps}>
        {gaps.map(({ kind, seat, statement, dueInDays }) => (
          <li key={`${seat} ${kind}`}>
            <Badge sign={{ word: "Gap", tone: "bad", shape: "alarm" }} />
            <span>
              {statement} <span className={styles.minor}>To be closed within {dueInDays} days of being found.</span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Seats({ journey }: { journey: JourneyView }) {
  return (
    <Facts isTight>
      <Fact name="Business owner">
        <Seat seat={journey.businessOwner} />
      </Fact>
      <Fact name="Approves the model">
        <Seat seat={journey.approver} />
      </Fact>
      <Fact name="Maintains it">
        <Seat seat={journey.maintainer} />
      </Fact>
      <Fact name="On point now">
        <OnPointNow journey={journey} />
      </Fact>
      <Fact name="Restores the service">
        <Seat seat={journey.platformOwner} />
      </Fact>
      <Fact name="Gets the task done">
        <Seat seat={journey.operationOwner} />
      </Fact>
      <Fact name="Id, for a request">
        <Hash value={journey.id} />
      </Fact>
    </Facts>
  );
}

function Approval({ journey }: { journey: JourneyView }) {
  const { person } = useSession();
  const [isAsking, setAsking] = useState(false);
  const { approval, approver, status } = journey;
  const whyNot = whyNotApprove(journey, person.id);
  return (
    <div className={styles.acts}>
      <Badge sign={APPROVAL_SIGNS[approval.state]} />
      {approval.voidedBy.length > 0 && <p>It counts no more: {approval.voidedBy.map((each) => VOIDED_WORDS[each]).join(", and ")}.</p>}
      {approval.last !== null && (
        <Facts isTight>
          <Fact name="Approved by">{approval.last.byName}</Fact>
          <Fact name="When">
            <Time at={approval.last.at} isStacked />
          </Fact>
          <Fact name="Signature">
            <Hash value={approval.last.assertion} />
          </Fact>
        </Facts>
      )}
      {approval.state !== "approved" && status === "active" && (
        <Button look="primary" icon="key" whyNot={whyNot} onClick={() => setAsking(true)}>
          Approve with your passkey
        </Button>
      )}
      {approval.state !== "approved" && approver === null && <p className={styles.minor}>Nobody is named who could approve it.</p>}
      {isAsking && <Approve journey={journey} onClose={() => setAsking(false)} />}
    </div>
  );
}

function whyNotApprove({ approver, maintainer, model }: JourneyView, person: string): string | undefined {
  if (approver?.id !== person) return approver === null ? "Name who approves it first." : `Only ${approver.name} approves it.`;
  if (model.by === person) return "You wrote it. Somebody else has to approve it.";
  return maintainer?.id === person ? "You maintain it. Somebody else has to approve it." : undefined;
}

function Approve({ journey, onClose }: { journey: JourneyView; onClose: () => void }) {
  const queries = useQueryClient();
  const { id, contentHash, model } = journey;
  const approving = useMutation({
    mutationFn: async () => {
      const assertion = await assert(APPROVE_ACTION, id, contentHash);
      await call(approveModel, { params: { id }, body: { contentHash, assertion } });
    },
    onSuccess: async () => {
      say("The access model is approved.");
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title={`Approve: ${journeyTitle(journey)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" icon="key" isBusy={approving.isPending} onClick={() => approving.mutate()}>
            Sign it
          </Button>
        </>
      }
    >
      <p className={styles.statement}>{model.statement}</p>
      <p className={styles.minor}>
        Your passkey signs the hash of these words, of whom they are for, of what they lead to and on which devices
        {journey.about.kind === "operation" && ", and of the ways in of the operation"}. When any of it changes, your approval is void.
      </p>
      <Hash value={contentHash} />
      {approving.error !== null && <Failure error={failureFrom(approving.error)} title="It was not approved" />}
    </Dialog>
  );
}

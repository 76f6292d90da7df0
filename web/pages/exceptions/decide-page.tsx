import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { getException, voteAction, voteOnException } from "../../../src/exceptions/contract.ts";
import { call, errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import { read } from "../../queries.ts";
import { signOf, STATE_SIGNS } from "../../signs.ts";
import { countWords, titleWords } from "../../words.ts";
import { CameFrom } from "../access-requests/came-from.tsx";
import { ActingFor } from "../queue/acting-for.tsx";
import { ContentFacts } from "./content-facts.tsx";
import styles from "./decide.module.css";
import { Stages, Votes } from "./votes.tsx";

type Approval = NonNullable<ExceptionView["approval"]>;
type Decision = "approve" | "reject" | "request_changes";

const REFRESH_MS = 10_000;

/** One decision, bound to exactly what is read here. */
export function DecidePage() {
  const { id } = useParams({ from: "/signed-in/exceptions/$id/decide" });
  const { data: view, error } = useQuery({ ...read(getException, { params: { id } }), refetchInterval: REFRESH_MS });
  if (view === undefined) {
    return (
      <Page title={id}>
        {error !== null && (
          <Section title="Not shown">
            <Failure error={failureFrom(error)} />
          </Section>
        )}
      </Page>
    );
  }
  const { approval } = view;
  if (approval === null) return <NothingToDecide view={view} />;
  return <Deciding view={view} approval={approval} address={id} />;
}

function NothingToDecide({ view }: { view: ExceptionView }) {
  return (
    <Page title={view.title} above={<Crumbs view={view} />} mark={<Badge sign={signOf(STATE_SIGNS, view.state)} isBoxed />} isNarrow>
      <Section title="Nothing is under decision">
        <p>It was decided, changed or withdrawn meanwhile.</p>
        <div>
          <Link to="/exceptions/$id" params={{ id: view.ref }} className={buttonClass("primary")}>
            See where it stands
          </Link>
        </div>
      </Section>
    </Page>
  );
}

function Crumbs({ view }: { view: ExceptionView }) {
  return (
    <>
      <Link to="/approvals">My queue</Link> /{" "}
      <Link to="/exceptions/$id" params={{ id: view.ref }}>
        {view.ref}
      </Link>
    </>
  );
}

/** What is being read stays as it was when it was opened, whatever arrives meanwhile: the signature is over what was read. */
function Deciding({ view, approval, address }: { view: ExceptionView; approval: Approval; address: string }) {
  const [reading, setReading] = useState(approval);
  const version = view.versions.find((each) => each.n === reading.version);
  const isOvertaken = reading.contentHash !== approval.contentHash;
  return (
    <Page
      title={view.title}
      above={<Crumbs view={view} />}
      mark={<Badge sign={signOf(STATE_SIGNS, view.state)} isBoxed />}
      below={`You decide on version ${reading.version}, word for word as it stands here.`}
    >
      {isOvertaken && (
        <div className={styles.notice}>
          <Notice
            tone="bad"
            title="It was changed while you were reading"
            action={<Button onClick={() => setReading(approval)}>Read the new version</Button>}
            isUrgent
          >
            What you see below is not under decision any more.
          </Notice>
        </div>
      )}
      <Columns
        main={
          <Section title="What you decide on" note={<Hash value={reading.contentHash} />}>
            {version !== undefined && <ContentFacts content={version.content} people={view.people} />}
          </Section>
        }
        side={
          <>
            <Section title="Your decision">
              <Decide key={reading.contentHash} view={view} reading={reading} isOvertaken={isOvertaken} />
            </Section>
            <Surroundings view={view} reading={reading} answerBy={approval.answerBy} />
            <CameFrom exception={address} />
            <Section title="Who else is asked" means={MEANS.stage}>
              <Stages approval={approval} />
              {version !== undefined && <Votes version={version} />}
            </Section>
          </>
        }
      />
    </Page>
  );
}

function Surroundings({ view, reading, answerBy }: { view: ExceptionView; reading: Approval; answerBy: string }) {
  return (
    <Section title="What surrounds it">
      <Facts isTight>
        <Fact name="Asked by">{view.people[view.requester] ?? view.requester}</Fact>
        <Fact name="Category" means={MEANS.category}>
          {titleWords(view.category)}
        </Fact>
        <Fact name="Purpose">{titleWords(reading.purpose)}</Fact>
        <Fact name="True age" means={MEANS["true age"]}>
          {countWords(view.trueAgeDays, "day")}
        </Fact>
        <Fact name="Renewals" means={MEANS.renewal}>
          {view.renewals}
        </Fact>
        <Fact name="Answer">
          <Time at={answerBy} isStacked />
        </Fact>
      </Facts>
    </Section>
  );
}

const DONE: Readonly<Record<Decision, string>> = {
  approve: "You approved",
  reject: "You rejected",
  request_changes: "You asked for changes to",
};

function whyNotVote(view: ExceptionView): string | undefined {
  const vote = view.actions.find((each) => each.action === "vote");
  return vote?.allowed === true ? undefined : (vote?.why ?? "You cannot decide on this.");
}

interface Ballot {
  readonly decision: Decision;
  readonly reason: string;
  /** Id of the person in whose place one votes. */
  readonly onBehalfOf: string | null;
}

function useVoting(view: ExceptionView, reading: Approval) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (ballot: Ballot) => {
      const assertion = await assert(voteAction(ballot.decision), view.id, reading.contentHash);
      const body = { ...ballot, version: reading.version, contentHash: reading.contentHash, assertion };
      await call(voteOnException, { params: { id: view.id }, body });
      return ballot.decision;
    },
    onSuccess: async (decision) => {
      say(`${DONE[decision]} ${view.ref}.`);
      await queries.invalidateQueries();
      await navigate({ to: "/exceptions/$id", params: { id: view.ref } });
    },
  });
}

function Decide({ view, reading, isOvertaken }: { view: ExceptionView; reading: Approval; isOvertaken: boolean }) {
  const [reason, setReason] = useState("");
  const [actsFor, setActsFor] = useState("");
  const voting = useVoting(view, reading);
  const vote = (decision: Decision) => voting.mutate({ decision, reason: reason.trim(), onBehalfOf: actsFor === "" ? null : actsFor });
  const failure = voting.error === null ? undefined : failureFrom(voting.error);
  const reasons = failure?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/reason", "/onBehalfOf"]);
  const isCasting = (decision: Decision) => voting.isPending && voting.variables.decision === decision;
  const unlessAsked = (decision: Decision, why: string | undefined) =>
    voting.isPending && !isCasting(decision) ? "Your passkey is being asked for another answer." : why;
  const barred = isOvertaken ? "This version is not under decision any more." : whyNotVote(view);
  const needsReason = barred ?? (reason.trim() === "" ? "Say why first." : undefined);
  return (
    <div className={styles.decide}>
      <ActingFor value={actsFor} onChange={setActsFor} errors={errorsAt(reasons, "/onBehalfOf")} />
      <TextArea
        label="Reason"
        hint="Kept beside your vote for good. Needed to reject or to ask for changes."
        value={reason}
        onChange={setReason}
        errors={errorsAt(reasons, "/reason")}
        isOptional
      />
      <Button
        look="primary"
        icon="key"
        isBusy={isCasting("approve")}
        whyNot={unlessAsked("approve", barred)}
        onClick={() => vote("approve")}
      >
        Approve with your passkey
      </Button>
      <Button
        icon="key"
        isBusy={isCasting("request_changes")}
        whyNot={unlessAsked("request_changes", needsReason)}
        onClick={() => vote("request_changes")}
      >
        Ask for changes
      </Button>
      <Button
        look="danger"
        icon="key"
        isBusy={isCasting("reject")}
        whyNot={unlessAsked("reject", needsReason)}
        onClick={() => vote("reject")}
      >
        Reject
      </Button>
      {failure !== undefined && others.length > 0 && <Failure error={failure} reasons={others} title="Your vote was not cast" />}
      <p className={styles.note}>Your passkey signs the hash above, and nothing else. If the content changes, your vote is void.</p>
    </div>
  );
}

import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { readExceptionUse } from "../../../src/decisions/contract-log.ts";
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { getException } from "../../../src/exceptions/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { useNow } from "../../now.tsx";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, Hash, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Lanes, LanesKey } from "../../parts/lanes.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { signOf, STATE_SIGNS } from "../../signs.ts";
import { countWords, durationWords, titleWords } from "../../words.ts";
import { CameFrom } from "../access-requests/came-from.tsx";
import { Acts } from "./acts.tsx";
import { Bindings, Overlaps } from "./bindings.tsx";
import { ContentFacts } from "./content-facts.tsx";
import { DownloadEvidence } from "./download-evidence.tsx";
import styles from "./exception.module.css";
import { Ends } from "./ends.tsx";
import { Happened } from "./happened.tsx";
import { lanesOf } from "./lanes-of.ts";
import { Reviews } from "./reviews.tsx";
import { Standing } from "./standing.tsx";
import { Uses } from "./uses.tsx";
import { VersionDiff } from "./version-diff.tsx";
import { Stages, Votes } from "./votes.tsx";

/** Read again this often while it is looked at: providers answer in their own time. */
const REFRESH_MS = 5_000;

/** One exception: three clocks over one time line, and everything around them. */
export function ExceptionPage() {
  const { id } = useParams({ from: "/signed-in/exceptions/$id" });
  const { data: view, error } = useQuery({ ...read(getException, { params: { id } }), refetchInterval: REFRESH_MS });
  usePrefetchQuery(read(readExceptionUse, { params: { exception: id } }));
  if (error !== null && view === undefined) {
    return (
      <Page title={id} actions={<ToRegister />}>
        <Section title="Not shown">
          <Failure error={failureFrom(error)} title="This exception could not be read" />
        </Section>
      </Page>
    );
  }
  if (view === undefined) return <Page title={id}>{null}</Page>;
  return <Shown view={view} address={id} />;
}

function ToRegister() {
  return (
    <Link to="/register" className={buttonClass()}>
      To the register
    </Link>
  );
}

function Shown({ view, address }: { view: ExceptionView; address: string }) {
  return (
    <Page
      title={view.title === "" ? view.ref : view.title}
      mark={<Badge sign={signOf(STATE_SIGNS, view.state)} isBoxed />}
      actions={<DownloadEvidence reference={view.ref} />}
      above={
        <>
          <Link to="/register">Register</Link> / {view.ref}
        </>
      }
    >
      <div className={styles.standing}>
        <Standing view={view} />
      </div>
      <Clocks view={view} />
      <Columns main={<Matter view={view} />} side={<Surroundings view={view} address={address} />} />
      <Section title="What happened" note="newest first; each entry can be proven">
        <Happened timeline={view.timeline} />
      </Section>
    </Page>
  );
}

function Clocks({ view }: { view: ExceptionView }) {
  const { nowMs } = useNow();
  const lanes = lanesOf(view, nowMs);
  return (
    <Section title="Three clocks, one time line" means={MEANS["three clocks"]}>
      <Lanes lanes={lanes} name={`Time line of ${view.ref}; everything in it is listed under What happened`} />
      <LanesKey lanes={lanes} />
    </Section>
  );
}

/** What guarded what is over is not tried any more, and need not be. */
function triedOf({ controls, state }: ExceptionView, version: number | undefined): ExceptionView["controls"] {
  if (state === "closed") return [];
  return controls.filter((control) => control.version === version);
}

function Matter({ view }: { view: ExceptionView }) {
  const current = view.versions.at(-1);
  const earlier = view.versions.slice(0, -1).toReversed();
  const content = view.draft ?? current?.content;
  return (
    <>
      <Section
        title={view.draft === null ? `Version ${current?.n ?? 1}: what was decided on` : "Draft"}
        note={view.draft === null && current !== undefined ? <Hash value={current.contentHash} /> : "not put forward yet"}
      >
        {content === undefined ? (
          <NotKnown>Nothing is written yet.</NotKnown>
        ) : (
          <ContentFacts content={content} people={view.people} tried={triedOf(view, current?.n)} />
        )}
      </Section>
      <WhatChanged view={view} />
      {current !== undefined && (
        <Section
          title={`Votes on version ${current.n}`}
          means={MEANS.decision}
          note={
            <>
              {titleWords(current.fate)}; put forward <Time at={current.submittedAt} />
            </>
          }
        >
          <Votes version={current} />
        </Section>
      )}
      {earlier.map((version) => (
        <Section
          key={version.n}
          title={`Version ${version.n}`}
          note={`${titleWords(version.purpose)}: ${titleWords(version.fate).toLowerCase()}; its votes count for nothing else`}
        >
          <details>
            <summary>Show it and its votes</summary>
            <ContentFacts content={version.content} people={view.people} tried={triedOf(view, version.n)} />
            <Votes version={version} />
          </details>
        </Section>
      ))}
      <Section title="What the providers hold" means={MEANS.binding}>
        <Bindings bindings={view.bindings} />
      </Section>
      <Section title="Who could still let them through" note="when this one ends">
        <Overlaps bindings={view.bindings} />
      </Section>
    </>
  );
}

/** From the version before to what is shown now: what somebody who knew it has to read again. */
function WhatChanged({ view }: { view: ExceptionView }) {
  const contents = view.versions.map(({ n, content }) => ({ words: `version ${n}`, content }));
  if (view.draft !== null) contents.push({ words: "this draft", content: view.draft });
  const [before, after] = contents.slice(-2);
  if (before === undefined || after === undefined) return null;
  return (
    <Section title="What changed" note={`from ${before.words} to ${after.words}`}>
      <VersionDiff before={before.content} after={after.content} people={view.people} />
    </Section>
  );
}

function Surroundings({ view, address }: { view: ExceptionView; address: string }) {
  return (
    <>
      <Section title="You can">
        <Acts view={view} />
      </Section>
      {view.approval !== null && (
        <Section title={`Approval of version ${view.approval.version}`} means={MEANS.stage}>
          <Stages approval={view.approval} />
          <p className={styles.quiet}>
            To be answered <Time at={view.approval.answerBy} />. Silence is never a yes.
          </p>
        </Section>
      )}
      <Section title="In short">
        <InShort view={view} />
      </Section>
      {view.grants.length > 0 && (
        <Section title="Use" means={MEANS.use}>
          <Uses exception={address} />
        </Section>
      )}
      <CameFrom exception={address} />
      <Section title="Reviews" means={MEANS.review}>
        <Reviews view={view} />
      </Section>
      <Section title="Grants" means={MEANS.grant}>
        <Grants grants={view.grants} />
      </Section>
    </>
  );
}

function InShort({ view }: { view: ExceptionView }) {
  return (
    <Facts isTight>
      <Fact name="Owner">{view.ownerName ?? view.owner ?? <NotKnown>nobody yet</NotKnown>}</Fact>
      <Fact name="Requester">{view.people[view.requester] ?? view.requester}</Fact>
      <Fact name="Category" means={MEANS.category}>
        {titleWords(view.category)}
      </Fact>
      <Fact name="Unit">{view.unit}</Fact>
      <Fact name="Ends">
        <Ends of={view} />
      </Fact>
      <Fact name="True age" means={MEANS["true age"]}>
        {view.firstGrantedAt === null ? <NotKnown>never granted</NotKnown> : countWords(view.trueAgeDays, "day")}
      </Fact>
      <Fact name="Renewals" means={MEANS.renewal}>
        {view.renewals}
      </Fact>
      {view.origin === "inherited" ? (
        <Fact name="Inherited" means={MEANS.inherited}>
          found, never approved before
        </Fact>
      ) : (
        <Fact name="Came from">a request</Fact>
      )}
      {view.flags.length > 0 && <Fact name="Watch">{view.flags.map(flagWords).join(", ")}</Fact>}
    </Facts>
  );
}

/** `ownerInvalid` → `owner invalid`. */
function flagWords(flag: string): string {
  return flag.replaceAll(/([A-Z])/g, " $1").toLowerCase();
}

function Grants({ grants }: { grants: ExceptionView["grants"] }) {
  if (grants.length === 0) return <p className={styles.quiet}>Nothing was granted. Only a grant lets anyone through.</p>;
  return (
    <ol className={styles.grants}>
      {grants.map((grant) => (
        <li key={grant.seq}>
          <strong>
            {titleWords(grant.kind)}, version {grant.version}
          </strong>
          <p>
            <Time at={grant.validFrom} only="instant" /> until <Time at={grant.validUntil} only="instant" />
          </p>
          <p className={styles.quiet}>
            {durationWords(grant.cumulative)} in all
            {grant.originalValidUntil !== grant.validUntil && (
              <>
                ; approved until <Time at={grant.originalValidUntil} only="instant" />, then cut
              </>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}

import type { ReactNode } from "react";
import type { z } from "zod";

import type { ApplyingView, CoveredView, RequestPreview } from "../../../src/exceptions/contract-preview.ts";
import type { listCategories } from "../../../src/exceptions/contract.ts";
import { NotKnown } from "../../parts/facts.tsx";
import { Time } from "../../parts/time.tsx";
import { countWords, durationWords, rolesWords, titleWords } from "../../words.ts";
import styles from "./category-rules.module.css";

export type Category = z.output<(typeof listCategories)["reply"]>["items"][number];

export const NO_ANSWER: Readonly<Record<string, string>> = {
  revoke: "it ends",
  suspend: "it is suspended",
  escalate: "it is escalated",
};

interface CategoryRulesProps {
  category: Category;
  /** As they apply to this request; undefined until that was asked. */
  told: RequestPreview | undefined;
}

/** What a category demands of this request, each with its reason, before anything is typed: no rule comes as a surprise at the end. */
export function CategoryRules({ category, told }: CategoryRulesProps) {
  const applying = told?.applying;
  return (
    <dl className={styles.rules}>
      <Approvals category={category} applying={applying} />
      <Rule name="Owner holds">
        {rolesWords(category.ownerRoles)}
        <Why>Whoever answers for it; never the help desk.</Why>
      </Rule>
      <Rule name="Ends by">
        <LatestEnd category={category} applying={applying} />
      </Rule>
      <Rule name="People">
        {told === undefined ? (
          `at most ${category.headcountCeiling}`
        ) : (
          <People covered={told.covered} ceiling={category.headcountCeiling} />
        )}
      </Rule>
      <Rule name="Controls">
        at least {category.minCompensatingControls}
        <Why>What is weakened has to be guarded meanwhile.</Why>
      </Rule>
      <Reviews category={category} applying={applying} />
      <Repeats applying={applying} />
      {category.requiredFields.length > 0 && (
        <Rule name="Also needed">
          {category.requiredFields.map(fieldWords).join(", ")}
          <Why>This category asks for it on top.</Why>
        </Rule>
      )}
    </dl>
  );
}

function Rule({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The reason a rule applies, below it. */
function Why({ children }: { children: ReactNode }) {
  return <span className={styles.why}>{children}</span>;
}

function Approvals({ category, applying }: { category: Category; applying: ApplyingView | undefined }) {
  const stages = applying?.stages ?? category.approvers.map((stage) => ({ ...stage, isForRenewal: false }));
  return stages.map((stage, i) => (
    <Rule key={stage.roles.join()} name={stages.length === 1 ? "Approved by" : `Stage ${i + 1}`}>
      {rolesWords(stage.roles, stage.rule.startsWith("all") ? "and" : "or")}
      {stage.roles.length > 1 && `, ${stage.rule}`}, within {durationWords(stage.answerWithin)}
      <Why>
        {stage.isForRenewal
          ? `Because it is renewal ${applying?.renewal ?? 1}: each needs one level more.`
          : "Different people; nobody who asks, is let through, owns or implements it decides in their place."}
      </Why>
    </Rule>
  ));
}

function LatestEnd({ category, applying }: { category: Category; applying: ApplyingView | undefined }) {
  if (applying === undefined) return `at most ${durationWords(category.maxTerm)} at a time`;
  const used = applying.grantedSoFar === "PT0S" ? "" : `, ${durationWords(applying.grantedSoFar)} of them used`;
  const why = {
    term: `One term is at most ${durationWords(category.maxTerm)}.`,
    cumulative: `In all at most ${durationWords(category.maxCumulative)}${used}.`,
    contract: "The vendor's contract ends then.",
    grant: "A change keeps the end of what it changes.",
  }[applying.endSetBy];
  const left = category.maxRenewals - applying.renewal;
  const renewals = left <= 0 ? "No renewal after it" : `${countWords(left, "renewal")} after it`;
  return (
    <>
      <Time at={applying.latestEnd} />
      <Why>
        {why} {renewals}; beyond that only with an accepted risk and an open design issue.
      </Why>
    </>
  );
}

function People({ covered, ceiling }: { covered: CoveredView; ceiling: number }) {
  return (
    <>
      {covered.people === null ? <NotKnown>not counted</NotKnown> : `${covered.people} now`}, at most {ceiling} behind each named
      <Why>What lets through more is not an exception any more.</Why>
    </>
  );
}

function Reviews({ category, applying }: { category: Category; applying: ApplyingView | undefined }) {
  const { reviewEvery, noResponse } = category;
  return (
    <>
      <Rule name="Review">
        {reviewEvery === null ? "after each use" : `every ${durationWords(reviewEvery)}`}
        {typeof applying?.firstReviewAt === "string" && (
          <>
            , the next due <Time at={applying.firstReviewAt} only="distance" />
          </>
        )}
        <Why>Somebody says in a sentence why it is still needed.</Why>
      </Rule>
      <Rule name="No answer">{NO_ANSWER[noResponse] ?? noResponse}</Rule>
    </>
  );
}

function Repeats({ applying }: { applying: ApplyingView | undefined }) {
  if (applying === undefined) return null;
  const { repeats, repeatLimits } = applying;
  return (
    <Rule name="Asked before">
      {repeats === null ? (
        <NotKnown />
      ) : (
        `${countWords(repeats.same, "time")} by the same for the same, ${countWords(repeats.resource, "time")} by anybody, in 365 days`
      )}
      <Why>
        From {repeatLimits.same}, or {repeatLimits.resource} by anybody, on it needs a design issue: then the need is in the design.
      </Why>
    </Rule>
  );
}

/** `vendorContract` → `vendor contract`. */
function fieldWords(field: string): string {
  return titleWords(field.replaceAll(/([A-Z])/g, " $1")).toLowerCase();
}

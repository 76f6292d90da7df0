import type { z } from "zod";

import type { listCategories } from "../../../src/exceptions/contract.ts";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { countWords, durationWords, rolesWords, titleWords } from "../../words.ts";

export type Category = z.output<(typeof listCategories)["reply"]>["items"][number];

export const NO_ANSWER: Readonly<Record<string, string>> = {
  revoke: "it ends",
  suspend: "it is suspended",
  escalate: "it is escalated",
};

/** What a category demands, in words, before anything is typed: no rule comes as a surprise at the end. */
export function CategoryRules({ category }: { category: Category }) {
  return (
    <Facts isTight>
      {category.approvers.map((stage, i) => (
        <Fact key={stage.roles.join()} name={category.approvers.length === 1 ? "Approved by" : `Stage ${i + 1}`}>
          {rolesWords(stage.roles, stage.rule.startsWith("all") ? "and" : "or")}, {stage.rule}, within {durationWords(stage.answerWithin)}
        </Fact>
      ))}
      <Fact name="Owner holds">{rolesWords(category.ownerRoles)}; never the help desk</Fact>
      <Fact name="One term">at most {durationWords(category.maxTerm)}</Fact>
      <Fact name="In all">
        at most {durationWords(category.maxCumulative)},{" "}
        {category.maxRenewals === 0 ? "no renewal" : countWords(category.maxRenewals, "renewal")}
      </Fact>
      <Fact name="Review">
        {category.reviewEvery === null ? <NotKnown>after each use</NotKnown> : `every ${durationWords(category.reviewEvery)}`}
      </Fact>
      <Fact name="No answer">{NO_ANSWER[category.noResponse] ?? category.noResponse}</Fact>
      <Fact name="Controls">at least {category.minCompensatingControls}</Fact>
      <Fact name="People">at most {category.headcountCeiling}</Fact>
      {category.requiredFields.length > 0 && <Fact name="Also needed">{category.requiredFields.map(fieldWords).join(", ")}</Fact>}
    </Facts>
  );
}

/** `vendorContract` → `vendor contract`. */
function fieldWords(field: string): string {
  return titleWords(field.replaceAll(/([A-Z])/g, " $1")).toLowerCase();
}

import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useQueries } from "@tanstack/react-query";

import type { ContentView } from "../../../src/exceptions/contract-content.ts";
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { isSame } from "../../../src/kernel/merge.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { getPerson } from "../../../src/people/contract.ts";
import { useNow } from "../../now.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { FieldGroup, Wide } from "../../parts/field.tsx";
import { Columns, Page } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { VersionDiff } from "../exceptions/version-diff.tsx";
import { AnswerFields } from "./answer-fields.tsx";
import { StandsOnFields } from "./stands-on-fields.tsx";
import { type Category, CategoryRules } from "./category-rules.tsx";
import { ControlFields, ExitFields, NeedFields, type RequestFieldsProps, TermFields } from "./request-fields.tsx";
import { Above, Rules } from "./request-form.tsx";
import { RequestFoot } from "./request-foot.tsx";
import styles from "./request.module.css";
import { ScopeFields, WeakenedFields } from "./scope-builder.tsx";
import { draftOf, instantOf, type TypedRequest } from "./typed-request.ts";
import { type RequestInHand, useRequest } from "./use-request.ts";
import { useFocusOnFault } from "./what-to-change.tsx";

const WORDS = {
  extension: {
    title: "Propose an extension",
    below: "A new decision over the same need. The present grant keeps its own end: a proposal holds nothing open.",
    other: { kind: "change", words: "Propose a change instead" },
  },
  change: {
    title: "Propose a change",
    below: "A new decision over changed content. It keeps the end of the present grant, or comes before it.",
    other: { kind: "extension", words: "Propose an extension instead" },
  },
} as const;

interface ProposalFormProps {
  view: ExceptionView;
  /** What is in force now. */
  present: ContentView;
  purpose: "extension" | "change";
  category: Category;
  initial: TypedRequest;
}

/** Only what changes is asked for; everything else stays folded away, as it was approved. */
export function ProposalForm({ view, present, purpose, category, initial }: ProposalFormProps) {
  const request = useRequest({ keptAs: `${view.id} ${purpose}`, view, initial, purpose });
  const form = useFocusOnFault(request.failure);
  const { title, below, other } = WORDS[purpose];
  const props = { ...request.fields, category };
  return (
    <Page
      title={title}
      above={view.ref}
      below={below}
      actions={
        <Link to="/request" search={{ from: view.id, kind: other.kind }} className={buttonClass()}>
          {other.words}
        </Link>
      }
    >
      <Columns
        main={
          <form ref={form} className={styles.form} onSubmit={(event) => event.preventDefault()}>
            <Above request={request} />
            <InForce view={view} present={present} />
            <TermFields {...props} presentEnd={view.endsAt} />
            <Folded request={request} initial={initial} {...foldsOf(props, request)} isExtension={purpose === "extension"} />
            <Changes view={view} present={present} typed={request.draft.typed} />
            <RequestFoot
              savedness={request.draft.savedness}
              forward="Propose it"
              isBusy={request.isPutting}
              whyNot={isSame(request.draft.typed, initial) ? "Nothing is changed yet." : undefined}
              onForward={() => request.put()}
            />
          </form>
        }
        side={
          <div className={styles.rules}>
            <Rules category={category}>
              <CategoryRules category={category} told={request.told} />
            </Rules>
          </div>
        }
      />
    </Page>
  );
}

function InForce({ view, present }: { view: ExceptionView; present: ContentView }) {
  return (
    <FieldGroup title="What is in force">
      <Wide>
        <p>
          <Link to="/exceptions/$id" params={{ id: view.ref }} target="_blank">
            {present.title}
          </Link>
          {view.endsAt !== null && (
            <>
              , which ends <Time at={view.endsAt} />
            </>
          )}
          .
        </p>
      </Wide>
    </FieldGroup>
  );
}

interface Fold {
  readonly title: string;
  readonly keys: readonly (keyof TypedRequest)[];
  /** Where its faults are said. */
  readonly pointers: readonly string[];
  /** True for what decides who is let through: an extension leaves it as it is. */
  readonly isReach?: boolean;
  readonly fields: ReactNode;
}

function foldsOf(props: RequestFieldsProps, { told, isBehind }: RequestInHand): { folds: readonly Fold[] } {
  return {
    folds: [
      {
        title: "What is weakened",
        keys: ["connection", "policy", "lostMethod", "fallback", "dependencies"],
        pointers: ["/weakenedControl", "/fallbackMethodAllowed", "/fallbackDependencies"],
        isReach: true,
        fields: <WeakenedFields {...props} />,
      },
      {
        title: "Who is let through",
        keys: ["scope"],
        pointers: ["/scope"],
        isReach: true,
        fields: <ScopeFields {...props} told={told} isBehind={isBehind} />,
      },
      {
        title: "The need",
        keys: ["title", "justification", "reasonClass"],
        pointers: ["/title", "/justification", "/reasonClass"],
        fields: <NeedFields {...props} />,
      },
      {
        title: "What guards it meanwhile",
        keys: ["controls", "inherentRisk", "residualRisk"],
        pointers: ["/compensatingControls", "/inherentRisk", "/residualRisk"],
        fields: <ControlFields {...props} />,
      },
      {
        title: "How it ends for good",
        keys: ["exitWhat", "exitOwner", "remediationRef", "milestones"],
        pointers: ["/exitPlan"],
        fields: <ExitFields {...props} />,
      },
      {
        title: "Who answers",
        keys: ["businessOwner", "deputy", "implementer", "onCall"],
        pointers: ["/accountability", "/deputy", "/onCall"],
        fields: <AnswerFields {...props} />,
      },
      {
        title: "What it stands on",
        keys: ["vendor", "contract", "designIssue", "riskAcceptance"],
        pointers: ["/vendorContract", "/designIssue", "/riskAcceptance"],
        fields: <StandsOnFields {...props} />,
      },
    ],
  };
}

interface FoldedProps {
  request: RequestInHand;
  initial: TypedRequest;
  folds: readonly Fold[];
  isExtension: boolean;
}

function Folded({ request: { draft, fields }, initial, folds, isExtension }: FoldedProps) {
  return (
    <FieldGroup
      title="Everything else"
      why={
        isExtension
          ? "Stays as it was approved unless you open it. Who is let through, and around what, an extension cannot alter."
          : "Stays as it was approved unless you open it."
      }
    >
      <Wide>
        {folds
          .filter(({ isReach }) => !(isExtension && isReach === true))
          .map((fold) => (
            <FoldedGroup
              key={fold.title}
              title={fold.title}
              isChanged={fold.keys.some((key) => !isSame(draft.typed[key], initial[key]))}
              isFaulty={fold.pointers.some((pointer) => fields.errors(pointer).length > 0)}
            >
              {fold.fields}
            </FoldedGroup>
          ))}
      </Wide>
    </FieldGroup>
  );
}

function FoldedGroup({
  title,
  isChanged,
  isFaulty,
  children,
}: {
  title: string;
  isChanged: boolean;
  isFaulty: boolean;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(isChanged);
  return (
    <details className={styles.fold} open={isOpen || isFaulty} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title} <span>{isFaulty ? "to be changed" : isChanged ? "changed" : "as approved"}</span>
      </summary>
      {(isOpen || isFaulty) && children}
    </details>
  );
}

/** Before and after, as the approvers will read it. */
function Changes({ view, present, typed }: { view: ExceptionView; present: ContentView; typed: TypedRequest }) {
  const { nowMs, zone } = useNow();
  const content = draftOf(typed, zone as Zone, instantOf(nowMs)) as ContentView;
  const after = { ...content, requestedFrom: present.requestedFrom, requestedUntil: content.requestedUntil ?? present.requestedUntil };
  const before = { ...present, scope: present.scope.map(({ headcountAtApproval: _counted, ...item }) => item) };
  const named = [typed.businessOwner, typed.deputy, typed.implementer, typed.exitOwner].filter((id) => id !== "" && !(id in view.people));
  const found = useQueries({ queries: [...new Set(named)].map((id) => read(getPerson, { params: { id } })) });
  const more = found.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data.displayName] as const]));
  return (
    <FieldGroup title="What changes" why="Before and after, as the approvers will read it.">
      <Wide>
        <VersionDiff before={before} after={after} people={{ ...view.people, ...Object.fromEntries(more) }} />
      </Wide>
    </FieldGroup>
  );
}

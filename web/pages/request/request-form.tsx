import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { STATE_SIGNS } from "../../signs.ts";
import { CameFrom } from "../access-requests/came-from.tsx";
import { AnswerFields } from "./answer-fields.tsx";
import { StandsOnFields } from "./stands-on-fields.tsx";
import { CategoryFields } from "./category-fields.tsx";
import { type Category, CategoryRules } from "./category-rules.tsx";
import { ConflictPanel } from "./conflict-panel.tsx";
import { KnownAlready } from "./known-already.tsx";
import { MyDrafts } from "./my-drafts.tsx";
import { ControlFields, ExitFields, NeedFields, type RequestFieldsProps, TermFields } from "./request-fields.tsx";
import { RequestFoot } from "./request-foot.tsx";
import styles from "./request.module.css";
import { ScopeFields, WeakenedFields } from "./scope-builder.tsx";
import type { TypedRequest } from "./typed-request.ts";
import { type RequestInHand, useRequest } from "./use-request.ts";
import { useFocusOnFault, WhatToChange } from "./what-to-change.tsx";

interface RequestFormProps {
  keptAs: string;
  view: ExceptionView | undefined;
  categories: readonly Category[];
  initial: TypedRequest;
}

/** First what is asked for and what there is already; then, as a draft on the server, everything it will be judged by. */
export function RequestForm({ keptAs, view, categories, initial }: RequestFormProps) {
  const request = useRequest({ keptAs, view, initial, purpose: "draft" });
  const { draft, told, isBehind, fields, failure } = request;
  const category = categories.find((each) => each.key === draft.typed.category);
  const form = useFocusOnFault(failure);
  return (
    <Page
      title="Request an exception"
      above={view?.ref}
      mark={view !== undefined && <Badge sign={STATE_SIGNS[view.state]} />}
      below="A way around passwordless sign-in, for as few people and as short a time as will do."
    >
      <Columns
        main={
          <form ref={form} className={styles.form} onSubmit={(event) => event.preventDefault()}>
            <Above request={request} />
            {view === undefined && <MyDrafts />}
            {view === undefined && <CategoryFields categories={categories} {...fields} />}
            {category !== undefined && (
              <>
                <WeakenedFields {...fields} category={category} />
                <ScopeFields {...fields} category={category} told={told} isBehind={isBehind} />
                <KnownAlready told={told} isBehind={isBehind} typed={draft.typed} />
                {view !== undefined && <Matter {...fields} category={category} />}
              </>
            )}
            <Foot request={request} view={view} />
          </form>
        }
        side={
          <div className={styles.rules}>
            {view !== undefined && <CameFrom exception={keptAs} />}
            <Rules category={category}>{category !== undefined && <CategoryRules category={category} told={told} />}</Rules>
          </div>
        }
      />
    </Page>
  );
}

export function Rules({ category, children }: { category: Category | undefined; children: ReactNode }) {
  if (category === undefined) return <Section title="The rules">Choose a category to see what it demands.</Section>;
  return <Section title={`The rules of ${category.title.toLowerCase()}`}>{children}</Section>;
}

/** What has to be known before anything below is read: what was typed before, what somebody else typed, what is wrong. */
export function Above({ request: { draft, failure, reasons, put } }: { request: RequestInHand }) {
  const { conflict, takenIn } = draft;
  return (
    <div className={styles.above}>
      {draft.wasKept && <Restored onRestart={draft.restart} />}
      {conflict !== undefined && (
        <ConflictPanel conflict={conflict} mine={draft.typed} takenIn={takenIn} settle={(choices) => draft.settle(conflict, choices)} />
      )}
      {conflict === undefined && takenIn.length > 0 && (
        <Notice tone="open" title="Somebody else changed this draft meanwhile" isUrgent>
          Taken in, because you had not changed it: {takenIn.join(", ")}. What you typed is still there.
        </Notice>
      )}
      {failure !== undefined && <WhatToChange failure={failure} reasons={reasons} onSeen={put} />}
    </div>
  );
}

function Restored({ onRestart }: { onRestart: () => void }) {
  return (
    <Notice tone="open" title="What you had typed is back" action={<Button onClick={onRestart}>Start over</Button>}>
      It was kept on this device and is not saved yet.
    </Notice>
  );
}

function Foot({ request, view }: { request: RequestInHand; view: ExceptionView | undefined }) {
  const { draft, told, put, isPutting } = request;
  const navigate = useNavigate();
  const whyNot = whyNotSave(draft.typed);
  const { savedness } = draft;
  const goOn = async () => {
    const opened = await draft.save();
    if (opened === undefined) return;
    draft.keepAs(opened.id);
    say(`${opened.ref} is saved as a draft.`);
    await navigate({ to: "/request", search: { draft: opened.id }, replace: true });
  };
  const save = async () => {
    const saved = await draft.save();
    if (saved !== undefined) say(`${saved.ref} is saved as a draft.`);
  };
  if (view === undefined) {
    const hasAlike = (told?.twins.length ?? 0) > 0;
    return (
      <RequestFoot
        savedness={savedness}
        forward={hasAlike ? "None of these will do: go on" : "Go on"}
        isBusy={savedness === "saving"}
        whyNot={whyNot}
        onForward={quietly(goOn)}
      />
    );
  }
  const words = view.state === "draft" ? "Save as a draft" : "Take it back and save";
  return (
    <RequestFoot
      savedness={savedness}
      forward="Put it forward"
      isBusy={isPutting}
      whyNot={draft.conflict === undefined ? whyNot : "Choose first which values are to stay."}
      onForward={() => put()}
      save={{ words, onSave: quietly(save) }}
    />
  );
}

/** What goes wrong with it is said above the form. */
function quietly(act: () => Promise<void>): () => void {
  return () => void act().catch(() => undefined);
}

function whyNotSave({ category, unit }: TypedRequest): string | undefined {
  if (category === "") return "Choose a category first.";
  return unit.trim() === "" ? "Name the unit first." : undefined;
}

function Matter(props: RequestFieldsProps) {
  return (
    <>
      <NeedFields {...props} />
      <ControlFields {...props} />
      <TermFields {...props} />
      <ExitFields {...props} />
      <AnswerFields {...props} />
      <StandsOnFields {...props} />
    </>
  );
}

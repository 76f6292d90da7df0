import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import type { Refusal } from "../../../src/kernel/problem.ts";
import { errorsAt, failureFrom, pointerOf } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { FieldGroup, TextField, Wide } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { countWords } from "../../words.ts";
import { type Category, CategoryRules } from "./category-rules.tsx";
import { useKept } from "./kept-typing.ts";
import {
  AnswerFields,
  ControlFields,
  ExitFields,
  NeedFields,
  type RequestFieldsProps,
  StandsOnFields,
  TermFields,
} from "./request-fields.tsx";
import styles from "./request.module.css";
import { type Purpose, useSaving } from "./saving.ts";
import { ScopeFields, WeakenedFields } from "./scope-builder.tsx";
import type { TypedRequest } from "./typed-request.ts";

const TITLES: Readonly<Record<Purpose, string>> = {
  draft: "Request an exception",
  extension: "Propose an extension",
  change: "Propose a change",
};

const BELOW: Readonly<Record<Purpose, string>> = {
  draft: "A way around passwordless sign-in, for as few people and as short a time as will do.",
  extension: "A new decision over the same need. The present grant keeps its own end: a proposal holds nothing open.",
  change: "A new decision over changed content. The present grant keeps its own end.",
};

interface RequestFormProps {
  keptAs: string;
  view: ExceptionView | undefined;
  purpose: Purpose;
  categories: readonly Category[];
  initial: TypedRequest;
}

/** The whole request on one page: grouped as it is judged, every fault beside its field, nothing lost. */
export function RequestForm({ keptAs, view, purpose, categories, initial }: RequestFormProps) {
  const { value: typed, change, forget, restart, isDirty, wasKept } = useKept(keptAs, initial);
  const { save, put } = useSaving({ typed, view, purpose, isDirty, forget });
  const category = categories.find((each) => each.key === typed.category);
  const error = put.error ?? save.error;
  const failure = error === null ? undefined : failureFrom(error);
  const form = useFocusOnFault(error);
  const fields = { typed, change, errors: (pointer: string) => errorsAt(failure?.reasons ?? [], pointer) };
  return (
    <Page title={TITLES[purpose]} above={view?.ref} below={BELOW[purpose]}>
      <Columns
        main={
          <form
            ref={form}
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              put.mutate([]);
            }}
          >
            <div className={styles.above}>
              {wasKept && isDirty && <Restored onRestart={restart} />}
              {failure !== undefined && <WhatToChange failure={failure} onSeen={(twins) => put.mutate(twins)} />}
            </div>
            {view === undefined && <CategoryFields categories={categories} {...fields} />}
            {category !== undefined && <Matter category={category} {...fields} />}
            <Foot
              purpose={purpose}
              whyNot={whyNotSave(typed)}
              isPutting={put.isPending}
              isSaving={save.isPending}
              onSave={() => save.mutate()}
            >
              {isDirty ? "Kept on this device until it is saved." : view !== undefined && "Saved."}
            </Foot>
          </form>
        }
        side={
          <div className={styles.rules}>
            <Rules category={category} />
          </div>
        }
      />
    </Page>
  );
}

function whyNotSave({ category, unit }: TypedRequest): string | undefined {
  if (category === "") return "Choose a category first.";
  return unit.trim() === "" ? "Name the unit first." : undefined;
}

/** A new failure brings the first field it is about into view. */
function useFocusOnFault(error: Error | null) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>("[aria-invalid], [data-invalid] input")?.focus();
  }, [error]);
  return form;
}

interface FootProps {
  purpose: Purpose;
  whyNot: string | undefined;
  isPutting: boolean;
  isSaving: boolean;
  onSave: () => void;
  children: ReactNode;
}

function Foot({ purpose, whyNot, isPutting, isSaving, onSave, children }: FootProps) {
  return (
    <footer className={styles.foot}>
      <Button look="primary" type="submit" isBusy={isPutting} whyNot={whyNot}>
        {purpose === "draft" ? "Put it forward" : "Propose it"}
      </Button>
      {purpose === "draft" && (
        <Button isBusy={isSaving} whyNot={whyNot} onClick={onSave}>
          Save as a draft
        </Button>
      )}
      <p>{children}</p>
    </footer>
  );
}

function Matter(props: RequestFieldsProps) {
  return (
    <>
      <NeedFields {...props} />
      <WeakenedFields {...props} />
      <ScopeFields {...props} />
      <ControlFields {...props} />
      <TermFields {...props} />
      <ExitFields {...props} />
      <AnswerFields {...props} />
      <StandsOnFields {...props} />
    </>
  );
}

function CategoryFields({ categories, typed, change, errors }: Omit<RequestFieldsProps, "category"> & { categories: readonly Category[] }) {
  return (
    <FieldGroup title="What kind of exception" why="The category decides who approves, who may own it, and how long it may last.">
      <Wide>
        <div className={styles.categories} role="radiogroup" aria-label="Category">
          {categories.map((category) => (
            <label key={category.key} className={styles.category}>
              <input
                type="radio"
                name="category"
                value={category.key}
                checked={category.key === typed.category}
                onChange={() => change({ category: category.key })}
              />
              <strong>{category.title}</strong>
              <span>{categoryWords(category)}</span>
            </label>
          ))}
        </div>
      </Wide>
      <TextField
        label="Unit"
        hint="The part of the organisation that needs it."
        value={typed.unit}
        onChange={(unit) => change({ unit })}
        errors={errors("/unit")}
        maxLength={80}
      />
    </FieldGroup>
  );
}

function categoryWords({ approvers, maxTerm }: Category): string {
  const count = approvers.reduce((sum, stage) => sum + (stage.rule.startsWith("all") ? stage.roles.length : 1), 0);
  return `${countWords(count, "approval")}, at most ${maxTerm.replace(/^PT?(\d+)([DH])$/, (_, n: string, unit: string) => `${n} ${unit === "D" ? "days" : "h"}`)}`;
}

function Rules({ category }: { category: Category | undefined }) {
  if (category === undefined) return <Section title="The rules">Choose a category to see what it demands.</Section>;
  return (
    <Section title={`The rules of ${category.title.toLowerCase()}`}>
      <CategoryRules category={category} />
    </Section>
  );
}

function Restored({ onRestart }: { onRestart: () => void }) {
  return (
    <Notice tone="open" title="What you had typed is back" action={<Button onClick={onRestart}>Start over</Button>}>
      It was kept on this device and is not saved yet.
    </Notice>
  );
}

const TWINS = "exceptions.twinsNotSeen";

/** All faults at once: those with a field are counted and shown there, the others said here. */
function WhatToChange({ failure, onSeen }: { failure: ReturnType<typeof failureFrom>; onSeen: (twins: string[]) => void }) {
  if (failure.kind !== "refused") return <Failure error={failure} />;
  const twins = failure.reasons.filter((reason) => reason.code === TWINS).flatMap(idsIn);
  const besides = failure.reasons.filter((reason) => reason.code !== TWINS);
  const nowhere = besides.filter((reason) => pointerOf(reason) === undefined);
  return (
    <>
      {besides.length > 0 && (
        <Failure
          error={failure}
          title={besides.length === 1 ? "One thing is to be changed" : `${besides.length} things are to be changed`}
          reasons={nowhere.length > 0 ? nowhere : [{ code: "console.beside", detail: "Each is said beside its field." }]}
        />
      )}
      {twins.length > 0 && (
        <Notice
          tone="wait"
          title="Others ask for the same"
          action={<Button onClick={() => onSeen(twins)}>I have looked; put it forward</Button>}
          isUrgent
        >
          Look at {twins.length === 1 ? "it" : "them"} first: an existing one may do, or what became of it may tell you why not.
          <ul>
            {twins.map((twin) => (
              <li key={twin}>
                <Link to="/exceptions/$id" params={{ id: twin }} target="_blank">
                  {twin}
                </Link>
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function idsIn(reason: Refusal): string[] {
  return reason.detail.match(/exc_[0-9a-z]+/g) ?? [];
}

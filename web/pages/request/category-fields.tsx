import { FieldGroup, TextField, Wide } from "../../parts/field.tsx";
import { countWords, durationWords } from "../../words.ts";
import type { Category } from "./category-rules.tsx";
import { type RequestFieldsProps, TitleField } from "./request-fields.tsx";
import styles from "./request.module.css";

export function CategoryFields({
  categories,
  typed,
  change,
  errors,
}: Omit<RequestFieldsProps, "category"> & { categories: readonly Category[] }) {
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
      <TitleField typed={typed} change={change} errors={errors} />
    </FieldGroup>
  );
}

function categoryWords({ approvers, maxTerm }: Category): string {
  const count = approvers.reduce((sum, stage) => sum + (stage.rule.startsWith("all") ? stage.roles.length : 1), 0);
  return `${countWords(count, "approval")}, at most ${durationWords(maxTerm)}`;
}

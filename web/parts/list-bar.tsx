import type { ReactNode } from "react";

import { Icon } from "./icon.tsx";
import styles from "./list-bar.module.css";
import type { Option } from "./field.tsx";

/** Searches a list as it is typed into. */
export function FilterSearch({
  label,
  hint,
  value,
  onChange,
}: {
  label: string;
  hint: string;
  value: string;
  onChange: (typed: string) => void;
}) {
  return (
    <label className={styles.search}>
      <span className="unseen">{label}</span>
      <Icon name="search" size={14} />
      <input type="search" placeholder={hint} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** Narrows a list to one of a few; `all` is what no choice is called. */
export function FilterSelect({
  label,
  all,
  value,
  options,
  onChange,
}: {
  label: string;
  all: string;
  value: string | undefined;
  options: readonly Option[];
  onChange: (value: string | undefined) => void;
}) {
  return (
    <label className={styles.choice}>
      <span className="unseen">{label}</span>
      <select value={value ?? ""} onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}>
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevronDown" size={14} />
    </label>
  );
}

/** The line above a list: its saved filters, each a link, and the search beside them. */
export function ListBar({ views, children }: { views: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles.bar}>
      <nav className={styles.views} aria-label="Saved filters">
        {views}
      </nav>
      {children !== undefined && <div className={styles.filters}>{children}</div>}
    </div>
  );
}

/** The line below a list that goes on. */
export function ListFoot({ children }: { children: ReactNode }) {
  return (
    <nav className={styles.foot} aria-label="Pages">
      {children}
    </nav>
  );
}

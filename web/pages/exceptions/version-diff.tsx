import type { ContentView } from "../../../src/exceptions/contract-content.ts";
import { useConnectionNames } from "../../names.ts";
import { useNow } from "../../now.tsx";
import { instantWords } from "../../parts/time-words.ts";
import { type Change, changesBetween, wordsChanged } from "./version-changes.ts";
import styles from "./version-diff.module.css";

/** A short value is read whole, before and after; only in prose does it help to see which words are other ones. */
const PROSE = 80;

interface VersionDiffProps {
  before: ContentView;
  after: ContentView;
  people: Readonly<Record<string, string>>;
}

/** What is different from the version before, and nothing else. */
export function VersionDiff({ before, after, people }: VersionDiffProps) {
  const connectionName = useConnectionNames();
  const { nowMs, zone } = useNow();
  const changes = changesBetween(before, after, { people, connectionName, instant: (at) => instantWords(Date.parse(at), nowMs, zone) });
  if (changes.length === 0) return <p className={styles.quiet}>Word for word the same.</p>;
  return (
    <div role="group" aria-label="What changed from one version to the next">
      <dl className={styles.changes}>
        {changes.map((change) => (
          <div key={change.name}>
            <dt>{change.name}</dt>
            <dd>
              <Changed change={change} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Marked as taken out and put in for everybody who reads it aloud, struck and underlined for everybody who sees it. */
function Changed({ change: { before, after } }: { change: Change }) {
  if (before === null) return <ins>{after}</ins>;
  if (after === null) return <del>{before}</del>;
  const pieces = Math.min(before.length, after.length) < PROSE ? undefined : wordsChanged(before, after);
  if (pieces === undefined) {
    return (
      <>
        <del>{before}</del> <ins>{after}</ins>
      </>
    );
  }
  return pieces.map(({ text, kind }, i) =>
    kind === "kept" ? text : kind === "gone" ? <del key={i}>{text}</del> : <ins key={i}>{text}</ins>,
  );
}

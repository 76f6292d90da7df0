import { encodeBase64 } from "../../../src/kernel/base64.ts";
import { Hash } from "../../parts/facts.tsx";
import styles from "./entry.module.css";
import type { Checkpoint } from "./verify-entry.ts";

interface PathNode {
  readonly start: number;
  readonly end: number;
  readonly hash: string;
}

/** The way from the entry to the signed root: which leaves each hash stands for, drawn to their share of the log, and said in words. */
export function ProofPath({
  index,
  leafHash,
  path,
  checkpoint,
}: {
  index: number;
  leafHash: string;
  path: readonly PathNode[];
  checkpoint: Checkpoint | undefined;
}) {
  const size = checkpoint?.size ?? 0;
  return (
    <ol className={styles.path}>
      <Step name="This entry" leaves={{ start: index, end: index + 1 }} size={size} hash={leafHash} isOurs />
      {path.map((node) => (
        <Step key={node.start} name={leavesWords(node)} leaves={node} size={size} hash={node.hash} />
      ))}
      {checkpoint !== undefined && (
        <Step
          name={`Root of all ${size}, signed by ${checkpoint.origin}`}
          leaves={{ start: 0, end: size }}
          size={size}
          hash={encodeBase64(checkpoint.root)}
          isOurs
        />
      )}
    </ol>
  );
}

function leavesWords({ start, end }: { start: number; end: number }): string {
  return end - start === 1 ? `Entry ${start}` : `Entries ${start} to ${end - 1}`;
}

function Step(props: { name: string; leaves: { start: number; end: number }; size: number; hash: string; isOurs?: boolean }) {
  const { name, leaves, size, hash, isOurs = false } = props;
  const width = size === 0 ? 0 : ((leaves.end - leaves.start) / size) * 100;
  const from = size === 0 ? 0 : (leaves.start / size) * 100;
  return (
    <li data-ours={isOurs || undefined}>
      <span>{name}</span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" rx="1" className={styles.rail} />
        <rect x={Math.min(from, 99)} width={Math.max(width, 1)} height="6" className={styles.share} />
      </svg>
      <Hash value={hash} />
    </li>
  );
}

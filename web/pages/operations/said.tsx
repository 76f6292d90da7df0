import { Link } from "@tanstack/react-router";

import type { SentenceView } from "../../../src/lockout/contract.ts";
import { apart } from "../../parts/apart.ts";

/** A sentence of the analysis: what it names leads to where one reads of it. */
export function Said({ sentence }: { sentence: SentenceView }) {
  // The parts of a sentence have no names of their own, and never move.
  return sentence.map((part, i) => (typeof part === "string" ? part : <Part key={`${i} ${part.words}`} part={part} />));
}

function Part({ part: { words, about } }: { part: Exclude<SentenceView[number], string> }) {
  const name = apart(words);
  if (about === undefined) return <strong>{name}</strong>;
  return about.kind === "operation" ? (
    <Link to="/operations/$key" params={{ key: about.key }}>
      {name}
    </Link>
  ) : (
    <Link to="/what-if" search={{ failed: about.key }}>
      {name}
    </Link>
  );
}

/** A sentence as plain text. */
export function saidPlainly(sentence: SentenceView): string {
  return sentence.map((part) => (typeof part === "string" ? part : apart(part.words))).join("");
}

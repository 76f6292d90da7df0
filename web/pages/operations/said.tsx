import { Link } from "@tanstack/react-router";

import type { SentenceView } from "../../../src/lockout/contract.ts";
import { apart } from "../../parts/apart.ts";

interface SaidProps {
  sentence: SentenceView;
  /** Key of the operation one reads of already: it leads nowhere. */
  here?: string;
}

/** A sentence of the analysis: what it names leads to where one reads of it. */
export function Said({ sentence, here }: SaidProps) {
  return (
    <span>
      {sentence.map((part, i) =>
        // The parts of a sentence have no names of their own, and never move.
        typeof part === "string" ? part : <Part key={`${i} ${part.words}`} part={part} here={here} />,
      )}
    </span>
  );
}

function Part({ part: { words, about }, here }: { part: Exclude<SentenceView[number], string>; here: string | undefined }) {
  const name = apart(words);
  if (about === undefined) return <strong>{name}</strong>;
  if (about.kind === "operation") {
    if (about.key === here) return name;
    return (
      <Link to="/operations/$key" params={{ key: about.key }}>
        {name}
      </Link>
    );
  }
  return (
    <Link to="/what-if" search={{ failed: about.key }}>
      {name}
    </Link>
  );
}

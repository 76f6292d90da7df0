import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { askFallback } from "../../../src/lockout/contract.ts";
import { Badge } from "../../parts/badge.tsx";
import type { Sign } from "../../parts/tone.ts";
import { read } from "../../queries.ts";
import styles from "./operations.module.css";
import { Said } from "./said.tsx";
import { FATE_SIGNS } from "./signs.ts";

const UNKNOWN: Sign = { word: "Not known", tone: "unknown", shape: "question" };

/** Whether what a fallback depends on fails with what it stands in for, as far as the model tells. */
export function FallbackFate({ connection, dependencies }: { connection: string; dependencies: readonly string[] }) {
  const isAsked = connection !== "" && dependencies.length > 0;
  const { data } = useQuery({
    ...read(askFallback, { query: { connection, dependencies: dependencies.join("\n") } }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
  });
  if (!isAsked || data === undefined) return null;
  return (
    <span className={styles.fate}>
      <Badge sign={data.isKnown ? FATE_SIGNS[data.grade ?? "none"] : UNKNOWN} />
      <span className={styles.minor}>
        <Said sentence={data.words} />
      </span>
    </span>
  );
}

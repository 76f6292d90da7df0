import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { previewModel } from "../../../src/lockout/contract.ts";
import { failureFrom, type Given } from "../../api.ts";
import { Failure } from "../../parts/failure.tsx";
import { Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { countWords } from "../../words.ts";
import styles from "./operations.module.css";
import { Said } from "./said.tsx";

type Change = NonNullable<Given<typeof previewModel>["body"]>;

const REST_MS = 400;

/** What the change in the form would change, told while it is typed. Undefined: it cannot be read yet, and the last answer stays. */
export function Difference({ change }: { change: Change | undefined }) {
  const asked = useRested(change === undefined ? undefined : JSON.stringify(change));
  const told = useQuery({
    ...read(previewModel, { body: JSON.parse(asked ?? "{}") as Change }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <Section title="What that changes" note="Tried on the model; nothing is kept.">
      {told.error !== null && <Failure error={failureFrom(told.error)} />}
      {told.data !== undefined && (
        <>
          <p aria-live="polite">
            <Said sentence={told.data.words} />
          </p>
          <p className={styles.minor}>Complete up to {countWords(told.data.completeTo, "simultaneous failure")}.</p>
        </>
      )}
    </Section>
  );
}

/** What was last given, once it rests. */
function useRested(text: string | undefined): string | undefined {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    if (text === undefined) return undefined;
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

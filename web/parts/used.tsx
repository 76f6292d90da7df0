import type { ExceptionRowView } from "../../src/exceptions/contract-views.ts";
import { countWords } from "../words.ts";
import { NotKnown } from "./facts.tsx";
import { Time } from "./time.tsx";

/** How often the decision point let through by it. Where nobody asks the decision point, nothing is claimed. */
export function Used({ use }: { use: ExceptionRowView["use"] }) {
  if (use === null) return <NotKnown>not known: this server is not asked about all of it</NotKnown>;
  const { times, lastAt, isWatched } = use;
  if (lastAt === null) return <>Not once; this server is asked about all it covers</>;
  return (
    <>
      {times === 0 ? "Not since then; last" : `${countWords(times, "time")}, last`} <Time at={lastAt} />
      {!isWatched && "; this server is not asked about all it covers"}
    </>
  );
}

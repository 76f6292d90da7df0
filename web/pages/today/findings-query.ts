import { listFindings } from "../../../src/findings/contract.ts";
import { read } from "../../queries.ts";

const SHOWN = 5;

/** The findings Today shows of a person's own: asked for by the page's loader, and by the part that shows them. */
export const findingsOf = (person: string) => read(listFindings, { query: { owner: person, state: "open", limit: SHOWN } });

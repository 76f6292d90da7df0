import { listExceptions } from "../../../src/exceptions/contract.ts";
import { listPeople } from "../../../src/people/contract.ts";
import { read } from "../../queries.ts";

const MOST_DRAFTS = 10;
const MOST_PEOPLE = 30;

/** What a person began and has not put forward. */
export const draftsOf = (person: string) => read(listExceptions, { query: { state: "draft", requester: person, limit: MOST_DRAFTS } });

/** Active people with a name like this; the first ones of all where nothing is searched. */
export const peopleLike = (search: string) =>
  read(listPeople, { query: { active: "true", limit: MOST_PEOPLE, ...(search !== "" && { search }) } });

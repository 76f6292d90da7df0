import { listAccessRequests, listEmergencies } from "../../../src/access-requests/contract.ts";
import { read } from "../../queries.ts";

/** What waits for who is signed in. */
export const REQUESTS_FOR_ME = read(listAccessRequests, { query: {} });

/** What waits for whoever is on point. */
export const EMERGENCIES = read(listEmergencies, {});

/** What an exception came of; by its id or reference, as the page is addressed by. */
export const requestsOf = (exception: string) => read(listAccessRequests, { query: { exception } });

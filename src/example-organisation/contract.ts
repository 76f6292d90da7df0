/** What the real instance offers: to load the example organisation beside itself, and to remove it. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";

const ADMINISTRATORS = ["administrator"] as const;

const exampleView = z.strictObject({
  state: z.enum(["notOffered", "none", "loading", "loaded", "failed"]),
  /** How much of the year has been played, 0 to 1, while it is loading. */
  share: z.number().nullable(),
  /** Why it could not be loaded, where it failed. */
  why: z.string().nullable(),
});
export type ExampleView = z.output<typeof exampleView>;

export const readExampleOrganisation = endpoint({
  id: "readExampleOrganisation",
  method: "GET",
  path: "/api/v1/example-organisation",
  summary: "Whether the example organisation is loaded here",
  access: "signedIn",
  reply: exampleView,
});

export const loadExampleOrganisation = endpoint({
  id: "loadExampleOrganisation",
  method: "POST",
  path: "/api/v1/example-organisation/load",
  summary: "Play an invented year into an instance of its own under /example/; nothing of it enters this one",
  access: ADMINISTRATORS,
  reply: exampleView,
  refusals: ["example.notOffered"],
});

export const removeExampleOrganisation = endpoint({
  id: "removeExampleOrganisation",
  method: "POST",
  path: "/api/v1/example-organisation/remove",
  summary: "Close and delete the example organisation with all that was done in it",
  access: ADMINISTRATORS,
  reply: exampleView,
  refusals: ["example.notOffered"],
});

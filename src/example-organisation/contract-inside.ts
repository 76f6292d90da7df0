/** What only the example organisation answers, under /example/: walking in somebody's shoes, and the first hour. The real instance has none of it. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";

const personaView = z.strictObject({ key: z.string(), name: z.string(), title: z.string(), does: z.string() });
export type PersonaView = z.output<typeof personaView>;

export const listPersonas = endpoint({
  id: "listPersonas",
  method: "GET",
  path: "/api/v1/personas",
  summary: "In whose shoes one can walk through the example organisation",
  access: "anyone",
  reply: z.strictObject({ items: z.array(personaView) }),
});

export const enterPersona = endpoint({
  id: "enterPersona",
  method: "POST",
  path: "/api/v1/personas/:key/enter",
  summary: "Sign in to the example organisation as one of its invented people; asks for a session in the real instance",
  access: "anyone",
  params: z.strictObject({ key: z.string().max(40) }),
  reply: z.strictObject({ name: z.string() }),
  refusals: ["example.personaUnknown"],
});

export const signAsPersona = endpoint({
  id: "signAsPersona",
  method: "POST",
  path: "/api/v1/personas/sign",
  summary: "Let the invented passkey of whoever one walks as answer a question of the example organisation",
  access: "signedIn",
  body: z.strictObject({ options: z.record(z.string(), z.unknown()) }),
  reply: z.strictObject({ response: z.record(z.string(), z.unknown()) }),
  refusals: ["example.personaUnknown"],
});

const stepView = z.strictObject({
  key: z.string(),
  title: z.string(),
  why: z.string(),
  /** In whose shoes. */
  persona: z.string(),
  /** Page of the console. */
  to: z.string(),
  done: z.boolean(),
});
export type StepView = z.output<typeof stepView>;

export const readFirstHour = endpoint({
  id: "readFirstHour",
  method: "GET",
  path: "/api/v1/first-hour",
  summary: "The guided first hour, with what of it has really been done since the example was loaded",
  access: "anyone",
  reply: z.strictObject({ items: z.array(stepView) }),
});

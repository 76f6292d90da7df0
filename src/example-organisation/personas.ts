/** Walking in somebody's shoes: the invented people sign in and decide with software authenticators that only this instance has. */
import { refusal, Refused } from "../kernel/problem.ts";
import type { Clock } from "../kernel/time.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import type { SoftwareAuthenticator } from "./authenticator.ts";
import { fullNameOf, PERSONAS } from "./company.ts";
import * as contract from "./contract-inside.ts";
import type { FirstHour } from "./first-hour.ts";
import { isWelcomeHere } from "./mount.ts";
import type { Facts } from "./play.ts";
import { createVisitor, type Server } from "./visitor.ts";

export interface Inside {
  readonly server: Server;
  readonly origin: string;
  readonly clock: Clock;
  readonly facts: Facts;
  readonly authenticators: ReadonlyMap<string, SoftwareAuthenticator>;
  readonly firstHour: FirstHour;
}

export function personaRoutes(inside: Inside): readonly Route[] {
  const authenticatorOf = (name: string | undefined): SoftwareAuthenticator => {
    const found = inside.authenticators.get(name ?? "");
    if (found === undefined) throw unknown();
    return found;
  };
  return [
    route(contract.listPersonas, async () => ({
      items: PERSONAS.map(({ key, person, title, does }) => ({ key, name: fullNameOf(person), title, does })),
    })),
    route(contract.enterPersona, async ({ params }, call) => {
      if (!(await isWelcomeHere())) throw signInFirst();
      const persona = PERSONAS.find(({ key }) => key === params.key);
      const visitor = createVisitor(inside.server, inside.origin, authenticatorOf(persona?.person), inside.clock);
      for (const cookie of (await visitor.signIn()).headers.getSetCookie()) call.setHeader("Set-Cookie", cookie);
      return { name: fullNameOf(persona?.person ?? "") };
    }),
    route(contract.signAsPersona, async ({ body }, call) => {
      const authenticator = authenticatorOf(inside.facts.names[callerOf(call).personId]);
      return { response: authenticator.get(body.options) };
    }),
    route(contract.readFirstHour, async () => ({ items: inside.firstHour.steps() })),
  ];
}

function signInFirst(): Refused {
  return new Refused([refusal("http.signInNeeded", "Sign in to Postern first; then walk into the example organisation.")], 401);
}

function unknown(): Refused {
  return new Refused([refusal("example.personaUnknown", "Nobody of the example organisation is meant by this.")], 404);
}

/** Who reads what the decision point answered, and what the register is told of it. */
import type { Services } from "./compose-services.ts";
import { createReadingService, decisionLogRoutes, type Snapshot } from "./decisions/index.ts";
import { isInForce, loadException, perform, useAskedOf } from "./exceptions/index.ts";
import type { Db } from "./platform/db.ts";
import type { Route } from "./platform/http.ts";

export type ReadSnapshot = () => Snapshot | undefined;

export function readingDecisions(services: Services, db: Db, snapshot: ReadSnapshot): readonly Route[] {
  const { decisionLog, uses, exceptions, people, estate } = services;
  const naming = {
    person: async (id: string) => (await people.findPerson(id))?.displayName,
    async subject(type: string, id: string) {
      const person = type === "user" ? await people.findPersonByReference(id) : undefined;
      return person && { name: person.displayName, person: person.id };
    },
    resource: async (type: string, id: string) => (type === "application" ? (await estate.findApplication(id))?.name : undefined),
  };
  return decisionLogRoutes({
    reading: createReadingService({ db, log: decisionLog, snapshot, naming }),
    uses,
    useAskedOf: async (id) => useAskedOf((await loadException(exceptions, id)).exception),
    async usedOutside({ exception, decision, words, by, now }) {
      const state = (await loadException(exceptions, exception)).exception;
      const { id, triggers } = state.dossier;
      const dedupeKey = `used_outside_scope ${decision}`;
      // Once a person let it go on, the next report counts again, on the same day too.
      const isSuspendedForIt = !isInForce(state, now) && triggers.at(-1)?.kind === "used_outside_scope";
      if (isSuspendedForIt) return;
      const trigger = { kind: "used_outside_scope", source: "report", dedupeKey, words, until: null } as const;
      await perform(exceptions, id, { command: { type: "applyTrigger", trigger, dueAt: null }, actor: { kind: "person", id: by }, now });
    },
  });
}

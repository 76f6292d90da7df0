/** Access requests, wired to who is behind a subject and to the register they become drafts of. */
import type { AccountabilityService } from "./accountability/index.ts";
import {
  createOffers,
  createRequestExtensions,
  createRequestService,
  type DraftClaim,
  type RequestService,
} from "./access-requests/index.ts";
import type { ConnectionService } from "./connections/index.ts";
import type { EstateService } from "./estate/index.ts";
import type { Extensions } from "./decisions/index.ts";
import { type ExceptionDependencies, factsFor, lookBackReasons, openDraftFromDenial, perform } from "./exceptions/index.ts";
import { ProviderFault } from "./connectors/port.ts";
import type { CommitContext } from "./journal/append.ts";
import type { Instant } from "./kernel/time.ts";
import { Refused } from "./kernel/problem.ts";
import type { PeopleService, Person } from "./people/index.ts";
import type { Tx } from "./platform/db.ts";
import type { Seal } from "./platform/seal.ts";

interface Ground {
  readonly context: CommitContext;
  readonly people: PeopleService;
  readonly connections: ConnectionService;
  readonly exceptions: ExceptionDependencies;
  readonly estate: EstateService;
  readonly accountability: AccountabilityService;
  readonly requestTelling: (tx: Tx, subject: string) => Promise<void>;
}

export function createAccessRequests(ground: Ground): RequestService {
  const { context, people, connections, exceptions, estate, accountability, requestTelling } = ground;
  return createRequestService({
    ...context,
    requestTelling,
    world: {
      async personBehind({ type, id }) {
        const person = type === "user" ? await personNamed(people, connections, id) : undefined;
        const account = person?.active === true ? accountOf(person, id) : undefined;
        return person && account && { person: person.id, account: { connection: account.connection as never, key: account.key } };
      },
      actsFor: (person, now) => people.actsFor(person, now),
      standsInFor: (person, now) => people.standsInFor(person, now),
      exception: async (id) => (await exceptions.store.find(id))?.exception,
      exceptionId: async (text) =>
        (text.startsWith("EXC-") ? await exceptions.store.findByRef(text) : await exceptions.store.find(text))?.exception.dossier.id,
      resourceName: async ({ type, id }) => (type === "application" ? await estate.findApplication(id) : undefined)?.name ?? id,
      nameOf: async (id) => (await people.findPerson(id))?.displayName,
      answersEmergencies: (person, now) => answersEmergencies(person, now, { people, accountability }),
      onPoint: (now) => accountability.onPointNow(now),
      async lookBackReasons(exception, by, now) {
        // Whether it was signed was found before.
        const facts = await factsFor(exceptions, exception, { actor: { kind: "person", id: by }, now, assertion: "verified" });
        return lookBackReasons(exception.dossier, facts);
      },
      async beginUse(exception, { until, reason, version, by, assertion, now, together }) {
        const onPoint = (await accountability.onPointNow(now)).includes(by);
        const command = { type: "beginUse", until, reason, contentHash: version, routine: true, onPoint } as const;
        await perform(exceptions, exception, { command, actor: { kind: "person", id: by }, now, assertion, together });
      },
      openDraft: (claim) => openDraft(claim, { people, connections, exceptions }),
    },
  });
}

/** Who looks at emergencies as a part of their work; whoever begins one is looked at again by the register. */
const ANSWERING = ["iam", "security_governance", "operations"];

async function answersEmergencies(id: string, now: Instant, { people, accountability }: Pick<Ground, "people" | "accountability">) {
  const person = await people.findPerson(id);
  if (person?.active !== true || person.roles.includes("help_desk")) return false;
  return person.roles.some((role) => ANSWERING.includes(role)) || (await accountability.onPointNow(now)).includes(person.id);
}

export function createAccessRequestExtensions(service: RequestService, sealer: Seal, origin: string): Extensions {
  const offers = createOffers(sealer.marks("access request"), origin);
  return createRequestExtensions({ service, offers, origin, digest: sealer.digest });
}

/**
 * By our id, the key of the estate file, a mail address or the key of an account, or else as their provider finds them by what they
 * type; where names differ on who it is, nobody.
 */
async function personNamed(people: PeopleService, connections: ConnectionService, name: string): Promise<Person | undefined> {
  const connected = (await connections.list()).map(({ connection }) => connection).filter(({ status }) => status === "connected");
  const referred = await people.findPersonByReference(name);
  const byKey = await Promise.all(connected.map(({ id }) => people.findPersonsByKeys(id, [name])));
  const known = [...(referred === undefined ? [] : [referred]), ...byKey.flat()];
  const found = known.length > 0 ? known : (await Promise.all(connected.map(({ id }) => byLogin(people, connections, id, name)))).flat();
  return new Set(found.map(({ id }) => id)).size === 1 ? found[0] : undefined;
}

async function byLogin(people: PeopleService, connections: ConnectionService, connection: string, name: string): Promise<Person[]> {
  const subject = await asked(connections, connection, name);
  return subject === undefined ? [] : people.findPersonsByKeys(connection, [subject.key]);
}

/** Undefined also where the provider cannot be asked now: then nobody stands behind the name. */
async function asked(connections: ConnectionService, connection: string, name: string) {
  try {
    return await (await connections.connector(connection)).findSubject(name);
  } catch (error) {
    if (error instanceof Refused || error instanceof ProviderFault) return undefined;
    throw error;
  }
}

/** The account that was named, or else the first they live by. */
function accountOf({ accounts }: Person, name: string) {
  const open = accounts.filter(({ enabled }) => enabled);
  return open.find(({ key }) => key === name) ?? open.find(({ secondary }) => !secondary);
}

async function openDraft(
  claim: DraftClaim,
  { people, connections, exceptions }: Pick<Ground, "people" | "connections" | "exceptions">,
): Promise<string> {
  const { request, ...rest } = claim;
  const { denial, account, person, justification, wantedUntil, emergency } = request;
  const subject = await asked(connections, account.connection, denial.subject.id);
  // What its provider calls it, where that is the account that was asked about.
  const named = subject?.key === account.key ? subject.name : (await people.findPerson(person))?.displayName;
  const { resource, method, networks, deviceClasses } = denial;
  return openDraftFromDenial(exceptions, {
    ...rest,
    account: { ...account, name: named ?? account.key, person },
    resource,
    method,
    networks,
    deviceClasses,
    justification,
    wantedUntil,
    emergency,
  });
}

/** Reaching people: what the messages module asks of the others, answered, and what it hands messages to. */
import type { RequestService } from "./access-requests/index.ts";
import type { AccountabilityService } from "./accountability/index.ts";
import type { BypassService } from "./bypasses/index.ts";
import type { Effects } from "./compose-effects.ts";
import { listOwners } from "./compose-owners.ts";
import type { Config } from "./config.ts";
import type { ConnectionService, DriftService } from "./connections/index.ts";
import type { DrillService, PlanService } from "./drills/index.ts";
import type { EstateService } from "./estate/index.ts";
import type { AddresseesWorld, ExceptionStore, World } from "./exceptions/index.ts";
import type { FindingService } from "./findings/index.ts";
import type { GovernanceService } from "./governance/index.ts";
import type { CommitContext } from "./journal/append.ts";
import { addDuration, type Clock, type Instant, subtractDuration } from "./kernel/time.ts";
import {
  type CalendarService,
  createCalendarService,
  createCalendarStore,
  createMessageService,
  createMessageStore,
  DRILL_SOON,
  FINDING_SOON,
  findingsSubject,
  loadWebhookKey,
  type MessageService,
  type MessageStore,
  NEWS_FOR,
  type OtherMattersWorld,
  RISK_ENDS_SOON,
} from "./messages/index.ts";
import { isOnLeave, type PeopleService, type Role } from "./people/index.ts";
import type { Log } from "./platform/log.ts";
import { openMailer } from "./platform/mail.ts";
import type { Seal } from "./platform/seal.ts";
import { createWebhook } from "./platform/webhook.ts";

export interface Messages {
  readonly service: MessageService;
  readonly store: MessageStore;
  readonly calendar: CalendarService;
  readonly webhookKey: string;
  readonly mailbox: ReturnType<typeof createMailboxes>;
}

export interface MessagesGround {
  readonly accountability: AccountabilityService;
  readonly context: CommitContext;
  readonly clock: Clock;
  readonly log: Log;
  readonly people: PeopleService;
  readonly estate: EstateService;
  readonly exceptions: ExceptionStore;
  readonly world: World;
  readonly effects: Effects;
  readonly seal: Seal;
  readonly connections: ConnectionService;
  readonly governance: GovernanceService;
  readonly bypasses: BypassService;
  readonly findings: FindingService;
  readonly accessRequests: RequestService;
  readonly drift: DriftService;
  readonly drills: DrillService;
  readonly drillPlans: PlanService;
}

/** Of one owner, what is due first: a digest counts them, and the page has them all. */
const MOST_FINDINGS_TOLD = 2000;

export async function createMessages(config: Config, ground: MessagesGround): Promise<Messages> {
  const { context, clock, log, people, estate, exceptions, effects } = ground;
  const store = createMessageStore(context.db);
  const calendars = createCalendarStore(context.db);
  const key = await loadWebhookKey(calendars, ground.seal);
  const mailbox = createMailboxes(people);
  const matters = {
    ...createAddresseesWorld(ground.world, people),
    exception: async (id: string) => (await exceptions.find(id))?.exception,
    delegatesOf: async (id: string, now: Instant) => (await people.delegationsOf(id, now)).filter(({ from }) => from === id),
    ...createOtherMattersWorld(ground),
  };
  const service = createMessageService({
    ...context,
    clock,
    log,
    origin: config.origin,
    world: {
      ...matters,
      mailbox,
      zone: async () => (await estate.loadOrganisation()).zone,
      timed: async (now) => [
        ...(await ground.governance.listTimed(subtractDuration(now, NEWS_FOR), addDuration(now, RISK_ENDS_SOON))),
        ...(await ground.drills.listTimed(subtractDuration(now, NEWS_FOR), addDuration(now, DRILL_SOON))),
        ...(await ground.findings.ownersDueBefore(addDuration(now, FINDING_SOON))).map(findingsSubject),
      ],
    },
    store,
    mailer: config.mailServer && (await openMailer(config.mailServer)),
    webhook: config.webhookUrl && createWebhook(config.webhookUrl, key.privateKey, clock),
    requestDelivery: (tx, notification) => effects.requestDelivery(tx, notification),
  });
  const calendar = createCalendarService({
    origin: config.origin,
    world: {
      ...matters,
      isActive: async (id) => (await people.findPerson(id))?.active === true,
      ownedBy: async (id) => (await exceptions.ownedBy(id)).map(({ exception }) => exception),
      drillsOf: (id) => ground.drills.comingOf(id),
      shiftsOf: (id, now) => ground.accountability.shiftsOfPerson(id, now),
      answeredBy: (id) => ground.governance.answeredBy(id),
    },
    calendars,
    messages: store,
  });
  return { service, store, calendar, webhookKey: key.publicKey, mailbox };
}

function createOtherMattersWorld({
  estate,
  connections,
  governance,
  bypasses,
  drift,
  drills,
  drillPlans,
  findings,
  accessRequests,
  people,
}: MessagesGround): Omit<OtherMattersWorld, "exception"> {
  return {
    async connection(id, now) {
      const connection = (await connections.list()).find((each) => each.connection.id === id)?.connection;
      if (connection?.status !== "connected") return undefined;
      const groups = await bypasses.openGroups(id);
      const owners = groups.length === 0 ? [] : await listOwners(estate, connection.key);
      const open = groups.map((group) => ({
        ...group,
        owners: owners.filter(({ policy }) => policy === null || policy === group.policy).map(({ owner }) => owner),
      }));
      return { name: connection.name, open, drifts: await drift.readSince(id, subtractDuration(now, NEWS_FOR)) };
    },
    async drill(id) {
      const drill = await drills.find(id);
      const plan = drill && (await drillPlans.find(drill.plan));
      return drill && plan && { drill, plan };
    },
    async accessRequest(id, now) {
      const found = await accessRequests.toTell(id, now);
      if (found === undefined) return undefined;
      const { request, resource, onPoint, tied } = found;
      // As those who are asked for a vote: to whom they handed everything for now is asked beside them.
      const handed = await people.delegationsOf(request.person, now);
      const inPlace = handed.filter(({ from, role }) => from === request.person && role === null).map(({ to }) => to);
      return { request, inPlace, onPoint, tied, resource, caller: request.denial.caller };
    },
    designIssue: (id) => governance.findIssue(id),
    riskAcceptance: (id) => governance.findRisk(id),
    findingsOf: (owner) => findings.ownedBy(owner, MOST_FINDINGS_TOLD),
    async nameOf({ kind, id }) {
      const application = kind === "application" ? await estate.findApplication(id) : undefined;
      return application?.name ?? id;
    },
  };
}

function createMailboxes(people: PeopleService) {
  return async (id: string, now: Instant) => {
    const person = await people.findPerson(id);
    return person && { active: person.active, isAway: isOnLeave(person, now), address: person.email };
  };
}

function createAddresseesWorld(world: World, people: PeopleService): AddresseesWorld {
  return {
    person: (id) => world.person(id),
    application: (id) => world.application(id),
    deviceClassLead: (id) => world.deviceClassLead(id),
    async holdersOf(roles) {
      const holding = await Promise.all(roles.map((role) => people.activeInRole(role as Role)));
      return holding.flat().map(({ id, displayName, active, roles: held, manager }) => ({
        id,
        name: displayName,
        active,
        roles: held,
        manager,
      }));
    },
  };
}

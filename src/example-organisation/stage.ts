/** Brightwater's first day with Postern: its people, their passkeys, its directories; and what every move needs of them. */
import type { App } from "../compose.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { ManualClock } from "../platform/clock.ts";
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from "./authenticator.ts";
import { estateOf, FIRST_ADMINISTRATOR, fullNameOf, keyOf, PLANT_UNITS } from "./company.ts";
import { type DirectoryName, makePlant, setTrouble, type Trouble } from "./directories.ts";
import type { Chapter } from "./story.ts";
import { createVisitor, type Visitor } from "./visitor.ts";

export interface Playing {
  readonly app: App;
  readonly clock: ManualClock;
  readonly dataDir: string;
  readonly origin: string;
  readonly workOff: (queues: readonly string[]) => Promise<void>;
  /** Where the year ends: now. */
  readonly until: Instant;
  readonly progress?: (share: number) => void;
}

/** An exception as its page shows it, as far as the players look. */
export interface Shown {
  readonly id: string;
  readonly ref: string;
  readonly state: string;
  readonly version: number;
  readonly approval: { readonly version: number; readonly contentHash: string } | null;
  readonly draft: Record<string, unknown> | null;
  readonly versions: readonly { readonly content: Record<string, unknown> }[];
  readonly reviews: readonly { readonly id: string; readonly decision: unknown; readonly missedAt: string | null }[];
}

export interface Stage {
  readonly app: App;
  readonly playing: Playing;
  /** Chapters that have begun, by key. */
  readonly told: Map<string, { readonly chapter: Chapter; readonly id: string; readonly ref: string }>;
  /** Design issues and risk acceptances that were opened, by the story's word for them. */
  readonly above: Map<string, string>;
  readonly authenticators: Map<string, SoftwareAuthenticator>;
  /** An instant of a day of the story. */
  at(day: number, minutes: number): Instant;
  /** A calendar day of the story: 2026-03-02. */
  date(day: number): string;
  /** Lets hours pass, as far as the year goes. */
  wait(length: string): void;
  as(name: string): Promise<Visitor>;
  idOf(name: string): string;
  connection(name: DirectoryName): string;
  application(key: string): string;
  vendor(): string;
  show(key: string): Promise<Shown>;
  endTrouble(name: DirectoryName, trouble: Trouble): void;
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly key: string | null }[];
}

export async function openTheHouse(playing: Playing, begunAt: Instant): Promise<Stage> {
  const { app, clock, dataDir, origin } = playing;
  const authenticators = new Map<string, SoftwareAuthenticator>();
  const visitorOf = (name: string): Visitor => {
    const authenticator = createSoftwareAuthenticator(origin);
    authenticators.set(name, authenticator);
    return createVisitor(app.http, origin, authenticator, clock);
  };
  const at = (day: number, minutes: number) => addDuration(begunAt, duration(`PT${day * 1440 + minutes}M`));
  clock.set(at(0, 8 * 60));
  const first = await app.access.enrolment.createFirstRunLink(clock.now());
  if (first === undefined) throw new Error("the example organisation needs an empty instance");
  const administrator = visitorOf(FIRST_ADMINISTRATOR);
  await administrator.enrol(first.link, fullNameOf(FIRST_ADMINISTRATOR));
  const connections = await connectDirectories(administrator, dataDir, clock.now());
  await nameFirstAdministrator(administrator, connections.office);
  await administrator.ask("POST", "/api/v1/estate/apply", { yaml: estateOf(at(372, 0).slice(0, 10)), dryRun: false });
  const ids = await idsOf(administrator, "/api/v1/people");
  const applications = await idsOf(administrator, "/api/v1/applications");
  const vendors = await idsOf(administrator, "/api/v1/vendors");
  const people = new Map<string, Visitor>([[FIRST_ADMINISTRATOR, administrator]]);
  const told: Stage["told"] = new Map();
  const idOf = (name: string) => found(ids, keyOf(name));
  /** Whoever acts for the first time is let in first. */
  async function as(name: string): Promise<Visitor> {
    const known = people.get(name);
    if (known !== undefined) return known;
    const visitor = visitorOf(name);
    await invite(administrator, visitor, idOf(name));
    people.set(name, visitor);
    return visitor;
  }

  return {
    app,
    playing,
    told,
    above: new Map(),
    authenticators,
    at,
    date: (day) => at(day, 0).slice(0, 10),
    wait: (length) => clock.set(minimum(addDuration(clock.now(), duration(length)), playing.until)),
    idOf,
    connection: (name) => connections[name],
    application: (key) => found(applications, key),
    vendor: () => found(vendors, "pumpworks"),
    as,
    async show(key) {
      const one = found(told, key);
      return (await as(one.chapter.asks)).ask<Shown>("GET", `/api/v1/exceptions/${one.id}`);
    },
    endTrouble: (name, trouble) => setTrouble(dataDir, name, trouble, false),
  };
}

async function connectDirectories(administrator: Visitor, dataDir: string, now: Instant): Promise<Record<DirectoryName, string>> {
  makePlant(dataDir, now, PLANT_UNITS);
  const connect = async (key: DirectoryName, name: string) =>
    (await administrator.ask<{ id: string }>("POST", "/api/v1/connections", { key, name, kind: key, config: {} })).id;
  return { office: await connect("office", "Office directory (invented)"), plant: await connect("plant", "Plant directory (invented)") };
}

/** Gives the account in the directory to the administrator who was there before it, so that the estate's file finds them by it. */
async function nameFirstAdministrator(administrator: Visitor, connection: string): Promise<void> {
  const { person } = await administrator.ask<{ person: { id: string } }>("GET", "/api/v1/session");
  await administrator.ask("POST", `/api/v1/people/${person.id}/accounts`, { connection, key: `person-${FIRST_ADMINISTRATOR}` });
}

async function idsOf(administrator: Visitor, path: string): Promise<Map<string, string>> {
  const { items } = await administrator.ask<Listed>("GET", `${path}?limit=200`);
  return new Map(items.flatMap(({ id, key }) => (key === null ? [] : [[key, id] as const])));
}

async function invite(administrator: Visitor, visitor: Visitor, person: string): Promise<void> {
  const assertion = await administrator.sign("access.invite", person);
  const { link } = await administrator.ask<{ link: string }>("POST", "/api/v1/invitations", { person, assertion });
  await visitor.enrol(link);
}

export function found<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the story knows no ${key}`);
  return value;
}

function minimum(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

/** What is asked for ends that long after the chapter's day. */
export function endOf(stage: Stage, { on, term }: Chapter): Instant {
  const from = stage.playing.clock.now();
  return typeof term === "string" ? addDuration(from, duration(term)) : stage.at(on + term, 16 * 60);
}

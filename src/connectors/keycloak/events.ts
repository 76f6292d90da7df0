/** What the realm's own logs tell: who changed a governed object, and who signed in with what. Both are off until somebody turns them on. */
import { z } from "zod";

import { instantOfEpochMs } from "../../kernel/time.ts";
import { type Page, type ProviderChange, ProviderFault, type ProviderSignIn, type ProviderSubject } from "../port.ts";
import { type Context, subjectOfUser } from "./context.ts";
import { type AdminEvent, adminEvent, client, eventsConfig, type LoginEvent, loginEvent, user } from "./shapes.ts";

/** What decides who has to sign in how. */
const GOVERNED_TYPES = [
  "AUTH_FLOW",
  "AUTH_EXECUTION",
  "AUTH_EXECUTION_FLOW",
  "AUTHENTICATOR_CONFIG",
  "REQUIRED_ACTION",
  "REALM",
  "REALM_ROLE",
  "REALM_ROLE_MAPPING",
  "CLIENT",
  "CLIENT_ROLE",
  "CLIENT_ROLE_MAPPING",
  "GROUP_MEMBERSHIP",
];
const SIGN_IN_TYPES = ["LOGIN", "LOGIN_ERROR"];
/** An event is written when its transaction ends, and told by when it began: so far back, more may still come. */
const OVERLAP_MS = 10_000;

/** Where reading stopped: the newest time seen, and what was given of the time from which it begins again. */
interface Cursor {
  readonly at: number;
  readonly given: readonly string[];
}

const cursorShape = z.strictObject({ at: z.number(), given: z.array(z.string()) });

export function readCursor(text: string | undefined): Cursor {
  if (text === undefined || text === "") return { at: 0, given: [] };
  try {
    return cursorShape.parse(JSON.parse(text));
  } catch {
    throw new ProviderFault("fault", "The cursor is none that this connection gave.");
  }
}

interface Timed {
  readonly id: string;
  readonly time: number;
}

/** The next events in the order of their time. Positions move while events are written, so each page begins at a time. */
async function nextEvents<T extends Timed>(
  context: Context,
  path: string,
  schema: z.ZodType<T>,
  query: { readonly names: readonly string[]; readonly parameter: string },
  text: string | undefined,
): Promise<Page<T>> {
  const { realm, settings } = context;
  const cursor = readCursor(text);
  const from = Math.max(0, cursor.at - OVERLAP_MS);
  const given = new Set(cursor.given);
  const types = query.names.map((name) => `${query.parameter}=${name}`).join("&");
  const fresh: T[] = [];
  const around: T[] = [];
  for (let first = 0; ; first += settings.pageSize) {
    const page = await realm.get(`${path}?${types}`, z.array(schema), { dateFrom: from, direction: "asc", first, max: settings.pageSize });
    around.push(...page);
    fresh.push(...page.filter(({ id }) => !given.has(id)));
    if (page.length < settings.pageSize) return { items: fresh, cursor: cursorAfter(cursor, around), more: false };
    if (fresh.length > 0) return { items: fresh, cursor: cursorAfter(cursor, around), more: true };
  }
}

function cursorAfter(before: Cursor, around: readonly Timed[]): string {
  const at = Math.max(before.at, ...around.map(({ time }) => time));
  const ids = around.filter(({ time }) => time >= at - OVERLAP_MS).map(({ id }) => id);
  return JSON.stringify({ at, given: [...new Set(ids)] } satisfies Cursor);
}

export async function changes(context: Context, cursor: string | undefined): Promise<Page<ProviderChange>> {
  const { adminEventsEnabled } = await context.realm.get("/events/config", eventsConfig);
  if (!adminEventsEnabled) return { items: [], cursor: cursor ?? "", more: false };
  const page = await nextEvents(context, "/admin-events", adminEvent, { names: GOVERNED_TYPES, parameter: "resourceTypes" }, cursor);
  const ourselves = page.items.length === 0 ? "" : await context.realm.ourselves();
  const names = nameLookup(context);
  const items: ProviderChange[] = [];
  for (const event of page.items) items.push(...(await changesOf(event, ourselves, names)));
  return { ...page, items };
}

interface Names {
  readonly person: (id: string) => Promise<ProviderSubject | undefined>;
  readonly client: (id: string) => Promise<string | undefined>;
}

/** Each is asked for once. */
function nameLookup({ realm }: Context): Names {
  const people = new Map<string, Promise<ProviderSubject | undefined>>();
  const clients = new Map<string, Promise<string | undefined>>();
  return {
    person: (id) => {
      const found = people.get(id) ?? realm.find(`/users/${encodeURIComponent(id)}`, user).then((each) => each && subjectOfUser(each));
      people.set(id, found);
      return found;
    },
    client: (id) => {
      const found = clients.get(id) ?? realm.find(`/clients/${encodeURIComponent(id)}`, client).then((each) => each?.clientId);
      clients.set(id, found);
      return found;
    },
  };
}

const ACTIONS: Readonly<Record<string, ProviderChange["action"]>> = {
  CREATE: "added",
  DELETE: "deleted",
  UPDATE: "modified",
  ACTION: "modified",
};

/** One change for each role that was given or taken; else one for the object as a whole. */
async function changesOf(event: AdminEvent, ourselves: string, names: Names): Promise<readonly ProviderChange[]> {
  const { operationType, resourceType, resourcePath, authDetails, time } = event;
  const [subject, by] = [await subjectOf(resourcePath, names.person), await authorOf(authDetails, names.person)];
  const action = ACTIONS[operationType] ?? "modified";
  const change = {
    at: instantOfEpochMs(time),
    action: action === "deleted" && /MAPPING$|MEMBERSHIP$/.test(resourceType) ? ("removed" as const) : action,
    ...(subject !== undefined && { subject }),
    ...(by !== undefined && { by }),
    ours: authDetails.userId === ourselves,
  };
  const objects = resourceType.endsWith("ROLE_MAPPING") ? await rolesTold(event, names) : [];
  const whole = resourcePath === "" ? resourceType : resourcePath;
  return (objects.length === 0 ? [whole] : objects).map((object) => ({ ...change, object }));
}

const told = z.array(z.object({ name: z.string(), clientRole: z.boolean().default(false), containerId: z.string().optional() }));

/** The roles by name, as discovery names them: only where the realm keeps the details of events. */
async function rolesTold({ representation }: AdminEvent, names: Names): Promise<readonly string[]> {
  const { data } = told.safeParse(jsonOf(representation));
  return Promise.all(
    (data ?? []).map(async ({ name, clientRole, containerId }) =>
      clientRole ? `role ${(await names.client(containerId ?? "")) ?? "?"}.${name}` : `role ${name}`,
    ),
  );
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Whose roles or groups were changed. */
async function subjectOf(resourcePath: string, person: Names["person"]): Promise<ProviderSubject | undefined> {
  const id = /^users\/([^/]+)\//.exec(resourcePath)?.[1];
  return id === undefined ? undefined : ((await person(id)) ?? { kind: "user", key: id, name: id });
}

/** Administrators of the whole server are people of another realm, which we may not look into. */
async function authorOf({ userId, realmId }: AdminEvent["authDetails"], person: Names["person"]): Promise<string | undefined> {
  return userId === undefined ? undefined : ((await person(userId))?.name ?? `${userId} of realm ${realmId ?? "unknown"}`);
}

export async function signIns(context: Context, cursor: string | undefined): Promise<Page<ProviderSignIn>> {
  const { eventsEnabled } = await context.realm.get("/events/config", eventsConfig);
  if (!eventsEnabled) return { items: [], cursor: cursor ?? "", more: false };
  const page = await nextEvents(context, "/events", loginEvent, { names: SIGN_IN_TYPES, parameter: "type" }, cursor);
  return { ...page, items: page.items.map(signInOf) };
}

function signInOf({ id, time, type, userId, clientId, ipAddress, error, details }: LoginEvent): ProviderSignIn {
  const method = details?.["credential_type"] ?? "unknown";
  return {
    id,
    at: instantOfEpochMs(time),
    subject: userId ?? details?.["username"] ?? "unknown",
    succeeded: type === "LOGIN",
    method,
    raw: {
      type,
      clientId,
      ipAddress,
      error,
      credentialType: details?.["credential_type"],
      userVerified: details?.["web_authn_authenticator_user_verification_checked"],
    },
  };
}

import { defined } from "../kernel/defined.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import type { CalendarService } from "./calendar-service.ts";
import * as contract from "./contract.ts";
import type { Mailbox, MessageService } from "./service.ts";
import type { MessageStore } from "./store.ts";
import { deliveryView, messageView } from "./view.ts";
import type { Instant } from "../kernel/time.ts";

export interface MessageRoutesDependencies {
  readonly service: MessageService;
  readonly store: MessageStore;
  readonly calendar: CalendarService;
  readonly webhookKey: string;
  readonly mailbox: (person: string, now: Instant) => Promise<Mailbox | undefined>;
  readonly nameOf: (person: string) => Promise<string | undefined>;
}

export function messageRoutes(deps: MessageRoutesDependencies): readonly Route[] {
  return [...preferenceRoutes(deps), ...messageListRoutes(deps), ...calendarRoutes(deps)];
}

function preferenceRoutes({ service, store, calendar, mailbox }: MessageRoutesDependencies): readonly Route[] {
  const show = async (person: string, now: Instant): Promise<contract.PreferencesView> => ({
    ...(await store.preferences(person)),
    address: (await mailbox(person, now))?.address ?? null,
    hasMail: service.hasMail,
    calendar: (await calendar.find(person)) ?? null,
  });
  return [
    route(contract.getMessagePreferences, (_, call) => show(callerOf(call).personId, call.now)),
    route(contract.setMessagePreferences, async ({ body }, call) => {
      const { personId } = callerOf(call);
      await store.savePreferences(personId, body);
      return show(personId, call.now);
    }),
  ];
}

function messageListRoutes({ service, store, nameOf }: MessageRoutesDependencies): readonly Route[] {
  return [
    route(contract.listMyMessages, async ({ query }, call) => {
      const { items, next } = await store.list({ ...defined(query), recipient: callerOf(call).personId });
      return { items: items.map(messageView), ...defined({ next }) };
    }),
    route(contract.listDeliveries, async ({ query }) => {
      const { items, next } = await store.list(defined(query));
      const ids = [...new Set(items.flatMap(({ recipient }) => recipient ?? []))];
      const names = new Map(await Promise.all(ids.map(async (id) => [id, await nameOf(id)] as const)));
      return { items: items.map((each) => deliveryView(each, names.get(each.recipient ?? ""))), ...defined({ next }) };
    }),
    route(contract.readMessage, async ({ params }, call) => {
      const isTheirs = await store.markRead(params.id, callerOf(call).personId, call.now);
      if (!isTheirs) throw new Refused([refusal("messages.notFound", "There is no such message for you.")], 404);
      return {};
    }),
    route(contract.sendTrialMessage, async (_, call) => messageView(await service.sendTrial(callerOf(call).personId, call.now))),
  ];
}

function calendarRoutes({ calendar, webhookKey }: MessageRoutesDependencies): readonly Route[] {
  return [
    route(contract.makeCalendarAddress, async (_, call) => {
      const address = await calendar.make(callerOf(call).personId, call.now);
      // As a response of its own it is not kept under an idempotency key: the address stands in no table.
      return Response.json({ address }, { status: 201, headers: { "Cache-Control": "no-store" } });
    }),
    route(contract.endCalendarAddress, async (_, call) => {
      await calendar.end(callerOf(call).personId);
      return {};
    }),
    route(contract.getCalendarOf, async ({ params }) => ({ calendar: (await calendar.find(params.id)) ?? null })),
    route(contract.endCalendarOf, async ({ params }) => {
      await calendar.end(params.id);
      return {};
    }),
    route(contract.readCalendar, async ({ params }, call) => {
      const text = await calendar.read(params.file, call.now);
      return new Response(text, { headers: { "Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "private, no-store" } });
    }),
    route(contract.getWebhookKey, () => Promise.resolve({ key: webhookKey })),
  ];
}

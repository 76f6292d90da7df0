import { z } from "zod";

import { endpoint, pageOf, pageQuery } from "../kernel/contract.ts";
import { MATTER_KINDS } from "./matter.ts";
import { CHANNELS, LANGUAGES, RESULTS, TEMPLATES } from "./notification.ts";

const READERS = ["administrator", "auditor"] as const;
const ADMINISTRATORS = ["administrator"] as const;
const id = z.string().max(60);

const preferencesBody = z.strictObject({
  /** Holds the daily digest back. Incidents are sent all the same. */
  muted: z.boolean(),
  language: z.enum(LANGUAGES),
});

const calendarView = z.strictObject({ madeAt: z.string(), usedAt: z.string().nullable() });
export type CalendarView = z.output<typeof calendarView>;

const preferencesView = preferencesBody.extend({
  /** Where mail goes; null where no address is known. */
  address: z.string().nullable(),
  /** False: no mail server is set up, and nobody gets mail. */
  hasMail: z.boolean(),
  /** Null while there is no calendar address. The address itself is shown once, when it is made. */
  calendar: calendarView.nullable(),
});
export type PreferencesView = z.output<typeof preferencesView>;

const line = z.strictObject({
  kind: z.enum(MATTER_KINDS),
  ref: z.string(),
  title: z.string(),
  until: z.string().nullable(),
  path: z.string(),
});

const notificationView = z.strictObject({
  id: z.string(),
  channel: z.enum(CHANNELS),
  template: z.enum(TEMPLATES),
  lines: z.array(line),
  madeAt: z.string(),
  result: z.enum(RESULTS),
  sentAt: z.string().nullable(),
  readAt: z.string().nullable(),
});
export type NotificationView = z.output<typeof notificationView>;

const deliveryView = notificationView.extend({
  recipient: z.string().nullable(),
  recipientName: z.string().nullable(),
  dedupeKey: z.string(),
  /** What the other server said last. */
  answer: z.string().nullable(),
  tries: z.number().int(),
  triedAt: z.string().nullable(),
});
export type DeliveryView = z.output<typeof deliveryView>;

export const getMessagePreferences = endpoint({
  id: "getMessagePreferences",
  method: "GET",
  path: "/api/v1/messages/preferences",
  summary: "How you want to be told: muted or not, language, and whether you have a calendar address",
  access: "signedIn",
  reply: preferencesView,
});

export const setMessagePreferences = endpoint({
  id: "setMessagePreferences",
  method: "PUT",
  path: "/api/v1/messages/preferences",
  summary: "Mute the daily message or not, and choose its language",
  access: "signedIn",
  body: preferencesBody,
  reply: preferencesView,
});

export const listMyMessages = endpoint({
  id: "listMyMessages",
  method: "GET",
  path: "/api/v1/messages",
  summary: "Messages to you, newest first",
  access: "signedIn",
  query: z.strictObject(pageQuery),
  reply: pageOf(notificationView),
});

export const readMessage = endpoint({
  id: "readMessage",
  method: "POST",
  path: "/api/v1/messages/:id/read",
  summary: "Say that you followed a message's link; the console does",
  access: "signedIn",
  params: z.strictObject({ id }),
  reply: z.strictObject({}),
  refusals: ["messages.notFound"],
});

export const sendTrialMessage = endpoint({
  id: "sendTrialMessage",
  method: "POST",
  path: "/api/v1/messages/trial",
  summary: "Send yourself a trial message, to see whether the mail server works",
  access: ADMINISTRATORS,
  reply: notificationView,
  status: 201,
  refusals: ["messages.mailNotSetUp", "messages.addressMissing", "messages.trialJustSent"],
});

export const listDeliveries = endpoint({
  id: "listDeliveries",
  method: "GET",
  path: "/api/v1/deliveries",
  summary: "Every message to anybody and to the chat, newest first, with how its delivery ended; filter by result and recipient",
  access: READERS,
  query: z.strictObject({ ...pageQuery, result: z.enum(RESULTS).optional(), recipient: id.optional() }),
  reply: pageOf(deliveryView),
});

export const makeCalendarAddress = endpoint({
  id: "makeCalendarAddress",
  method: "POST",
  path: "/api/v1/messages/calendar",
  summary: "Make the address of your calendar of what is due; the one before ends. It is shown this once",
  access: "signedIn",
  reply: z.strictObject({ address: z.string() }),
  status: 201,
});

export const endCalendarAddress = endpoint({
  id: "endCalendarAddress",
  method: "DELETE",
  path: "/api/v1/messages/calendar",
  summary: "End the address of your calendar at once",
  access: "signedIn",
  reply: z.strictObject({}),
});

export const getCalendarOf = endpoint({
  id: "getCalendarOf",
  method: "GET",
  path: "/api/v1/people/:id/calendar",
  summary: "Whether somebody has a calendar address, and when it was last read",
  access: ADMINISTRATORS,
  params: z.strictObject({ id }),
  reply: z.strictObject({ calendar: calendarView.nullable() }),
});

export const endCalendarOf = endpoint({
  id: "endCalendarOf",
  method: "DELETE",
  path: "/api/v1/people/:id/calendar",
  summary: "End the address of somebody's calendar at once; they can make a new one",
  access: ADMINISTRATORS,
  params: z.strictObject({ id }),
  reply: z.strictObject({}),
});

export const readCalendar = endpoint({
  id: "readCalendar",
  method: "GET",
  path: "/api/v1/calendars/:file",
  summary: "The calendar behind an address (iCalendar): references, what is due, and links; nothing else",
  access: "anyone",
  params: z.strictObject({ file: z.string().max(100) }),
  reply: z.unknown(),
  refusals: ["messages.calendarNotFound"],
});

export const getWebhookKey = endpoint({
  id: "getWebhookKey",
  method: "GET",
  path: "/api/v1/webhook-key",
  summary: "The public key that posts to chat tools are signed with (Standard Webhooks, v1a)",
  access: "anyone",
  reply: z.strictObject({ key: z.string() }),
});

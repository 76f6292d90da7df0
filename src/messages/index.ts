export { type CalendarService, createCalendarService } from "./calendar-service.ts";
export { createCalendarStore } from "./calendar-store.ts";
export { loadWebhookKey } from "./key-service.ts";
export { messageRoutes } from "./routes.ts";
export { createMessageService, type MessageService } from "./service.ts";
export { createMessageStore, type MessageStore } from "./store.ts";

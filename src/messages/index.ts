export { type CalendarService, createCalendarService } from "./calendar-service.ts";
export { createCalendarStore } from "./calendar-store.ts";
export { loadWebhookKey } from "./key-service.ts";
export { NEWS_FOR } from "./load-matters.ts";
export type { OtherMattersWorld } from "./load-other-matters.ts";
export { RISK_ENDS_SOON } from "./other-matters.ts";
export { messageRoutes } from "./routes.ts";
export { createMessageService, type MessageService } from "./service.ts";
export { createMessageStore, type MessageStore } from "./store.ts";

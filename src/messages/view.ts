import type { DeliveryView, NotificationView } from "./contract.ts";
import type { Notification } from "./notification.ts";

export function messageView({ id, channel, template, lines, madeAt, result, sentAt, readAt }: Notification): NotificationView {
  return { id, channel, template, lines: lines.map((line) => ({ ...line })), madeAt, result, sentAt, readAt };
}

export function deliveryView(notification: Notification, recipientName: string | undefined): DeliveryView {
  const { recipient, dedupeKey, answer, tries, triedAt } = notification;
  return { ...messageView(notification), recipient, recipientName: recipientName ?? null, dedupeKey, answer, tries, triedAt };
}

import type { DeliveryView, NotificationView } from "../../../src/messages/contract.ts";
import type { Sign } from "../../parts/tone.ts";

export const RESULT_SIGNS: Readonly<Record<DeliveryView["result"], Sign>> = {
  waiting: { word: "Waiting", tone: "open", shape: "dashed" },
  deferred: { word: "Put off, tried again", tone: "wait", shape: "pausing" },
  sent: { word: "Sent", tone: "ok", shape: "solid" },
  bounced: { word: "Bounced", tone: "bad", shape: "crossed" },
  given_up: { word: "Given up", tone: "bad", shape: "shut" },
  no_address: { word: "No address", tone: "unknown", shape: "question" },
  muted: { word: "Muted", tone: "idle", shape: "paused" },
  left: { word: "Has left", tone: "idle", shape: "barred" },
};

const TEMPLATE_WORDS = { digest: "Daily message", incident: "Incident", trial: "Trial" } as const;

export function templateWords(template: NotificationView["template"]): string {
  return TEMPLATE_WORDS[template];
}

/** `EXC-2026-0004, EXC-2026-0005 and 3 more` */
export function aboutWords({ lines }: Pick<NotificationView, "lines">): string {
  const refs = [...new Set(lines.map(({ ref }) => ref))];
  const shown = refs.slice(0, 3).join(", ");
  return refs.length > 3 ? `${shown} and ${refs.length - 3} more` : shown;
}

import type { Instant } from "../kernel/time.ts";
import type { ExceptionCommand } from "./commands.ts";

export interface AgendaItem {
  readonly at: Instant;
  readonly command: ExceptionCommand;
}

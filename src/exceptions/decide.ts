/**
 * The one decision of the register. Pure: the same state, command, moment and facts give the same answer. It says everything
 * that stands against a command at once, or everything that happened, the steps that follow by themselves included.
 */
import { accept, decline } from "../kernel/decision.ts";
import type { Instant } from "../kernel/time.ts";
import type { CommandType, ExceptionCommand } from "./commands.ts";
import { beginActivation, beginUse, giveUpActivation } from "./decide-activation.ts";
import { decideBinding } from "./decide-binding.ts";
import { acknowledge, escalate, remind, takeOver } from "./decide-care.ts";
import { expire, giveUpOnAnswer, reopen, retryRevoke, revokeNow, suspend } from "./decide-end.ts";
import {
  claimInherited,
  importInherited,
  openDraft,
  proposeChange,
  proposeExtension,
  reviseDraft,
  submit,
  withdraw,
  withdrawPending,
} from "./decide-request.ts";
import { handOnReview } from "./decide-hand-on.ts";
import { decideReview, missReview, openReview } from "./decide-review.ts";
import { lapseAnswer } from "./decide-silence.ts";
import { applyTrigger, recordControlTest } from "./decide-trigger.ts";
import { approve, reject, requestChanges } from "./decide-vote.ts";
import type { Deciding, Outcome } from "./deciding.ts";
import { stamper } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { ExceptionState } from "./exception.ts";
import type { Facts } from "./facts.ts";
import { refuse } from "./refusals.ts";
import { settle } from "./settle.ts";

export function decide(state: ExceptionState | undefined, command: ExceptionCommand, now: Instant, facts: Facts): Outcome {
  const dueAt = "dueAt" in command ? command.dueAt : null;
  const deciding: Deciding = { now, facts, stamp: stamper(now, facts.actor, dueAt) };
  if (command.type === "openDraft" || command.type === "importInherited") return open(state, command, deciding);
  if (state === undefined) return decline(refuse("exceptions.unknown", "There is no such exception."));
  const handle = HANDLERS[command.type] as Handler<CommandType>;
  const outcome = handle(state, command, deciding);
  if (!outcome.accepted) return outcome;
  const after = outcome.events.reduce<ExceptionState>(evolve, state);
  return accept(...outcome.events, ...settle(after, deciding));
}

type Opening = Extract<ExceptionCommand, { type: "openDraft" | "importInherited" }>;

function open(state: ExceptionState | undefined, command: Opening, deciding: Deciding): Outcome {
  if (state !== undefined) return decline(refuse("exceptions.alreadyExists", `${command.ref} exists already.`));
  return command.type === "openDraft" ? openDraft(command, deciding) : importInherited(command, deciding);
}

type Handler<T extends CommandType> = (
  state: ExceptionState,
  command: Extract<ExceptionCommand, { type: T }>,
  deciding: Deciding,
) => Outcome;

/** Every command has its handler: the type admits no gap, and no default hides one. */
const HANDLERS: { readonly [T in Exclude<CommandType, Opening["type"]>]: Handler<T> } = {
  claimInherited: (state, _, deciding) => claimInherited(state, deciding),
  reviseDraft,
  submit,
  withdraw,
  proposeExtension,
  proposeChange,
  withdrawPending,
  approve,
  reject,
  requestChanges,
  recordApplied: decideBinding,
  recordApplyFailed: decideBinding,
  recordReadBack: decideBinding,
  recordRemoved: decideBinding,
  recordRevokeFailed: decideBinding,
  openReview,
  decideReview,
  handOnReview,
  missReview,
  applyTrigger,
  recordControlTest,
  takeOver: (state, _, deciding) => takeOver(state, deciding),
  beginUse,
  suspend,
  revokeNow,
  reopen,
  lapseAnswer,
  beginActivation: (state, _, deciding) => beginActivation(state, deciding),
  giveUpActivation: (state, _, deciding) => giveUpActivation(state, deciding),
  expire: (state, _, deciding) => expire(state, deciding),
  giveUpOnAnswer: (state, _, deciding) => giveUpOnAnswer(state, deciding),
  retryRevoke: (state, _, deciding) => retryRevoke(state, deciding),
  remind,
  escalate,
  acknowledge: (state, command, deciding) => acknowledge(state, command.key, deciding),
};

/**
 * Streams of server-sent events: what changed, by kind and id, to whoever may read of that kind. A stream is no use of a session:
 * one that is left open keeps none alive, and it ends with the session.
 */
import { refusal, Refused } from "../kernel/problem.ts";
import { type Clock, duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import type { ChangeEvent } from "./contract.ts";
import type { Change, Feed, Joined } from "./feed.ts";
import { mayReadKind } from "./readers.ts";

/** Browsers share one stream between their windows; more than this is a client that opens and never closes. */
const MOST_PER_SESSION = 6;

/** Short enough for the proxies that cut silent connections after half a minute. */
const BEAT_MS = 15_000;

/** Who was away for longer than this reads everything anew; cheaper for both than being told it one by one. */
const MOST_MISSED = 1000;

/** A page is read before its stream is open: what happened in between is told again. Once too often does no harm. */
const OVERLAP = duration("PT10S");

/** Events a reader may be behind before its connection is given up; it comes back and resumes. */
const MOST_UNREAD = 500;

export interface StreamDependencies {
  readonly feed: Feed;
  readonly clock: Clock;
  /** Who the session stands for now; undefined once it has ended. Must not count as use of it. */
  readonly recall: (sessionId: string, now: Instant) => Promise<Caller | undefined>;
  readonly beatMs?: number;
}

export type Streams = ReturnType<typeof createStreams>;

export function createStreams(deps: StreamDependencies) {
  const open = new Map<Stream, string>();
  let isDrained = false;
  return {
    /** The reply to a caller who wants to listen, going on after `lastEventId` where that can be read. */
    async open(caller: Caller, lastEventId: string | undefined): Promise<Response> {
      const mine = [...open.values()].filter((sessionId) => sessionId === caller.sessionId);
      if (mine.length >= MOST_PER_SESSION) throw tooMany();
      const stream = createStream(deps, caller, () => void open.delete(stream));
      open.set(stream, caller.sessionId);
      if (isDrained) stream.end();
      else
        await stream.begin(lastEventId).catch((error: unknown) => {
          stream.end();
          throw error;
        });
      return new Response(stream.body, {
        // The last one asks a proxy not to collect what is meant to arrive at once.
        headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
      });
    },
    count: () => open.size,
    /** Ends all streams: their readers come back, to a replica that still serves. */
    async drain(): Promise<void> {
      isDrained = true;
      for (const stream of open.keys()) stream.end();
      await deps.feed.stop();
    },
  };
}

interface Stream {
  readonly body: ReadableStream<Uint8Array>;
  begin(lastEventId: string | undefined): Promise<void>;
  end(): void;
}

/** One reader: what they missed, what happens, and a beat so that both sides notice when the other is gone. */
function createStream({ feed, clock, recall, beatMs = BEAT_MS }: StreamDependencies, caller: Caller, onEnd: () => void): Stream {
  const encoder = new TextEncoder();
  let out!: ReadableStreamDefaultController<Uint8Array>;
  let joined: Joined | undefined;
  let beat: NodeJS.Timeout | undefined;
  let position = 0;
  let isOver = false;
  let work = Promise.resolve();

  function end(): void {
    if (isOver) return;
    isOver = true;
    clearInterval(beat);
    joined?.leave();
    onEnd();
    try {
      out.close();
    } catch {
      // The reader has gone before us.
    }
  }
  const send = (event: string, data: unknown): void => {
    if (isOver) return;
    if ((out.desiredSize ?? 0) < -MOST_UNREAD) return end();
    out.enqueue(encoder.encode(`event: ${event}\nid: ${position}\ndata: ${JSON.stringify(data)}\n\n`));
  };
  /** One after the other, each only while the session stands, with the roles it has then. */
  const inTurn = (tell: (roles: readonly string[]) => void | Promise<void>): void => {
    work = followed(work, tell).catch(end);
  };
  const followed = async (before: Promise<void>, tell: (roles: readonly string[]) => void | Promise<void>): Promise<void> => {
    await before;
    if (isOver) return;
    const now = await recall(caller.sessionId, clock.now());
    if (now === undefined) end();
    else await tell(now.roles);
  };
  /** Only the last one moves the position on: whoever is cut off before it is told all of them again. */
  const tell = (changes: readonly Change[], until: number, roles: readonly string[]): void => {
    const told = readable(changes, roles);
    for (const change of told.slice(0, -1)) send("change", change);
    position = until;
    for (const change of told.slice(-1)) send("change", change);
  };
  const catchUp = async (lastEventId: string | undefined, { head, size }: Joined, roles: readonly string[]): Promise<void> => {
    const from = resumeFrom(lastEventId, head, size);
    position = from === undefined || from === "anew" ? head : from;
    send("open", {});
    if (from === "anew") return send("everything", {});
    const missed = await feed.list(from ?? Math.max(0, head - MOST_MISSED), head);
    const since = subtractDuration(clock.now(), OVERLAP);
    tell(from === undefined ? missed.filter(({ at }) => at >= since) : missed, head, roles);
  };
  return {
    end,
    body: new ReadableStream({ start: (controller) => void (out = controller), cancel: end }),
    async begin(lastEventId) {
      const joining = feed.join((changes, until) => inTurn((roles) => tell(changes, until, roles)));
      // Before anything that joining brings.
      inTurn(async (roles) => catchUp(lastEventId, await joining, roles));
      joined = await joining;
      if (isOver) return joined.leave();
      beat = setInterval(() => inTurn(() => send("beat", {})), beatMs);
      beat.unref();
    },
  };
}

/** What may be told, each subject once. */
function readable(changes: readonly Change[], roles: readonly string[]): ChangeEvent[] {
  const told = new Map(changes.map(({ kind, subject }) => [subject, { kind, id: subject }]));
  return [...told.values()].filter(({ kind }) => mayReadKind(kind, roles));
}

/** The leaf to go on from; `anew` when that cannot be told. Undefined for who comes for the first time. */
function resumeFrom(lastEventId: string | undefined, head: number, size: number): number | "anew" | undefined {
  if (lastEventId === undefined || lastEventId === "") return undefined;
  const from = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : Number.NaN;
  return from <= size && from >= head - MOST_MISSED ? Math.min(from, head) : "anew";
}

function tooMany(): Refused {
  const detail = `This session has ${MOST_PER_SESSION} streams of events open already. Close one of them.`;
  return new Refused([refusal("journal.tooManyStreams", detail)], 429);
}

/**
 * What changes elsewhere, as it happens. One window of a browser holds the stream and tells the others: browsers allow six
 * connections to a server that speaks HTTP/1.1, and each window with a stream of its own would take one of them for good.
 */
import { useEffect } from "react";

import { type ChangeEvent, watchChanges } from "../src/journal/contract.ts";
import { BASE, nameHere } from "./instance.ts";
import { queries } from "./queries.ts";
import { askAgain, isOutOfReach, noteAnswer, onReach } from "./reach.ts";

/** Only what changes of these kinds can make these answers out of date; to every other answer any change may matter. */
const ONLY_BY: Readonly<Record<string, readonly string[]>> = {
  readSession: [],
  getOrganisation: ["organisation"],
  listCategories: ["policy"],
  listConnections: ["connection"],
  listPeople: ["person"],
  getEntry: [],
  // Written a thousand times a second, if need be: read again when somebody asks.
  listDecisions: [],
  listDenied: [],
  readDecisionStanding: [],
  readInventory: ["bypass", "connection", "exception", "person"],
};

/** Many changes at once are one news: lists are read anew at most this often. */
const GATHER_MS = 1000;
/** The server beats every 15 seconds; three missed beats are a dead connection that nobody closed. */
const DEAD_MS = 45_000;
const COME_BACK_MS = 5000;
/** A stream opened this soon after the page needs no fresh start: the server tells the last ten seconds again. */
const FRESH_MS = 8000;

const CHANGES = nameHere("postern-changes");

/** `everything`: too much was missed to be told one by one. */
type News = readonly string[] | "everything";

function readAnew(news: News): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey: [endpoint] }) => {
      const kinds = ONLY_BY[String(endpoint)];
      return kinds === undefined || kinds.some((kind) => news === "everything" || news.includes(kind));
    },
    // A window nobody looks at reads anew when somebody does.
    refetchType: document.hidden ? "none" : "active",
  });
}

/** Keeps what is shown up to date while it is mounted. */
export function useLiveUpdates(): void {
  useEffect(() => {
    const gathered = gather(readAnew);
    const others = new BroadcastChannel(CHANGES);
    others.addEventListener("message", ({ data }: MessageEvent<News>) => gathered.add(data));
    const leaving = new AbortController();
    const beganMs = performance.now();
    const tell = (news: News) => {
      if (leaving.signal.aborted) return;
      gathered.add(news);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin and takes no other
      others.postMessage(news);
    };
    const lead = async () => {
      // The lock may have been given out just before it was not wanted any more.
      if (leaving.signal.aborted) return;
      const close = follow(tell, beganMs);
      await new Promise((resolve) => leaving.signal.addEventListener("abort", resolve));
      close();
    };
    const back = onReach(() => {
      if (!isOutOfReach()) gathered.add("everything");
    });
    navigator.locks.request(CHANGES, { signal: leaving.signal }, lead).catch(() => undefined);
    return () => {
      leaving.abort();
      back();
      others.close();
      gathered.stop();
    };
  }, []);
}

/** Passes on at once what comes first, and together what comes soon after. */
function gather(pass: (news: News) => void) {
  let waiting: Set<string> | "everything" = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    const news = waiting === "everything" ? waiting : [...waiting];
    waiting = new Set();
    timer = undefined;
    if (news.length === 0) return;
    pass(news);
    timer = setTimeout(flush, GATHER_MS);
  };
  return {
    add(news: News) {
      if (news === "everything") waiting = news;
      else if (waiting !== "everything") for (const kind of news) waiting.add(kind);
      if (timer === undefined) flush();
    },
    stop: () => clearTimeout(timer),
  };
}

/** Holds the stream, and takes a new one when it has died. Returns what ends it. */
function follow(tell: (news: News) => void, beganMs: number): () => void {
  let source: EventSource;
  let heardMs = performance.now();
  const heard = () => {
    heardMs = performance.now();
    noteAnswer();
  };
  const open = () => {
    source = new EventSource(`${BASE}${watchChanges.path}`);
    let isFirst = true;
    source.addEventListener("open", () => {
      heard();
      // The browser itself goes on where it was cut off; a new stream knows nothing of before.
      if (isFirst && performance.now() - beganMs > FRESH_MS) tell("everything");
      isFirst = false;
    });
    source.addEventListener("change", ({ data }: MessageEvent<string>) => {
      heard();
      tell([(JSON.parse(data) as ChangeEvent).kind]);
    });
    source.addEventListener("everything", () => tell("everything"));
    source.addEventListener("beat", heard);
    source.addEventListener("error", () => void askAgain());
  };
  const watch = setInterval(() => {
    const isDead = source.readyState === EventSource.CLOSED || performance.now() - heardMs > DEAD_MS;
    if (!isDead) return;
    source.close();
    heardMs = performance.now();
    open();
  }, COME_BACK_MS);
  open();
  return () => {
    clearInterval(watch);
    source.close();
  };
}

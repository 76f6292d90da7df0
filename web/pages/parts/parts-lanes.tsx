import { useNow } from "../../now.tsx";
import { type Lane, Lanes, LanesKey } from "../../parts/lanes.tsx";

const DAY = 86_400_000;

/** The instant so many days from now, in milliseconds. */
type At = (days: number) => number;

/** A life with everything in it: two versions, a cut, an overstay, an end. */
export function PartsLanes() {
  const { nowMs } = useNow();
  const at: At = (days) => nowMs + days * DAY;
  const lanes = [decision(at), grant(at), binding(at)];
  return (
    <>
      <Lanes lanes={lanes} name="A sample life" />
      <LanesKey lanes={lanes} />
    </>
  );
}

function decision(at: At): Lane {
  const spans = [
    { key: "1", kind: "asked", fromMs: at(-100), untilMs: at(-94), words: "Version 1" },
    { key: "2", kind: "asked", fromMs: at(-20), untilMs: at(-12), words: "Version 2" },
  ] as const;
  const happenings = [
    { key: "a", atMs: at(-95), words: "Mara approved", tone: "ok" },
    { key: "b", atMs: at(-94), words: "Ole approved", tone: "ok" },
    { key: "c", atMs: at(-12), words: "Rejected", tone: "bad" },
  ] as const;
  return { key: "decision", title: "Decision", explain: "who approved what", rows: [{ key: "v", spans, happenings }] };
}

function grant(at: At): Lane {
  const spans = [
    { key: "1", kind: "granted", fromMs: at(-94), untilMs: at(-10), words: "Granted" },
    { key: "2", kind: "lost", fromMs: at(-10), untilMs: at(30), words: "Cut" },
  ] as const;
  return { key: "grant", title: "Grant", explain: "what that bought", rows: [{ key: "g", spans, happenings: [] }] };
}

function binding(at: At): Lane {
  const overstayed = [
    { key: "1", kind: "held", fromMs: at(-93), untilMs: at(-10), words: "Seen on" },
    { key: "2", kind: "overstay", fromMs: at(-10), untilMs: undefined, words: "Overstay" },
  ] as const;
  const closed = [
    { key: "1", kind: "held", fromMs: at(-93), untilMs: at(-40), words: "Seen on" },
    { key: "2", kind: "unseen", fromMs: at(-40), untilMs: at(-9), words: "Not looked" },
    { key: "3", kind: "gone", fromMs: at(-9), untilMs: undefined, words: "Seen off" },
  ] as const;
  const readBack = { key: "r", atMs: at(-9), words: "Read back", tone: "ok" } as const;
  return {
    key: "binding",
    title: "Binding",
    explain: "what the provider holds",
    rows: [
      { key: "ad", name: "Corp AD", spans: overstayed, happenings: [] },
      { key: "ldap", name: "OpenLDAP", spans: closed, happenings: [readBack] },
    ],
  };
}

import { useNow } from "../../now.tsx";
import { type Lane, Lanes, LanesKey } from "../../parts/lanes.tsx";

const DAY = 86_400_000;

/** A life with everything in it: two versions, a cut, an overstay, an end. */
export function PartsLanes() {
  const { nowMs } = useNow();
  const at = (days: number) => nowMs + days * DAY;
  const lanes: Lane[] = [
    {
      key: "decision",
      title: "Decision",
      explain: "who approved what",
      rows: [
        {
          key: "v",
          spans: [
            { key: "1", kind: "asked", fromMs: at(-100), untilMs: at(-94), words: "Version 1" },
            { key: "2", kind: "asked", fromMs: at(-20), untilMs: at(-12), words: "Version 2" },
          ],
          happenings: [
            { key: "a", atMs: at(-95), words: "Mara approved", tone: "ok" },
            { key: "b", atMs: at(-94), words: "Ole approved", tone: "ok" },
            { key: "c", atMs: at(-12), words: "Rejected", tone: "bad" },
          ],
        },
      ],
    },
    {
      key: "grant",
      title: "Grant",
      explain: "what that bought",
      rows: [
        {
          key: "g",
          spans: [
            { key: "1", kind: "granted", fromMs: at(-94), untilMs: at(-10), words: "Granted" },
            { key: "2", kind: "lost", fromMs: at(-10), untilMs: at(30), words: "Cut" },
          ],
          happenings: [],
        },
      ],
    },
    {
      key: "binding",
      title: "Binding",
      explain: "what the provider holds",
      rows: [
        {
          key: "ad",
          name: "Corp AD",
          spans: [
            { key: "1", kind: "held", fromMs: at(-93), untilMs: at(-10), words: "Seen on" },
            { key: "2", kind: "overstay", fromMs: at(-10), untilMs: undefined, words: "Overstay" },
          ],
          happenings: [],
        },
        {
          key: "ldap",
          name: "OpenLDAP",
          spans: [
            { key: "1", kind: "held", fromMs: at(-93), untilMs: at(-40), words: "Seen on" },
            { key: "2", kind: "unseen", fromMs: at(-40), untilMs: at(-9), words: "Not looked" },
            { key: "3", kind: "gone", fromMs: at(-9), untilMs: undefined, words: "Seen off" },
          ],
          happenings: [{ key: "r", atMs: at(-9), words: "Read back", tone: "ok" }],
        },
      ],
    },
  ];
  return (
    <>
      <Lanes lanes={lanes} name="A sample life" />
      <LanesKey lanes={lanes} />
    </>
  );
}

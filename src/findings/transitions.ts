/** The life of a finding as a table. The diagram of docs/model/findings.md is drawn from it; the fold is held to it. */
import { from, type Transition } from "../kernel/transitions.ts";
import type { FindingEvent, FindingState } from "./finding.ts";

const THERE = ["open", "accepted"] as const;

export const TRANSITIONS: readonly Transition<FindingState, FindingEvent["type"]>[] = [
  ...from(["nothing"], "findingOpened", "open"),
  ...from(["mended"], "findingReopened", "open"),
  ...THERE.flatMap((there) => from([there], "findingChanged", there)),
  ...from(THERE, "findingMended", "mended"),
  ...from(THERE, "findingAccepted", "accepted"),
  ...from(["accepted"], "findingNotAccepted", "open"),
  ...THERE.flatMap((there) => from([there], "findingAssigned", there)),
  ...THERE.flatMap((there) => from([there], "findingOwnerLeft", there)),
  ...([...THERE, "mended"] as const).flatMap((each) => from([each], "findingNoted", each)),
];

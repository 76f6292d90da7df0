import type { CalendarView } from "../../../src/messages/contract.ts";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Time } from "../../parts/time.tsx";

/** Since when there is a calendar address, and whether anything reads it. */
export function CalendarStanding({ calendar }: { calendar: CalendarView }) {
  return (
    <Facts isTight>
      <Fact name="Made">
        <Time at={calendar.madeAt} />
      </Fact>
      <Fact name="Last read by a program">{calendar.usedAt === null ? <NotKnown>never</NotKnown> : <Time at={calendar.usedAt} />}</Fact>
    </Facts>
  );
}

import { Link } from "@tanstack/react-router";

import type { JourneyView } from "../../../src/accountability/contract.ts";
import type { ShiftView } from "../../../src/accountability/contract-rotas.ts";
import type { SeatView } from "../../../src/accountability/contract-seats.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import styles from "./accountability.module.css";
import { SEAT_SIGNS } from "./signs.ts";

/** Who sits somewhere, or in which way nobody does. */
export function Seat({ seat }: { seat: SeatView | null }) {
  if (seat === null) return <Badge sign={SEAT_SIGNS.nobody} />;
  const name =
    seat.kind === "person" ? (
      <Link to="/people/$id" params={{ id: seat.id }}>
        {apart(seat.name)}
      </Link>
    ) : (
      <Link to="/teams" search={{ search: seat.name }}>
        {apart(seat.name)}
      </Link>
    );
  if (seat.isFilled) return name;
  return (
    <span className={styles.seat}>
      {name}
      <Badge sign={seat.kind === "person" ? SEAT_SIGNS.left : SEAT_SIGNS.empty} />
    </span>
  );
}

/** Who is on point in a stretch of time. */
export function OnPoint({ shift }: { shift: ShiftView }) {
  if (shift.by === "unknown") return <Badge sign={SEAT_SIGNS.unknown} />;
  if (shift.persons.length === 0 && shift.strangers.length === 0) return <Badge sign={SEAT_SIGNS.nobody} />;
  return (
    <span className={styles.seat}>
      {shift.persons.map(({ id, name, active }) => (
        <span key={id} className={styles.seat}>
          <Link to="/people/$id" params={{ id }}>
            {apart(name)}
          </Link>
          {!active && <Badge sign={SEAT_SIGNS.left} />}
        </span>
      ))}
      {shift.strangers.map((stranger) => (
        <span key={stranger} className={styles.seat}>
          {apart(stranger)}
          <Badge sign={{ ...SEAT_SIGNS.unknown, word: "Not known here" }} />
        </span>
      ))}
    </span>
  );
}

/** Its rota's answer to who is on point now. */
export function OnPointNow({ journey: { rota, onPoint } }: { journey: JourneyView }) {
  if (rota === null || onPoint === null) return <Badge sign={SEAT_SIGNS.nobody} />;
  return (
    <span className={styles.stacked}>
      <OnPoint shift={onPoint} />
      <Link className={styles.minor} to="/rotas/$id" params={{ id: rota.id }}>
        {apart(rota.name)}
      </Link>
    </span>
  );
}

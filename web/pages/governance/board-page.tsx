import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { getOrganisation } from "../../../src/estate/contract.ts";
import { type BoardView, registerBoard } from "../../../src/exceptions/contract-board.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./board.module.css";
import { LockOut } from "./board-lock-out.tsx";
import { Better } from "./board-better.tsx";
import { AcceptedRisks, Owners, Overstays, Unknown } from "./board-tables.tsx";
import { BOARD_FRESH_MS } from "./metrics-page.tsx";

/** One page for those who answer for the whole: on a screen, and on a sheet of paper. */
export function BoardPage() {
  const { roles } = useSession();
  const isAllowed = mayCall(registerBoard, roles);
  const { data: board, error } = useQuery({ ...read(registerBoard, {}), staleTime: BOARD_FRESH_MS, enabled: isAllowed });
  const organisation = useQuery(read(getOrganisation, {}));
  return (
    <Page
      title={pageWords("/board")}
      below={
        <>
          {organisation.data?.name ?? "The organisation"}: every way around passwordless sign-in that is in force, who answers for it, and
          what is not known. {board !== undefined && <Time at={board.at} only="instant" />}
        </>
      }
      actions={
        <span className={styles.screenOnly}>
          <Button icon="print" whyNot={board === undefined ? "There is nothing to print yet." : undefined} onClick={() => window.print()}>
            Print
          </Button>
          <Link to="/figures" className={buttonClass()}>
            All figures
          </Link>
        </span>
      }
    >
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(registerBoard, roles)}</Empty>}
      {error !== null && <Failure error={failureFrom(error)} title="The register was not counted" />}
      {isAllowed && board === undefined && error === null && (
        <p className={styles.waiting} role="status">
          Counting the register…
        </p>
      )}
      {board !== undefined && <Board board={board} />}
    </Page>
  );
}

function Board({ board }: { board: BoardView }) {
  return (
    <div className={styles.board}>
      <Headline board={board} />
      <Section
        title="Who carries the risk"
        note="Exceptions in force, by who answers for them and by true age: renewing does not make one younger."
      >
        <Owners board={board} />
      </Section>
      <Section
        title="What would lock the organisation out"
        note="Which critical operations fail with how little, and whether the ways back in were tried."
      >
        <LockOut />
      </Section>
      <Section title="Risks that executives answer for">
        <AcceptedRisks />
      </Section>
      <div className={styles.pair}>
        <Section title="What stayed open too long" note="In the last 365 days.">
          <Overstays board={board} />
        </Section>
        <Section title="What is not known">
          <Unknown board={board} />
        </Section>
      </div>
      <Section title="What got better, and what did not">
        <Better months={board.months} />
      </Section>
    </div>
  );
}

function Headline({ board: { figures, months, owners, otherOwners } }: { board: BoardView }) {
  const inForce = owners.reduce((sum, { exceptions }) => sum + exceptions, otherOwners.exceptions);
  const facts = [
    { words: "exceptions in force", count: inForce },
    { words: "granted for over a year, suspended ones too", count: months.at(-1)?.figures?.grantedOverYear },
    { words: "still on though the right ended", count: figures.overstays.open, isBad: figures.overstays.open > 0 },
    { words: "bypasses nobody answers for", count: figures.unregisteredBypasses, isBad: figures.unregisteredBypasses > 0 },
  ];
  return (
    <ul className={styles.headline}>
      {facts.map(({ words, count, isBad = false }) => (
        <li key={words} data-tone={count === undefined ? "unknown" : isBad ? "bad" : "idle"}>
          <strong>{count ?? "Not known"}</strong> {words}
        </li>
      ))}
    </ul>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type BoardView, registerBoard } from "../../../src/exceptions/contract-board.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { MonthChart } from "../../charts/month-chart.tsx";
import { StackBar } from "../../charts/stack-bar.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Term } from "../../parts/term.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { titleWords } from "../../words.ts";
import { type Figure, figureGroups } from "./figures.ts";
import { MONTHLY, valuesOf } from "./months.ts";
import styles from "./metrics.module.css";

/** It is counted over the whole register: not asked again at every glance. */
export const BOARD_FRESH_MS = 60_000;

/** Every figure of the register, each with what it means. Its address is not /metrics: there the server tells operators its own. */
export function MetricsPage() {
  const { roles } = useSession();
  const isAllowed = mayCall(registerBoard, roles);
  const { data: board, error } = useQuery({ ...read(registerBoard, {}), staleTime: BOARD_FRESH_MS, enabled: isAllowed });
  return (
    <Page
      title={pageWords("/figures")}
      below={
        board === undefined ? (
          "Counted over every exception there is."
        ) : (
          <>
            Counted over every exception there is, <Time at={board.at} />. What is not known says so; point at a name to read what it means.
          </>
        )
      }
      actions={
        <Link to="/board" className={buttonClass()}>
          Board view
        </Link>
      }
    >
      {!isAllowed && <Empty title="Not for your roles">{whyNotCall(registerBoard, roles)}</Empty>}
      {error !== null && <Failure error={failureFrom(error)} title="The register was not counted" />}
      {isAllowed && board === undefined && error === null && (
        <p className={styles.waiting} role="status">
          Counting the register…
        </p>
      )}
      {board !== undefined && <Figures board={board} />}
    </Page>
  );
}

function Figures({ board }: { board: BoardView }) {
  const { figures, months } = board;
  return (
    <>
      {figureGroups(figures).map(({ title, figures }) => (
        <Section key={title} title={title}>
          <dl className={styles.figures}>
            {figures.map((figure) => (
              <FigureBox key={figure.name} figure={figure} />
            ))}
          </dl>
        </Section>
      ))}
      <Section title="Month by month" note="Hatched months are not known: nothing was recorded yet, or there was nothing to measure.">
        <div className={styles.charts}>
          {MONTHLY.map((each) => (
            <MonthChart
              key={each.key}
              title={<Term means={each.means}>{each.name}</Term>}
              name={each.name}
              values={valuesOf(months, each)}
              kind={each.kind}
              tone={each.tone}
              {...(each.words !== undefined && { words: each.words })}
            />
          ))}
        </div>
      </Section>
      <Section title="What is open" note="Everything that is not over, drafts included.">
        <div className={styles.charts}>
          <Tally title="By category" counts={figures.openByCategory} />
          <Tally title="By unit" counts={figures.openByUnit} />
          <Tally title="By residual risk" counts={figures.openByRisk} />
        </div>
      </Section>
    </>
  );
}

function FigureBox({ figure: { name, means, value, note = "", tone = "idle" } }: { figure: Figure }) {
  return (
    <div className={styles.figure} data-tone={value === null ? "unknown" : tone}>
      <dt>
        <Term means={means}>{name}</Term>
      </dt>
      <dd>
        <span className={styles.value}>{value ?? "not known"}</span>
        {note !== "" && <span className={styles.note}>{note}</span>}
      </dd>
    </div>
  );
}

function Tally({ title, counts }: { title: string; counts: Readonly<Record<string, number>> }) {
  const rows = Object.entries(counts);
  const most = rows.reduce((max, [, count]) => Math.max(max, count), 0);
  return (
    <table className={styles.tally}>
      <caption>{title}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">{title}</th>
          <td />
          <th scope="col">Open</th>
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <tr>
            <td colSpan={3}>Nothing is open.</td>
          </tr>
        )}
        {rows.map(([key, count]) => (
          <tr key={key}>
            <th scope="row">{titleWords(key)}</th>
            <td className={styles.line}>
              <StackBar parts={[["open", count]]} most={most} />
            </td>
            <td>{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

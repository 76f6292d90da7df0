import type { BoardView } from "../../../src/exceptions/contract-board.ts";
import { comparedOf, verdictOf } from "../../charts/change.ts";
import { MonthChart } from "../../charts/month-chart.tsx";
import { monthWords } from "../../charts/months.ts";
import { Badge } from "../../parts/badge.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import styles from "./board.module.css";
import { MONTHLY, type MonthlyFigure, valuesOf } from "./months.ts";
import { VERDICT_SIGNS } from "./signs.ts";

const DRAWN = ["granted", "overstayMinutes", "minutesToRevoke"];

/** The last whole month against an earlier one, in words; and the year as drawings. */
export function Better({ months }: { months: BoardView["months"] }) {
  return (
    <div className={styles.better}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Was</th>
            <th scope="col">Is</th>
            <th scope="col">That is</th>
          </tr>
        </thead>
        <tbody>
          {MONTHLY.map((figure) => (
            <Compared key={figure.key} figure={figure} months={months} />
          ))}
        </tbody>
      </table>
      <div className={styles.charts}>
        {MONTHLY.filter(({ key }) => DRAWN.includes(key)).map((each) => (
          <MonthChart
            key={each.key}
            title={each.name}
            name={each.name}
            values={valuesOf(months, each)}
            kind={each.kind}
            tone={each.tone}
            {...(each.words !== undefined && { words: each.words })}
          />
        ))}
      </div>
    </div>
  );
}

function Compared({ figure, months }: { figure: MonthlyFigure; months: BoardView["months"] }) {
  const { words = String } = figure;
  const compared = comparedOf(valuesOf(months, figure));
  const cell = (of: "from" | "to") => {
    const one = compared?.[of];
    if (one === undefined || one.value === null) return <NotKnown />;
    return (
      <>
        {words(one.value)} <span className={styles.minor}>{monthWords(one.month)}</span>
      </>
    );
  };
  return (
    <tr>
      <th scope="row">{figure.name}</th>
      <td>{cell("from")}</td>
      <td>{cell("to")}</td>
      <td>
        <Badge sign={VERDICT_SIGNS[verdictOf(compared)]} />
      </td>
    </tr>
  );
}

/** One decision in the process, at as many exceptions: ours beside engines that others embed, in turn, on the same questions. */
import { type Engine, engines } from "./decision/engines.ts";
import { ours } from "./decision/in-process.ts";
import { type Asked, EXCEPTIONS, questions } from "./decision/questions.ts";
import { type Bench, figure, quantile } from "./figure.ts";

const ROUNDS = 7;

export const decisionEnginesBench: Bench = {
  name: "decision-engines",
  async run() {
    const from = new Date();
    const asked = questions();
    const all = [ours(from), ...(await engines(from))];
    for (const engine of all) check(engine, asked, from.getTime());
    const micros = new Map<Engine, number[]>(all.map((engine) => [engine, []]));
    for (let round = 0; round < ROUNDS; round++) for (const engine of all) micros.get(engine)!.push(time(engine, asked, from.getTime()));
    const [own, ...peers] = all.map((engine) => ({ ...engine, median: quantile(micros.get(engine)!, 0.5) }));
    return peers.map((peer) => {
      const limit = peer.limit === undefined ? "" : `; limit ${1 / peer.limit} x`;
      const note = `${EXCEPTIONS} exceptions, median of ${ROUNDS} rounds in turn${limit}`;
      return figure("one decision in the process", "us", own!.median, peer.name, peer.median, note);
    });
  },
};

function check(engine: Engine, asked: readonly Asked[], nowMs: number): void {
  const wrong = asked.slice(0, engine.asks).find(({ question, permit }) => engine.permits(question, nowMs) !== permit);
  if (wrong !== undefined) throw new Error(`${engine.name} decides otherwise: ${JSON.stringify(wrong)}`);
}

/** Microseconds a decision, over one round of questions. */
function time(engine: Engine, asked: readonly Asked[], nowMs: number): number {
  const start = performance.now();
  for (let i = 0; i < engine.asks; i++) engine.permits(asked[i % asked.length]!.question, nowMs);
  return ((performance.now() - start) * 1000) / engine.asks;
}

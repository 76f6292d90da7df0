/** The guided first hour: what to do in whose shoes, and by which request one can tell that it was done. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { StepView } from "./contract-inside.ts";
import type { PersonaKey } from "./company.ts";
import type { Facts } from "./play.ts";

interface Step {
  readonly key: string;
  readonly title: string;
  readonly why: string;
  readonly persona: PersonaKey;
  readonly to: (facts: Facts) => string;
  /** Method and path of what is asked of the API when it is done. */
  readonly done: (facts: Facts) => RegExp;
}

const refOf = ({ refs }: Facts, key: string): string => refs[key] ?? "";
const either = ({ refs, ids }: Facts, key: string): string => `(${refs[key]}|${ids[key]})`;

const STEPS: readonly Step[] = [
  {
    key: "overstay",
    title: "See what ended and is still open",
    why: "The plant's laptop lost its right two weeks ago. The directory no longer obeys, so the bypass is still there, and the minutes are counted.",
    persona: "governance",
    to: (facts) => `/exceptions/${refOf(facts, "plant-laptop")}`,
    done: (facts) => new RegExp(`^GET /api/v1/exceptions/${either(facts, "plant-laptop")}$`),
  },
  {
    key: "bypass",
    title: "Claim or remove a bypass nobody answers for",
    why: "Somebody of the service desk let people in by hand this week. Postern found it; whoever claims it starts a request with all that is known.",
    persona: "iam",
    to: () => "/bypasses",
    done: () => /^POST \/api\/v1\/bypasses\/[^/]+\/(claim|remove)$/,
  },
  {
    key: "ask",
    title: "Ask for an exception",
    why: "The help desk may ask for others. The form shows twins first, and what the category demands.",
    persona: "help-desk",
    to: () => "/request",
    done: () => /^POST \/api\/v1\/exceptions$/,
  },
  {
    key: "decide",
    title: "Decide on a request",
    why: "Two people have to agree, each over exactly what they read. Change a word of it and their votes are void.",
    persona: "approver",
    to: (facts) => `/exceptions/${refOf(facts, "field-router")}/decide`,
    done: () => /^POST \/api\/v1\/exceptions\/[^/]+\/vote$/,
  },
  {
    key: "review",
    title: "Answer a review",
    why: "The payroll client's review is due. No answer means that it ends.",
    persona: "owner",
    to: (facts) => `/exceptions/${refOf(facts, "payroll-client")}`,
    done: () => /^POST \/api\/v1\/exceptions\/[^/]+\/reviews\/[^/]+\/decide$/,
  },
  {
    key: "end",
    title: "End an exception now, and see that it is gone",
    why: "It is not in force at once; it is closed only when the directory was read back.",
    persona: "governance",
    to: (facts) => `/exceptions/${refOf(facts, "planner")}`,
    done: () => /^POST \/api\/v1\/exceptions\/[^/]+\/revoke$/,
  },
  {
    key: "accept-risk",
    title: "Answer for a risk",
    why: "Pump readings travel with a static secret for almost a year now. That needs a name of an executive, and the board sees it.",
    persona: "board",
    to: () => "/risks",
    done: () => /^POST \/api\/v1\/risk-acceptances\/[^/]+\/accept$/,
  },
  {
    key: "repeats",
    title: "Find what keeps coming back",
    why: "The same terminal was excepted four times in a year: that is a fault of the design, not of the terminal.",
    persona: "governance",
    to: () => "/repeats",
    done: () => /^GET \/api\/v1\/repeats$/,
  },
  {
    key: "prove",
    title: "Verify it without trusting us",
    why: "Each thing that happened has a proof. The browser checks it by itself.",
    persona: "auditor",
    to: () => "/journal",
    done: () => /^GET \/api\/v1\/journal\//,
  },
];

export interface FirstHour {
  /** Notes a request of a visitor that succeeded. */
  note(method: string, path: string): void;
  steps(): StepView[];
}

/** What was done is kept beside the example's database: it goes with it. */
export function openFirstHour(dataDir: string, facts: Facts): FirstHour {
  const file = join(dataDir, "first-hour.json");
  const done = new Set(readDone(file));
  return {
    note(method, path) {
      const ticked = STEPS.filter((step) => !done.has(step.key) && step.done(facts).test(`${method} ${path}`));
      if (ticked.length === 0) return;
      for (const { key } of ticked) done.add(key);
      writeFileSync(file, JSON.stringify([...done]));
    },
    steps: () => STEPS.map(({ key, title, why, persona, to }) => ({ key, title, why, persona, to: to(facts), done: done.has(key) })),
  };
}

function readDone(file: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as readonly string[];
  } catch {
    return [];
  }
}

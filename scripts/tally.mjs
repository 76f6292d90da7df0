/** Counts what a Vitest run says in its JSON report, distrusting it: what crashed has failed, and a run of nothing has failed. */

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[] }} TestReport
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestReport[] }} FileReport
 */

/** @type {Tally} */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/**
 * The tally of one suite.
 * @param {string | undefined} json The report; undefined when the run wrote none.
 * @param {number | null} exitCode The run's exit code; null when it was killed.
 * @param {boolean} maySkipAll True for a suite that needs what a machine may lack: then skipping every test is no failure.
 * @returns {Tally}
 */
export function tallyOf(json, exitCode, maySkipAll) {
  const files = filesOf(json);
  if (files === undefined) return { ...NOTHING, failed: 1 };
  let tally = NOTHING;
  for (const file of files) tally = add(tally, tallyOfFile(file));
  const executed = tally.passed + tally.failed;
  const ranNothing = executed === 0 && !(maySkipAll && tally.skipped > 0);
  // Vitest also fails on errors outside of any test; these are in no file's count.
  const crashed = exitCode !== 0 && tally.failed === 0;
  return ranNothing || crashed ? add(tally, { ...NOTHING, failed: 1 }) : tally;
}

/**
 * @param {Tally} a
 * @param {Tally} b
 * @returns {Tally}
 */
export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param {Tally} tally */
export function wordsOf(tally) {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/**
 * What failed and why, one text each, in the order of the run. What crashed without a report is not among it: the run printed it last.
 * @param {string | undefined} json As of tallyOf.
 * @returns {string[]}
 */
export function failuresOf(json) {
  return (filesOf(json) ?? []).flatMap((file) => {
    const tests = file.assertionResults.filter(({ status }) => status === "failed");
    const broken = file.status !== "passed" && tests.length === 0;
    return broken
      ? [`${file.name}\n${file.message ?? ""}`]
      : tests.map((test) => `${file.name} > ${test.fullName}\n${test.failureMessages?.join("\n")}`);
  });
}

/**
 * @param {string | undefined} json
 * @returns {FileReport[] | undefined}
 */
function filesOf(json) {
  try {
    const { testResults } = JSON.parse(json ?? "");
    return Array.isArray(testResults) ? testResults : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {FileReport} file
 * @returns {Tally}
 */
function tallyOfFile(file) {
  const count = (/** @type {(status: string) => boolean} */ wanted) => file.assertionResults.filter(({ status }) => wanted(status)).length;
  const passed = count((status) => status === "passed");
  const failed = count((status) => status === "failed");
  // A file that could not be loaded, or whose set-up failed, has no failed test of its own.
  const broken = file.status !== "passed" && failed === 0 ? 1 : 0;
  return { passed, failed: failed + broken, skipped: file.assertionResults.length - passed - failed };
}

/** The steps as this repository uses them; which command runs which is in check.mjs and test.mjs. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./install.mjs";
import { suite, whole } from "./steps.mjs";

const TSC = "node_modules/typescript/bin/tsc";

/** Looks at the sources without running them, then runs the tests that need nothing. */
export const CHECKS = [
  () => whole("format", ["node_modules/oxfmt/bin/oxfmt", "--check", "."]),
  () => whole("lint", ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"]),
  () => whole("types of the server", [TSC, "-p", "tsconfig.json"]),
  () => whole("types of the console", [TSC, "-p", "web/tsconfig.json"]),
  () => suite("unit"),
];

/** What needs a database, real servers or a browser; skipped, and counted as skipped, where the machine lacks them. */
export const SUITES = [
  () => suite("store"),
  () => whole("build", ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]),
  () => suite("live", { maySkipAll: true }),
  () => suite("e2e", { maySkipAll: true }),
];

/** What only the project's own CI demands. `node24`: path of the oldest Node that is supported. */
export const MORE_IN_CI = [
  () => whole("dead code", ["node_modules/knip/bin/knip.js"]),
  () => whole("figures", ["scripts/figures.ts"]),
  ...oracles(),
  ...onOldestNode(),
];

/** Cases made by others; they are not part of the repository. */
function oracles() {
  const shared = process.env["POSTERN_SHARED"] ?? join(ROOT, "..", "shared", "data");
  return [
    { name: "aralia", path: join(shared, "aralia") },
    { name: "authzen", path: join(shared, "authzen") },
    { name: "merkle", path: join(shared, "merkle") },
    { name: "realms", path: join(shared, "keycloak") },
    { name: "scubagear", path: join(shared, "entra-ca", "scubagear") },
  ]
    .filter(({ path }) => existsSync(path))
    .map(
      ({ name, path }) =>
        () =>
          whole(`oracle ${name}`, ["scripts/oracle.ts", name, path]),
    );
}

function onOldestNode() {
  const node = process.env["POSTERN_OLDEST_NODE"];
  return node === undefined ? [] : [() => suite("unit", { node, name: "unit on the oldest Node" })];
}

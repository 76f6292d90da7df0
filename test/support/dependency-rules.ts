/**
 * Who may import whom. Every file of src and web belongs to one layer, told from its path; a layer says what its files may
 * import. Tests are free.
 */
import type { Import, Source } from "./source-tree.ts";

export type Layer =
  | "kernel"
  | "pure"
  | "contract"
  | "store"
  | "service"
  | "routes"
  | "index"
  | "journal"
  | "platform"
  | "connector"
  | "cli"
  | "config"
  | "composition"
  | "web";

/** Files of domain modules that touch the world though their names do not say so, each with its reason. All others are pure. */
export const SHELL: Readonly<Record<string, string>> = {
  "src/exceptions/category-register.ts": "keeps the policies in force and commits changes to them",
  "src/decisions/repack-worker.ts": "the thread that packs the register of decisions and writes its file",
  "src/exceptions/converge.ts": "makes a provider obey the register",
  "src/exceptions/coverage.ts": "looks up whose a bypass is, and reopens what came back",
  "src/exceptions/draft-from-bypass.ts": "opens a draft out of what a provider shows",
  "src/exceptions/draft-from-denial.ts": "opens a draft out of what a decision point denied",
  "src/exceptions/register.ts": "reads the register for people",
  "src/exceptions/wake.ts": "turns news of other modules into triggers",
};

/** Files of modules that are shells by nature (journal, access, connectors) and yet are pure, and have to stay so. */
const PURE_IN_SHELLS =
  /^src\/(journal\/(entry|note|tile|checkpoint|fault|refusals|signed-decision)|access\/(authorize|assertion|company-account|company-strength|cookie|invitation|passkey|session|refusals)|connectors\/(port|[^/]+\/(map|map-[^/]+|evaluate)|activedirectory\/values|ldap\/(entry|text)))\.ts$/;

/** Rule 1: what the kernel may use of others. */
const KERNEL_PACKAGES: Readonly<Record<string, string>> = { "src/kernel/time.ts": "temporal-polyfill", "src/kernel/contract.ts": "zod" };

/** The first that fits a file's path says its layer; what none fits is pure. */
const LAYERS: readonly [RegExp, Layer][] = [
  [/^web\//, "web"],
  [/^src\/config(-[a-z]+)?\.ts$/, "config"],
  [/^src\/[^/]+$/, "composition"],
  [/^src\/kernel\//, "kernel"],
  [PURE_IN_SHELLS, "pure"],
  [/\/index\.ts$/, "index"],
  [/\/contract\.ts$/, "contract"],
  // A second instance of the whole application: it wires one as compose does. Its routes and what they ask of it are a module's own.
  [/^src\/example-organisation\/(?!(routes|offer|refusals|contract-[^/]+)\.ts$)/, "composition"],
  [/^src\/journal\//, "journal"],
  [/^src\/platform\//, "platform"],
  [/^src\/connectors\//, "connector"],
  [/^src\/cli\//, "cli"],
  // A view turns state into what a contract declares, and is as pure as both.
  [/\/(contract-[^/]+|([^/]+-)?view)\.ts$/, "contract"],
  [/\/([^/]+-)?store\.ts$/, "store"],
  [/\/([^/]+-)?routes\.ts$/, "routes"],
  [/\/(([^/]+-)?service|tick|load-[^/]+)\.ts$/, "service"],
  [/^src\/access\//, "service"],
];

export function layerOf(path: string): Layer {
  if (path in SHELL) return "service";
  return LAYERS.find(([pattern]) => pattern.test(path))?.[1] ?? "pure";
}

/** Top folder of a file of src: its module. */
function moduleOf(path: string): string {
  return path.split("/")[1]!;
}

/** For each layer, why one of its files may not import another of our files; undefined when it may. */
const FORBIDS: Readonly<Record<Layer, (from: string, to: string, layer: Layer) => string | undefined>> = {
  kernel: (_, __, layer) => (layer === "kernel" ? undefined : "the kernel imports nothing of ours"),
  pure: (_, __, layer) => (isPure(layer) ? undefined : "a pure file imports only the kernel and pure files"),
  contract: (_, __, layer) =>
    isPure(layer) || layer === "contract" ? undefined : "a contract imports only the kernel, pure files and contracts",
  store: (_, to, layer) =>
    isPure(layer) || layer === "journal" || to === "src/platform/db.ts" || layer === "store"
      ? ownOnly("store", _, to, layer)
      : "a store imports only pure files, the journal and platform/db",
  service: (from, to, layer) =>
    ["pure", "kernel", "journal", "platform", "index"].includes(layer) ||
    (sameModule(from, to) && (layer === "store" || layer === "service" || layer === "contract"))
      ? undefined
      : "a service imports its own store, views and pure files, the journal, platform, and other modules by their index",
  routes: (from, to, layer) =>
    isPure(layer) || layer === "platform" || layer === "index" || (sameModule(from, to) && layer !== "composition")
      ? undefined
      : "routes import their contract and service, platform/http, and other modules by their index",
  index: (from, to) => (sameModule(from, to) ? undefined : "an index shows its own module only"),
  journal: (_, __, layer) =>
    ["kernel", "pure", "journal", "platform", "contract"].includes(layer) ? undefined : "the journal knows no domain module",
  platform: (_, __, layer) => (layer === "kernel" || layer === "platform" ? undefined : "platform knows no domain module"),
  connector: (from, to, layer) =>
    layer === "kernel" || layer === "platform" || isOfSameConnector(from, to)
      ? undefined
      : "a connector imports the kernel, platform, the port, its own folder and the wire it shares",
  cli: (_, __, layer) =>
    ["kernel", "pure", "contract", "journal", "platform", "cli"].includes(layer)
      ? undefined
      : "the command line speaks to the server through contracts",
  config: (_, __, layer) =>
    layer === "kernel" || layer === "platform" || layer === "config" ? undefined : "the configuration knows no module",
  composition: () => undefined,
  web: (_, to, layer) =>
    layer === "web" || layer === "contract" || layer === "kernel"
      ? undefined
      : `the console imports contracts and the pure kernel only, not ${to}`,
};

const SQL = new Set(["pg", "kysely"]);
const MAY_KNOW_SQL: ReadonlySet<Layer> = new Set(["store", "journal", "platform", "composition"]);
const MAY_KNOW_HTTP: ReadonlySet<Layer> = new Set(["platform", "composition"]);

/** For the layers that are not free in the libraries they use, why they may not use one. */
const FORBIDS_PACKAGE: Partial<Record<Layer, (name: string, from: string) => string | undefined>> = {
  kernel: (name, from) => (KERNEL_PACKAGES[from] === name ? undefined : "the kernel uses Temporal in time.ts and Zod in contract.ts only"),
  pure: () => "a pure file uses no library",
  contract: (name) => (name === "zod" ? undefined : "a contract uses no library but Zod"),
  web: (name) => (name.startsWith("node:") ? "no Node code in the browser" : undefined),
};

function forbidsPackage(from: string, { specifier, typeOnly }: Import): string | undefined {
  const layer = layerOf(from);
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (SQL.has(name) && !MAY_KNOW_SQL.has(layer)) return "only stores know SQL";
  if (name === "hono" && !MAY_KNOW_HTTP.has(layer) && !typeOnly) return "only platform/http knows the HTTP library";
  return FORBIDS_PACKAGE[layer]?.(name, from);
}

/** Every breach of the rules, one line each: `from → to: why`. Sources are all of src and web; targets outside are refused. */
export function breaches(all: readonly Source[]): string[] {
  const sources = all.filter(({ path }) => !isTest(path));
  const found: string[] = [];
  for (const source of sources) {
    for (const each of source.imports) {
      const why = each.target === undefined ? forbidsPackage(source.path, each) : forbidsFile(source.path, each.target);
      if (why !== undefined) found.push(`${source.path} → ${each.target ?? each.specifier}: ${why}`);
    }
    found.push(...ownBreaches(source));
  }
  return [...found, ...cycles(sources), ...nodeCodeInBrowser(sources)];
}

function forbidsFile(from: string, to: string): string | undefined {
  if (!/\.tsx?$/.test(to)) return undefined;
  if (!/^(src|web)\//.test(to)) return "the product imports nothing from outside src and web";
  if (isTest(to)) return "nothing imports a test";
  const layer = layerOf(to);
  if (layer === "composition" && layerOf(from) !== "composition") return "nothing imports the composition";
  if (layer === "config" && !["composition", "config"].includes(layerOf(from))) return "only the composition reads the configuration";
  return FORBIDS[layerOf(from)](from, to, layer);
}

function ownBreaches({ path, hasDefaultExport, isBarrel, impurities }: Source): string[] {
  const layer = layerOf(path);
  const found: string[] = [];
  if (hasDefaultExport) found.push(`${path}: no default exports`);
  if (isBarrel && layer !== "index") found.push(`${path}: no barrel files but one public face a module, index.ts`);
  if ((isPure(layer) || layer === "contract") && impurities.length > 0)
    found.push(`${path}: a pure file does not use ${impurities.join(", ")}`);
  return found;
}

/** Strongly connected groups of files; every one is a cycle. */
function cycles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]));
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    state.set(path, "open");
    for (const next of graph.get(path) ?? []) {
      if (state.get(next) === "open") found.push(`cycle: ${[...trail.slice(trail.indexOf(next)), next].join(" → ")}`);
      else if (!state.has(next)) visit(next, [...trail, next]);
    }
    state.set(path, "done");
  };
  for (const path of graph.keys()) if (!state.has(path)) visit(path, [path]);
  return found;
}

/** Rule 6, through any number of steps: whatever the console's own imports bring into the bundle has to run in a browser. */
function nodeCodeInBrowser(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set(sources.filter(({ path }) => layerOf(path) === "web"));
  const found: string[] = [];
  for (const source of reached) {
    for (const { specifier, target, typeOnly } of source.imports) {
      if (typeOnly) continue;
      if (specifier.startsWith("node:")) found.push(`${source.path} → ${specifier}: Node code would reach the browser`);
      const next = target === undefined ? undefined : byPath.get(target);
      if (next !== undefined) reached.add(next);
    }
  }
  return found;
}

export function isPure(layer: Layer): boolean {
  return layer === "kernel" || layer === "pure";
}

function isTest(path: string): boolean {
  return /\.(test|suite)\.tsx?$/.test(path);
}

function sameModule(a: string, b: string): boolean {
  return moduleOf(a) === moduleOf(b);
}

function ownOnly(what: Layer, from: string, to: string, layer: Layer): string | undefined {
  return layer === what && !sameModule(from, to) ? `a ${what} of another module is reached through its index` : undefined;
}

function isOfSameConnector(from: string, to: string): boolean {
  // The protocols that connectors share; they are none themselves.
  if (to === "src/connectors/port.ts" || /^src\/connectors\/(ldap|http)\//.test(to)) return true;
  const folder = from.split("/").slice(0, -1).join("/");
  return to.startsWith(`${folder}/`);
}

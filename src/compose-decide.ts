/** `decide` runs a decision point at the edge: no database, no console; it follows what a server publishes, and denies when it cannot. */
import { mkdir } from "node:fs/promises";
import type { RequestListener } from "node:http";

import { UsageFault, type Command, type CommandInput } from "./cli/command.ts";
import { openCallers } from "./compose-callers.ts";
import { composeDecisions } from "./compose-decisions.ts";
import { createLimitedServer, decisionsOnly } from "./compose-listen.ts";
import { close, endSignal, listen } from "./compose-serve.ts";
import { readConfig } from "./config.ts";
import { createEdge, type Edge, isTooOld, openEdgeFiles } from "./decisions/index.ts";
import { parseVerifierKeyText } from "./journal/index.ts";
import { systemClock } from "./platform/clock.ts";
import { createLog } from "./platform/log.ts";
import { openRemote } from "./platform/remote-files.ts";

const OPTIONS = {
  from: { type: "string" },
  key: { type: "string" },
  callers: { type: "string" },
  data: { type: "string" },
  port: { type: "string" },
  host: { type: "string" },
  origin: { type: "string" },
  "max-age": { type: "string" },
  "token-file": { type: "string" },
  certificate: { type: "string" },
  "certificate-key": { type: "string" },
  ca: { type: "string" },
} as const;

export const decideCommand: Command = {
  name: "decide",
  usage:
    "--from URL --key VERIFIER_KEY --callers FILE --data DIR [--port N] [--host NAME] [--origin URL] [--max-age SECONDS] (--token-file FILE | --certificate FILE --certificate-key FILE) [--ca FILE]",
  summary: "Run an edge decision point, which follows a server's signed snapshot and needs no database",
  options: OPTIONS,
  async run(input) {
    const { config, remote, dataDir, key } = read(input);
    const log = createLog(
      () => systemClock.now(),
      (line) => process.stderr.write(line),
      config.logLevel,
    );
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const callers = openCallers(config, { clock: systemClock, log });
    const edge = createEdge({
      remote,
      key,
      files: await openEdgeFiles(dataDir),
      nowMs: Date.now,
      elapsedMs: () => performance.now(),
      maxAgeMs: config.decisionMaxAgeSeconds * 1000,
      log,
    });
    const point = composeDecisions(config, systemClock, log, {
      authenticate: callers.authenticate,
      admission: callers.admission,
      snapshot: () => edge.snapshot(),
    });
    await edge.start();
    const { server, port } = await listen(createLimitedServer(answering(edge, decisionsOnly(point))), config);
    await callers.listen(decisionsOnly(point));
    input.print(`Postern decides at port ${port}, from ${String(input.options["from"])}.`);
    const signal = await endSignal();
    log.info("draining", { signal });
    point.drain();
    await close(server);
    await callers.close();
    await edge.stop();
    point.stop();
    log.info("stopped");
    return 0;
  },
};

/** For whoever sends requests here, and for probes: whether it is any use to ask. */
function answering(edge: Edge, decide: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url !== "/health/ready") return decide(request, response);
    const snapshot = edge.snapshot();
    const isReady = snapshot !== undefined && !isTooOld(snapshot, Date.now());
    const trouble = edge.trouble();
    const words = [
      isReady ? "ready" : "denying everything: the snapshot is too old",
      trouble === undefined ? "" : `not followed: ${trouble}`,
    ];
    response.writeHead(isReady ? 200 : 503, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
    response.end(`${words.filter((line) => line !== "").join("\n")}\n`);
  };
}

function read({ options, env }: CommandInput) {
  const text = (name: keyof typeof OPTIONS): string | undefined => (typeof options[name] === "string" ? options[name] : undefined);
  const need = (name: keyof typeof OPTIONS): string => {
    const value = text(name);
    if (value === undefined) throw new UsageFault(`--${name} is needed`);
    return value;
  };
  const [from, dataDir, port] = [need("from"), need("data"), text("port") ?? "8080"];
  const key = parseVerifierKeyText(need("key"));
  if (key === undefined)
    throw new UsageFault("--key has to be the log's verifier key, as GET /api/v1/journal/key gives it: name+id+base64");
  const [tokenFile, certificateFile, keyFile] = [text("token-file"), text("certificate"), text("certificate-key")];
  if ((tokenFile === undefined) === (certificateFile === undefined) || (certificateFile === undefined) !== (keyFile === undefined)) {
    throw new UsageFault("say who asks: --token-file, or --certificate and --certificate-key");
  }
  const given: Record<string, string | undefined> = {
    ...only(env, [
      "POSTERN_LOG_LEVEL",
      "POSTERN_TRUST_FILE",
      "POSTERN_DECISION_TLS_PORT",
      "POSTERN_DECISION_TLS_CERT",
      "POSTERN_DECISION_TLS_KEY",
    ]),
    PORT: port,
    HOST: text("host"),
    POSTERN_ORIGIN: text("origin"),
    POSTERN_DECISION_CALLERS: need("callers"),
    POSTERN_DECISION_MAX_AGE: text("max-age"),
  };
  const remote = openRemote({ url: from, tokenFile, certificateFile, keyFile, caFile: text("ca") });
  return { config: readConfig(given), remote, dataDir, key };
}

function only(env: CommandInput["env"], names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

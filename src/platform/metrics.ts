/** What Prometheus is told. Labels are names of ours (endpoints, queues, parts of the tick), never people or paths. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  observeHttp(endpointId: string, status: number, seconds: number): void;
  observeJob(queue: string, outcome: "completed" | "failed", seconds: number): void;
  observeTick(part: string, outcome: "completed" | "failed", seconds: number): void;
  /** A number that is asked for whenever somebody reads the metrics; NaN when asking fails, so that nobody takes it for zero. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  /** Numbers that are counted elsewhere, asked for whenever somebody reads the metrics. */
  told(name: string, help: string, type: "counter" | "gauge" | "histogram", read: () => readonly Sample[]): void;
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
}

export interface Sample {
  /** After the metric's name: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const http = new Histogram({
    name: "postern_http_request_seconds",
    help: "Time to answer a request",
    labelNames: ["endpoint", "status"],
    buckets: SECONDS,
    registers,
  });
  const jobs = new Histogram({
    name: "postern_job_seconds",
    help: "Time of one try of a job",
    labelNames: ["queue", "outcome"],
    buckets: SECONDS,
    registers,
  });
  const tick = new Histogram({
    name: "postern_tick_seconds",
    help: "Time of one part of the tick",
    labelNames: ["part", "outcome"],
    buckets: SECONDS,
    registers,
  });
  const failures = new Counter({
    name: "postern_gauge_failures_total",
    help: "How often a number could not be read",
    labelNames: ["gauge"],
    registers,
  });
  const told: (() => string)[] = [];
  return {
    observeHttp: (endpoint, status, seconds) => http.observe({ endpoint, status }, seconds),
    observeJob: (queue, outcome, seconds) => jobs.observe({ queue, outcome }, seconds),
    observeTick: (part, outcome, seconds) => tick.observe({ part, outcome }, seconds),
    gauge(name, help, read) {
      const made = new Gauge({
        name,
        help,
        registers,
        async collect() {
          try {
            made.set(await read());
          } catch {
            failures.inc({ gauge: name });
            made.set(Number.NaN);
          }
        },
      });
    },
    told(name, help, type, read) {
      told.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...read().map((sample) => lineOf(name, sample))].join("\n"));
    },
    contentType: registry.contentType,
    text: async () => `${[(await registry.metrics()).trimEnd(), ...told.map((tell) => tell())].join("\n\n")}\n`,
  };
}

function lineOf(name: string, { suffix = "", labels = {}, value }: Sample): string {
  const named = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${suffix}${named.length === 0 ? "" : `{${named.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

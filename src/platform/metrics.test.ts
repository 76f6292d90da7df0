import { expect, test } from "vitest";

import { createMetrics } from "./metrics.ts";

test("requests, jobs and ticks are counted by our own names", async () => {
  const metrics = createMetrics();
  metrics.observeHttp("listExceptions", 200, 0.02);
  metrics.observeHttp("listExceptions", 200, 0.2);
  metrics.observeJob("converge", "failed", 1);
  metrics.observeTick("endings", "completed", 0.001);
  const text = await metrics.text();
  expect(text).toContain('postern_http_request_seconds_count{endpoint="listExceptions",status="200"} 2');
  expect(text).toContain('postern_http_request_seconds_bucket{le="0.05",endpoint="listExceptions",status="200"} 1');
  expect(text).toContain('postern_job_seconds_count{queue="converge",outcome="failed"} 1');
  expect(text).toContain('postern_tick_seconds_count{part="endings",outcome="completed"} 1');
  expect(text).toContain("process_cpu_seconds_total");
});

test("a gauge is read anew each time somebody asks", async () => {
  const metrics = createMetrics();
  let open = 3;
  metrics.gauge("postern_overstays", "Bypasses that outlived their grant", () => open);
  expect(await metrics.text()).toContain("postern_overstays 3");
  open = 0;
  expect(await metrics.text()).toContain("postern_overstays 0");
});

test("a gauge that cannot be read is not zero, is counted, and keeps nothing else from being read", async () => {
  const metrics = createMetrics();
  metrics.gauge("postern_overstays", "Bypasses that outlived their grant", () => Promise.reject(new Error("database is down")));
  metrics.observeHttp("listExceptions", 503, 0.02);
  expect(await metrics.text()).toContain("postern_overstays Nan");
  const text = await metrics.text();
  expect(text).toMatch(/postern_gauge_failures_total\{gauge="postern_overstays"\} [12]/);
  expect(text).toContain('postern_http_request_seconds_count{endpoint="listExceptions",status="503"} 1');
});

test("two servers in one process do not mix their numbers", async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.observeHttp("listExceptions", 200, 0.02);
  expect(await other.text()).not.toContain("listExceptions");
});

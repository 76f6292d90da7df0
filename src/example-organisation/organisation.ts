/** The example organisation of this process: loaded, served and removed beside the real instance. */
import { AsyncLocalStorage } from "node:async_hooks";
import { rmSync } from "node:fs";
import { join } from "node:path";

import type { App } from "../compose.ts";
import type { Config } from "../config.ts";
import type { Clock } from "../kernel/time.ts";
import { type Log, words } from "../platform/log.ts";
import { secured } from "../platform/security-headers.ts";
import { type ExampleInstance, forgetInstance, isPlayed, openInstance, playInstance } from "./instance.ts";
import { isOfExample, type Mounted, serveMounted } from "./mount.ts";
import type { ExampleOffer, ExampleState } from "./offer.ts";
import { whyFailed } from "./why-failed.ts";

export interface ExampleOrganisation extends ExampleOffer {
  /** Everything under /example goes to the example, everything else to the real instance. */
  front(real: App): (request: Request, env: object) => Promise<Response> | Response;
  /** Opens what was loaded before the process was started again. */
  resume(): Promise<void>;
  /** What is under way has ended. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface ExampleGround {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

class Abandoned extends Error {}

export function createExampleOrganisation({ config, clock, log }: ExampleGround): ExampleOrganisation {
  const ground = { config, log, dataDir: join(config.dataDir, "example") };
  let state: ExampleState = { state: "none" };
  let instance: ExampleInstance | undefined;
  let work: Promise<void> = Promise.resolve();
  let abandoned = false;
  // What is played is not part of the request that asked for it, and carries nothing of it into its own transactions.
  const outsideOfRequests = AsyncLocalStorage.snapshot();

  async function open(): Promise<void> {
    const opened = await openInstance(ground, clock);
    await opened.app.start();
    instance = opened;
    state = { state: "loaded" };
  }

  async function play(): Promise<void> {
    forgetInstance(ground.dataDir);
    await playInstance(ground, clock.now(), (share) => {
      if (abandoned) throw new Abandoned("removed before the year was over");
      state = { state: "loading", share };
    });
    await open();
  }

  async function close(): Promise<void> {
    const { app } = instance ?? {};
    instance = undefined;
    await app?.drain();
    await app?.stop();
  }

  async function attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      // Told in the state and in the log; it takes nothing else down.
      state = error instanceof Abandoned ? { state: "none" } : { state: "failed", why: whyFailed(error) };
      if (!(error instanceof Abandoned)) log.error("example organisation failed", { error: words(error) });
    }
  }

  /** One thing after another. */
  function then(step: () => Promise<void>): Promise<void> {
    const before = work;
    work = outsideOfRequests(async () => {
      await before;
      await attempt(step);
    });
    return work;
  }

  return {
    state: () => state,
    load() {
      if (state.state === "loading" || state.state === "loaded") return;
      abandoned = false;
      state = { state: "loading", share: 0 };
      void then(play);
    },
    remove() {
      abandoned = true;
      return then(async () => {
        await close();
        rmSync(ground.dataDir, { recursive: true, force: true });
        state = { state: "none" };
      });
    },
    front: (real) => {
      const isWelcome = async (request: Request) => (await real.access.authenticate(request, clock.now())) !== undefined;
      return async (request, env) => {
        if (!isOfExample(request.url)) return real.http.fetch(request, env);
        const mounted: Mounted | undefined = instance;
        return secured(await serveMounted(mounted, request, env, () => isWelcome(request)), config.origin);
      };
    },
    resume: () => (isPlayed(ground.dataDir) ? then(open) : Promise.resolve()),
    settled: () => work,
    stop() {
      abandoned = true;
      return then(close);
    },
  };
}

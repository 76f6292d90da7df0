/** Accounts that are tried and drills as they go, with every free text planted. Wants the planted model. */
import { addCanary, changeCanarySecret, removeCanary } from "../../../src/canaries/contract.ts";
import * as drills from "../../../src/drills/contract.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import { addDuration, duration } from "../../../src/kernel/time.ts";
import { type Browser, succeeded } from "../../support/browser.ts";
import { plantOf } from "../../support/planted.ts";
import type { WholeApp } from "../../support/whole-app.ts";

type Plant = (
  as: Browser,
  endpoint: Endpoint,
  given?: { params?: Readonly<Record<string, string>>; over?: unknown; version?: unknown },
) => Promise<Readonly<Record<string, unknown>>>;

interface Scene {
  readonly story: WholeApp;
  readonly plant: Plant;
  readonly made: { route: string; path: string }[];
}

/** `subject` is somebody the connection `memory` knows by name. */
export async function plantCanaries({ story: { admin }, plant }: Scene, subject: string): Promise<void> {
  const plain = { connection: "memory", subject, shownTo: ["https://planted.example"], control: null };
  const issuer = "https://planted.example";
  const openid = { kind: "openid", issuer, clientId: plantOf(300), grant: "password", scope: plantOf(500) };
  const kept = await plant(admin, addCanary, { over: { ...plain, key: "planted", way: openid } });
  await plant(admin, changeCanarySecret, { params: { id: String(kept["id"]) } });
  const certificate = { kind: "certificate", certificatePem: plantOf(1000) };
  await plant(admin, addCanary, { over: { ...plain, key: "planted-good", way: certificate } });
  const gone = await plant(admin, addCanary, { over: { ...plain, key: "planted-too", way: certificate, control: "planted-good" } });
  await plant(admin, removeCanary, { params: { id: String(gone["id"]) } });
}

const LINE = plantOf(200);
const NO_TARGETS = { detect: null, decide: null, access: null, restore: null };
const MINUTES = { livesMinutes: 5, graceMinutes: 5 };
const PROBES = [
  { kind: "provider", connection: "memory", canary: LINE },
  { kind: "identity", connection: "memory", account: plantOf(300), does: "useMethod", method: plantOf(100), expected: "cannot" },
  { kind: "revocation", credential: LINE, relyingParties: [plantOf(300)] },
  { kind: "exceptionDeath", connection: "memory", policy: plantOf(300), subject: plantOf(300), ...MINUTES },
  { kind: "restore", backup: plantOf(300) },
].map((spec) => ({ key: spec.kind.toLowerCase(), name: LINE, spec }));

/** One drill that runs and one of each way it ends, a plan that is held no more. */
export async function plantDrills(scene: Scene): Promise<void> {
  const { story, plant, made } = scene;
  const { gerda, rolf, audrey } = story.as;
  const keep = (id: string) => made.push({ route: "/drills/$id", path: `/drills/${id}` });
  made.push({ route: "/drills/plan", path: "/drills/plan?component=planted&fails=planted-too" });

  const { id: plan, drill: signed } = await planned(scene, "provider-outage-table-top", { kind: "component", key: "planted" });
  made.push(
    { route: "/drills/plans/$id", path: `/drills/plans/${plan}` },
    { route: "/drills/plans/$id/change", path: `/drills/plans/${plan}/change` },
  );
  const probes = { probes: PROBES, fails: ["planted", "planted-too"], targets: NO_TARGETS };
  await plant(gerda, drills.changeDrillPlan, { params: { id: plan }, over: { ...probes, owner: story.idOf.ada, everyDays: 30 } });
  await onSheet(scene, signed);
  keep(signed);
  for (const probe of ["identity", "restore"]) await plant(rolf, drills.runDrillProbe, { params: { id: signed }, over: { probe } });
  const shown = await story.until(
    async () =>
      succeeded(await audrey.ask("GET", `/api/v1/drills/${signed}`)).body as { contentHash: string; probes: { isRunning: boolean }[] },
    (drill) => drill.probes.every(({ isRunning }) => !isRunning),
    "probes are done",
  );
  const assertion = await audrey.sign(drills.FINISH_ACTION, signed, shown.contentHash);
  await plant(audrey, drills.finishDrill, { params: { id: signed }, over: { assertion } });

  const { drill: running } = await planned(scene, "provider-outage-table-top", { kind: "operation", key: "planted" });
  await onSheet(scene, running);
  keep(running);
  const other = await planned(scene, "device-loss", { kind: "operation", key: "planted" });
  await plant(gerda, drills.skipDrill, { params: { id: other.drill } });
  keep(other.drill);
  const next = await openDrill(gerda, other.id);
  await onSheet(scene, next);
  await plant(gerda, drills.abortDrill, { params: { id: next } });
  keep(next);
  await plant(gerda, drills.retireDrillPlan, { params: { id: other.id } });
  made.push({ route: "/drills/plans/$id", path: `/drills/plans/${other.id}` });
}

async function planned({ story, plant }: Scene, exercise: string, subject: { kind: string; key: string }) {
  const firstDueAt = addDuration(story.clock.now(), duration("P20D"));
  const plain = { owner: story.idOf.ada, everyDays: 30, targets: NO_TARGETS, fails: ["planted"], probes: PROBES };
  const { id } = await plant(story.as.gerda, drills.planDrill, { over: { ...plain, exercise, subject, firstDueAt } });
  return { id: String(id), drill: await openDrill(story.as.gerda, String(id)) };
}

async function openDrill(gerda: Browser, plan: string): Promise<string> {
  const { body } = succeeded(await gerda.ask("GET", `/api/v1/drill-plans/${plan}`));
  return (body["open"] as { id: string }).id;
}

/** Begun, with every line of its sheet that people write. */
async function onSheet({ story, plant }: Scene, id: string): Promise<void> {
  const { gerda, rolf, audrey } = story.as;
  const at = { params: { id } };
  const people = { participants: [story.idOf.rolf], observers: [story.idOf.audrey] };
  await plant(gerda, drills.startDrill, { ...at, over: people });
  await plant(rolf, drills.tickDrillStep, { ...at, over: { step: 0 } });
  await plant(rolf, drills.addDrillNote, at);
  await plant(rolf, drills.addDrillEvidence, { ...at, over: { content: Buffer.from(plantOf(1000)).toString("base64") } });
  await plant(gerda, drills.joinDrill, { ...at, over: { person: story.idOf.ada, as: "participant" } });
  await plant(audrey, drills.judgeDrillCriterion, { ...at, over: { criterion: 0, met: true } });
}

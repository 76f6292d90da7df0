/** The model of the lock-out analysis, and what is found in it, with every free text planted. */
import { putCommonCause, putComponent, putOperation } from "../../../src/estate/contract-model.ts";
import { applyProposal, proposeModel } from "../../../src/estate/contract-proposals.ts";
import { assignFinding, noteFinding } from "../../../src/findings/contract.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import { addDuration, duration } from "../../../src/kernel/time.ts";
import { importFaultTree } from "../../../src/lockout/contract-exchange.ts";
import { previewModel } from "../../../src/lockout/contract.ts";
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
  /** Of somebody whose own name is planted, under `everett`. */
  readonly ids: Record<string, string>;
}

/** As much of a plant as an address may hold: no spaces, nothing beyond ASCII. */
const ADDRESS = `https://planted.example/<svg/onload=alert(4)>{{7*7}}\${7*7}${"W".repeat(200)}`;
const MEASURED = { p: 0.01, source: "expert", asOf: "2026-03-01" };

/** Two components with a cause in common, an operation that hangs on both, and one from a file of another tool. */
export async function plantModel({ story, plant, made, ids }: Scene): Promise<void> {
  const { admin } = story;
  const owner = ids["everett"];
  const first = { params: { key: "planted" }, version: 0 };
  const component = { owner, unavailability: MEASURED, requires: null, status: "active" };
  const address = { endpoints: [{ kind: "http", address: ADDRESS }] };
  await plant(admin, putComponent, { ...first, over: { ...component, ...address, connection: null } });
  const needy = { ...component, endpoints: [], requires: "planted", connection: null };
  await plant(admin, putComponent, { params: { key: "planted-too" }, version: 0, over: needy });
  const cause = { members: ["planted", "planted-too"], unavailability: MEASURED, status: "active" };
  await plant(admin, putCommonCause, { ...first, over: cause });
  await plantOperation({ story, plant, made, ids });
  await plant(admin, proposeModel, { over: { certificates: false } });
  await plant(admin, applyProposal, { over: { key: "connection:memory", dryRun: false } });
  await plant(admin, importFaultTree, { over: { xml: faultTree(), operation: "planted-tree", top: plantOf(200), dryRun: false } });
  for (const key of ["planted", "planted-tree"])
    made.push(
      { route: "/operations/$key", path: `/operations/${key}` },
      { route: "/operations/$key/change", path: `/operations/${key}/change` },
    );
  for (const key of ["planted", "planted-too"])
    made.push(
      { route: "/components/$key", path: `/components/${key}` },
      { route: "/components/$key/change", path: `/components/${key}/change` },
    );
  made.push(
    { route: "/common-causes/$key", path: "/common-causes/planted" },
    { route: "/common-causes/$key/change", path: "/common-causes/planted/change" },
    { route: "/operations/$key", path: "/operations/planted?failed=planted" },
    { route: "/what-if", path: "/what-if?failed=planted" },
  );
}

async function plantOperation({ story, plant, ids }: Scene): Promise<void> {
  const { admin, idOf } = story;
  const owner = ids["everett"];
  const way = { name: plantOf(200), population: "human", minutes: null };
  const paths = [
    { ...way, key: "first", role: "primary", needs: "planted" },
    { ...way, key: "second", role: "fallback", needs: { any: ["planted-too", { all: ["planted", "planted-too"] }] } },
  ];
  const people = { businessOwner: owner, modelApprover: idOf.gerda, maintainer: owner, onCall: owner };
  const over = { ...people, application: "planted", tolerates: 1, withinMinutes: 60, paths, status: "active" };
  await plant(admin, putOperation, { params: { key: "planted" }, version: 0, over });
  const components = [{ key: "planted-too", requires: null }];
  await plant(admin, previewModel, { over: { components, operations: [{ key: "planted", paths: [paths[0]] }] } });
}

const attribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Every name in it is planted, and so is what is said beside. */
function faultTree(): string {
  const event = attribute(plantOf(120));
  return [
    `<?xml version="1.0"?><!-- ${plantOf(1000)} -->`,
    `<opsa-mef><define-fault-tree name="${attribute(plantOf(100))}">`,
    `<define-gate name="${attribute(plantOf(200))}"><and><event name="${event}"/><event name="${event} too"/></and></define-gate>`,
    `</define-fault-tree><model-data><define-basic-event name="${event}"/><define-basic-event name="${event} too"/></model-data></opsa-mef>`,
  ].join("\n");
}

/** What is found by now; gives the id of one that somebody was named for and spoke of. */
export async function plantFindings({ story, plant, made }: Scene): Promise<string> {
  const { gerda } = story.as;
  // What was looked at a moment ago is not looked at again.
  story.clock.set(addDuration(story.clock.now(), duration("PT5M")));
  await story.app.tick.tickOnce(story.clock.now());
  const { items } = succeeded(await gerda.ask("GET", "/api/v1/findings?state=open&limit=200")).body as {
    items: { id: string; kind: string }[];
  };
  const ids = [...new Map(items.map(({ id, kind }) => [kind, id])).values()];
  const [first] = ids;
  if (first === undefined) throw new Error("nothing was found");
  await plant(gerda, assignFinding, { params: { id: first }, over: { owner: story.idOf.ada } });
  await plant(gerda, noteFinding, { params: { id: first } });
  for (const id of ids) made.push({ route: "/findings/$id", path: `/findings/${id}` });
  return first;
}

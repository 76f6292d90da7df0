/** Who answers and who is on point, with every free text planted. */
import { addJourney, changeJourney } from "../../../src/accountability/contract.ts";
import { addRota, changeRota } from "../../../src/accountability/contract-rotas.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import type { Browser } from "../../support/browser.ts";
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

/** Over the application and the class of devices that are called `planted`. */
export async function plantAccountability({ story, plant, made }: Scene): Promise<void> {
  const { ivo } = story.as;
  const { ada, gerda } = story.idOf;
  const turns = { kind: "rotation", people: [ada], startsOn: "2026-01-01", handoverAt: "09:00", everyDays: 7 };
  const kept = { owner: null, source: turns, status: "active" };
  const rota = await plant(ivo, addRota, { over: { ...kept, key: "planted" } });
  const rotaId = String(rota["id"]);
  await plant(ivo, changeRota, { params: { id: rotaId }, version: rota["version"], over: kept });
  const seat = { kind: "person", id: ada };
  const seats = { businessOwner: seat, approver: gerda, maintainer: seat, rota: rotaId, platformOwner: seat, operationOwner: seat };
  const about = { kind: "application", key: "planted" };
  const journey = await plant(ivo, addJourney, { over: { ...seats, about, deviceClass: "planted" } });
  const id = String(journey["id"]);
  await plant(ivo, changeJourney, { params: { id }, version: journey["version"], over: { ...seats, status: "active" } });
  made.push({ route: "/rotas/$id", path: `/rotas/${rotaId}` }, { route: "/accountability/$id", path: `/accountability/${id}` });
}

/**
 * Who at Brightwater answers for which way in. Pavel describes them, Anton approves; the control room's way was reworded since, nobody
 * restores the service behind the field orders, and the crews' rota names nobody for the weeks to come.
 */
import { found, type Stage } from "./stage.ts";

interface Way {
  readonly key: string;
  readonly population: string;
  readonly about: { readonly kind: "application" | "operation"; readonly key: string };
  readonly deviceClass?: string;
  readonly statement: string;
  readonly owner: string;
  /** A person by name, or a team by key. */
  readonly maintainer: string;
  readonly platform: string | null;
  readonly rota: string | null;
}

const PASSKEY = "A passkey on the staff card, tied to the person. Who forgets the card gets a second one at the desk, seen in person.";

const WAYS: readonly Way[] = [
  {
    key: "wages",
    population: "human",
    about: { kind: "operation", key: "pay-wages" },
    statement: PASSKEY,
    owner: "judith.stern",
    maintainer: "identity",
    platform: "rafael.costa",
    rota: "it",
  },
  {
    key: "control-room",
    population: "human",
    about: { kind: "application", key: "control-room" },
    statement: PASSKEY,
    owner: "anna.virtanen",
    maintainer: "control-room",
    platform: "rafael.costa",
    rota: "it",
  },
  {
    key: "field",
    population: "human",
    about: { kind: "application", key: "field-orders" },
    deviceClass: "hand-terminal",
    statement: "A passkey kept in the terminal, opened with a finger. A lost terminal is locked by the depot.",
    owner: "robert.hale",
    maintainer: "sunita.rao",
    platform: null,
    rota: "crews",
  },
];

/** Once, by who describes them; each is approved by who answers for the architecture. */
export async function describeWaysIn(stage: Stage, by: string): Promise<void> {
  const author = await stage.as(by);
  const add = async (key: string, name: string, people: readonly string[], owner: string) => {
    const source = {
      kind: "rotation",
      people: people.map((one) => stage.idOf(one)),
      startsOn: stage.date(0),
      handoverAt: "08:00",
      everyDays: 7,
    };
    const body = { key, name, owner: { kind: "person", id: stage.idOf(owner) }, source };
    return (await author.ask<{ id: string }>("POST", "/api/v1/rotas", body)).id;
  };
  const rotas: Readonly<Record<string, string>> = {
    it: await add("it", "IT on call", ["pavel.dvorak", "mei.tanaka", "rafael.costa"], "imani.okafor"),
    crews: await add("crews", "Crews' terminals", ["sunita.rao", "greta.olsen"], "sunita.rao"),
  };
  const teams = (await author.ask<{ items: { id: string; key: string }[] }>("GET", "/api/v1/teams?limit=50")).items;
  const seat = (name: string) => {
    const team = teams.find(({ key }) => key === name);
    return team === undefined ? { kind: "person", id: stage.idOf(name) } : { kind: "team", id: team.id };
  };
  for (const way of WAYS) {
    const { id } = await author.ask<{ id: string }>("POST", "/api/v1/journeys", {
      population: way.population,
      about: way.about,
      deviceClass: way.deviceClass ?? null,
      statement: way.statement,
      businessOwner: seat(way.owner),
      approver: stage.idOf("anton.weiss"),
      maintainer: seat(way.maintainer),
      rota: way.rota === null ? null : rotas[way.rota],
      platformOwner: way.platform === null ? null : seat(way.platform),
      operationOwner: seat(way.owner),
    });
    stage.above.set(`way ${way.key}`, id);
    await approve(stage, id, "anton.weiss");
  }
}

async function approve(stage: Stage, id: string, by: string): Promise<void> {
  const approver = await stage.as(by);
  const { contentHash } = await approver.ask<{ contentHash: string }>("GET", `/api/v1/journeys/${id}`);
  const assertion = await approver.sign("accountability.approveModel", id, contentHash);
  await approver.ask("POST", `/api/v1/journeys/${id}/approve`, { contentHash, assertion });
}

/** Other words for one of them: what was approved is not what stands there any more. */
export async function rewordWayIn(stage: Stage, key: string, statement: string, by: string): Promise<void> {
  const author = await stage.as(by);
  const path = `/api/v1/journeys/${found(stage.above, `way ${key}`)}`;
  const way = await author.ask<Shown>("GET", path);
  const { version, approver, rota, status } = way;
  const seat = (name: "businessOwner" | "maintainer" | "platformOwner" | "operationOwner") => {
    const sitting = way[name];
    return sitting === null ? null : { kind: sitting.kind, id: sitting.id };
  };
  const seats = {
    businessOwner: seat("businessOwner"),
    maintainer: seat("maintainer"),
    platformOwner: seat("platformOwner"),
    operationOwner: seat("operationOwner"),
  };
  const body = { ...seats, statement, approver: approver?.id ?? null, rota: rota?.id ?? null, status };
  await author.ask("PUT", path, body, { "If-Match": `"${version}"` });
}

interface Sitting {
  readonly kind: string;
  readonly id: string;
}

interface Shown {
  readonly version: number;
  readonly status: string;
  readonly businessOwner: Sitting | null;
  readonly approver: Sitting | null;
  readonly maintainer: Sitting | null;
  readonly platformOwner: Sitting | null;
  readonly operationOwner: Sitting | null;
  readonly rota: { readonly id: string } | null;
}

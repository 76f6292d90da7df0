/**
 * Who at Brightwater answers for which way in, as a file says it. Pavel applies it, Anton approves; the control room's way was reworded
 * since, nobody restores the service behind the field orders, and the crews' rota names nobody for the weeks to come.
 */
import type { Stage } from "./stage.ts";

interface Way {
  readonly about: { readonly kind: "application" | "operation"; readonly key: string };
  readonly statement: string;
  /** The rest of it, in the words of the file. */
  readonly rest: string;
}

const PASSKEY = "A passkey on the staff card, tied to the person. Who forgets the card gets a second one at the desk, seen in person.";

const WAYS: Readonly<Record<string, Way>> = {
  wages: {
    about: { kind: "operation", key: "pay-wages" },
    statement: PASSKEY,
    rest: "businessOwner: judith-stern, maintainer: { team: identity }, platformOwner: rafael-costa, operationOwner: judith-stern, rota: it",
  },
  "control-room": {
    about: { kind: "application", key: "control-room" },
    statement: PASSKEY,
    rest: "businessOwner: anna-virtanen, maintainer: { team: control-room }, platformOwner: rafael-costa, operationOwner: anna-virtanen, rota: it",
  },
  field: {
    about: { kind: "application", key: "field-orders" },
    statement: "A passkey kept in the terminal, opened with a finger. A lost terminal is locked by the depot.",
    rest: "deviceClass: hand-terminal, businessOwner: robert-hale, maintainer: sunita-rao, operationOwner: robert-hale, rota: crews",
  },
};

const APPROVER = "anton.weiss";

/** Once, by who describes them; each is approved by who answers for the architecture. */
export async function describeWaysIn(stage: Stage, by: string): Promise<void> {
  const turns = `startsOn: ${stage.date(0)}, handoverAt: "08:00", everyDays: 7`;
  const rotas = [
    `  - { key: it, name: IT on call, owner: imani-okafor, rotation: { people: [pavel-dvorak, mei-tanaka, rafael-costa], ${turns} } }`,
    `  - { key: crews, name: Crews' terminals, owner: sunita-rao, rotation: { people: [sunita-rao, greta-olsen], ${turns} } }`,
  ];
  await apply(stage, ["rotas:", ...rotas, "journeys:", ...Object.values(WAYS).map(itemOf)], by);
  const author = await stage.as(by);
  for (const [key, { about }] of Object.entries(WAYS)) {
    const query = `about=${about.kind}&key=${about.key}`;
    const { items } = await author.ask<{ items: { id: string }[] }>("GET", `/api/v1/journeys?${query}`);
    const { id } = items[0]!;
    stage.above.set(`way ${key}`, id);
    await approve(stage, id, APPROVER);
  }
}

/** Other words for one of them: what was approved is not what stands there any more. */
export async function rewordWayIn(stage: Stage, key: string, statement: string, by: string): Promise<void> {
  await apply(stage, ["journeys:", itemOf({ ...WAYS[key]!, statement })], by);
}

function itemOf({ about, statement, rest }: Way): string {
  const approver = APPROVER.replace(".", "-");
  return `  - { population: human, about: { ${about.kind}: ${about.key} }, statement: ${JSON.stringify(statement)}, approver: ${approver}, ${rest} }`;
}

async function apply(stage: Stage, lines: readonly string[], by: string): Promise<void> {
  const author = await stage.as(by);
  await author.ask("POST", "/api/v1/estate/apply", { yaml: lines.join("\n"), dryRun: false });
}

async function approve(stage: Stage, id: string, by: string): Promise<void> {
  const approver = await stage.as(by);
  const { contentHash } = await approver.ask<{ contentHash: string }>("GET", `/api/v1/journeys/${id}`);
  const assertion = await approver.sign("accountability.approveModel", id, contentHash);
  await approver.ask("POST", `/api/v1/journeys/${id}/approve`, { contentHash, assertion });
}

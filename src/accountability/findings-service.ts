/** What is missing around journeys, rotas, teams and operations, as a source of findings. */
import type { Component } from "../estate/component.ts";
import type { Operation } from "../estate/operation.ts";
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import { duration, type Instant } from "../kernel/time.ts";
import { type Crew, present, type Seated } from "./approval.ts";
import {
  type Answered,
  findingOfAnswered,
  findingOfRota,
  findingOfTeam,
  findingsOfComponent,
  findingsOfCoverage,
  findingsOfJourney,
  findingsOfOperation,
  findingsOfUndescribed,
  ownerOf,
} from "./as-findings.ts";
import { coverageOf } from "./coverage.ts";
import { lookAhead, shiftsGap } from "./gaps.ts";
import type { Journey } from "./journey.ts";
import { type JourneyRow, loadSeated, type MapDependencies, type RotaRow } from "./load-map.ts";
import { shiftsBetween } from "./shifts.ts";
import { journeyName } from "./words.ts";

export interface AccountabilityFindingsDependencies {
  readonly rows: (now: Instant) => AsyncIterable<JourneyRow>;
  readonly teams: () => Promise<readonly Crew[]>;
  readonly model: () => Promise<{ readonly operations: readonly Operation[]; readonly components: readonly Component[] }>;
  /** Applications, classes of devices and vendors in use. */
  readonly answered: () => Promise<readonly Answered[]>;
  readonly world: MapDependencies["world"];
}

/** Large models take a while to read, and what is missing in them is planned for, not run after. */
const MODEL_EVERY = duration("PT5M");

export function createAccountabilityFindings(deps: AccountabilityFindingsDependencies): readonly FindingSource[] {
  return [
    {
      name: "accountability",
      kinds: ["accountabilityGap", "departedPerson", "teamWithoutPerson", "modelNotApproved", "onCallGap"],
      current: (now) => ofJourneys(deps, now),
    },
    {
      name: "ways-back",
      kinds: ["pathMissing", "pathWeaker", "accountabilityGap", "departedPerson"],
      every: MODEL_EVERY,
      current: (now) => ofModel(deps, now),
    },
  ];
}

async function ofJourneys(
  { rows, teams, answered, world }: AccountabilityFindingsDependencies,
  now: Instant,
): Promise<readonly FindingSeen[]> {
  const found: FindingSeen[] = [];
  const rotas = new Map<string, JourneyRow>();
  for await (const row of rows(now)) {
    found.push(...findingsOfJourney(row.journey, row.gaps, { name: journeyName(row), owner: row.closer }));
    if (row.rota !== undefined && !rotas.has(row.rota.rota.id)) rotas.set(row.rota.rota.id, row);
  }
  for (const { rota, closer } of rotas.values()) found.push(...ofRota(rota!, closer, now));
  const crews = await teams();
  const items = await answered();
  const named = [...crews.flatMap(({ lead, members }) => [lead, ...members]), ...items.map(({ holder }) => holder)];
  const seated = await loadSeated(world, [], named);
  const ofCrews = crews.flatMap((crew) => findingOfTeam(crew, seated) ?? []);
  return [...found, ...ofCrews, ...items.flatMap((item) => findingOfAnswered(item, seated) ?? [])];
}

/** Its owner fills it; where it has none, who answers for the first journey that rests on it. */
function ofRota({ rota, facts, seated }: RotaRow, closer: JourneyRow["closer"], now: Instant): readonly FindingSeen[] {
  const gap = shiftsGap(shiftsBetween(rota, now, lookAhead(now), now, facts), seated);
  return gap === undefined ? [] : [findingOfRota(rota, gap, present(rota.owner, seated)[0] ?? closer)];
}

async function ofModel({ model, rows, world }: AccountabilityFindingsDependencies, now: Instant): Promise<readonly FindingSeen[]> {
  const described = new Set<string>();
  for await (const { journey } of rows(now)) described.add(describing(journey.population, journey.about));
  const { operations, components } = await model();
  const kinds = new Map(components.map(({ key, kind }) => [key, kind]));
  const named = operations.flatMap(({ businessOwner, maintainer, modelApprover, onCall }) => [
    businessOwner,
    maintainer,
    modelApprover,
    onCall,
  ]);
  const seated: Seated = await loadSeated(world, [], [...named, ...components.map(({ owner }) => owner)]);
  return [
    ...operations.flatMap((operation) => [
      ...findingsOfCoverage(
        operation,
        coverageOf(operation, (key) => kinds.get(key)),
        ownerOf(operation, seated),
      ),
      ...findingsOfUndescribed(operation, (population, about) => described.has(describing(population, about)), ownerOf(operation, seated)),
      ...findingsOfOperation(operation, seated),
    ]),
    ...components.flatMap((component) => findingsOfComponent(component, seated)),
  ];
}

function describing(population: Journey["population"], { kind, key }: Journey["about"]): string {
  return `${population} ${kind} ${key}`;
}

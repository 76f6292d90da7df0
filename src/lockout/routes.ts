import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import type { EstateAnswers } from "./estate-answers.ts";
import { createFallbackFates } from "./fallback.ts";
import { namesIn } from "./names.ts";
import type { StruckHere } from "./outages.ts";
import type { LockOutService } from "./service.ts";
import { answerView, asComponents, failuresIn, type People, peopleOf, rowView, said, shownSets } from "./view.ts";
import { blastWords, differenceWords, fallbackWords, outageWords, whatIfWords } from "./words.ts";

export interface LockOutRoutesDependencies {
  readonly service: LockOutService;
  /** Of sets of failures, those that no drill tried of late. */
  readonly undrilled: (sets: readonly (readonly string[])[], now: Instant) => Promise<readonly (readonly string[])[]>;
  /** Those who answer for something, by id. */
  readonly people: (ids: readonly string[]) => Promise<People>;
  /** Key of a connection by its id. */
  readonly connectionKey: (id: string) => Promise<string | undefined>;
}

const MOST_WORST = 20;
const MOST_HIT = 200;

export function lockOutRoutes(deps: LockOutRoutesDependencies): readonly Route[] {
  return [...answerRoutes(deps), ...whatIfRoutes(deps), previewRoute(deps), fallbackRoute(deps)];
}

function answerRoutes({ service, people, undrilled }: LockOutRoutesDependencies): readonly Route[] {
  return [
    route(contract.readLockOut, async () => {
      const { model, estate } = await service.answered();
      const names = namesIn(model);
      const worst = [...estate.blast].slice(0, MOST_WORST);
      const failures = failuresIn(model, await people(peopleOf({ ...model, operations: [] })));
      return {
        version: model.version,
        operations: estate.operations.length,
        components: model.components.length,
        tolerance: estate.tolerance,
        completeTo: estate.completeTo,
        worst: worst.map(([failure, keys]) => ({
          ...failures.get(failure)!,
          operations: keys.length,
          words: said(blastWords(failure, keys, names)),
        })),
      };
    }),
    route(contract.listOperationAnswers, async ({ query }) => {
      const { model, estate } = await service.answered();
      const { items, next } = pageOf(matching(estate, query), query);
      const named = await people(peopleOf({ components: [], operations: items.map(({ operation }) => operation) }));
      const names = namesIn(model);
      return { items: items.map((each) => rowView(each, names, named)), ...next };
    }),
    route(contract.readOperationAnswer, async ({ params }, { now }) => {
      const told = await service.operation(params.key);
      const shown = shownSets(told.deep).filter((set) => set.length > 0);
      const tries = shown.map((set) => ({ set, fails: asComponents(told.model, set) }));
      const untried = new Set(
        await undrilled(
          tries.map(({ fails }) => fails),
          now,
        ),
      );
      return answerView(
        { ...told, undrilled: tries.filter(({ fails }) => untried.has(fails)) },
        await people(peopleOf({ components: told.model.components, operations: [told.operation] })),
      );
    }),
    route(contract.listFailures, async ({ query }) => {
      const { model, estate } = await service.answered();
      const all = [...failuresIn(model, await people(peopleOf({ ...model, operations: [] }))).values()];
      const found = all.filter(({ name, failure }) => has(query.search, `${name} ${failure}`));
      const { items, next } = pageOf(
        found.toSorted((a, b) => a.name.localeCompare(b.name, "en")),
        query,
      );
      return { items: items.map((each) => ({ ...each, operations: estate.blast.get(each.failure)?.length ?? 0 })), ...next };
    }),
  ];
}

function whatIfRoutes({ service, people }: LockOutRoutesDependencies): readonly Route[] {
  return [
    route(contract.listOutages, async () => ({ items: (await service.outages()).map(outageView) })),
    route(contract.askWhatIf, async ({ query: { failed = "", outage, operation } }) => {
      const texts = failed.split(",").filter((each) => each !== "");
      const told = await service.whatIf({ failed: texts, outage, operation });
      const failures = failuresIn(told.model, await people(peopleOf({ ...told.model, operations: [] })));
      const keys = told.lockedOut.map(({ operation: { key } }) => key);
      const { struck } = told;
      const words = struck === undefined ? whatIfWords(told.failures, keys, namesIn(told.model)) : outageWords(struck.outage, keys.length);
      return {
        failures: told.failures.map((failure) => failures.get(failure)!),
        outage: struck === undefined ? null : outageView(struck),
        words: said(words),
        lockedOut: hitView(told.lockedOut),
        weakened: hitView(told.weakened),
        down: told.down,
      };
    }),
  ];
}

function previewRoute({ service }: LockOutRoutesDependencies): Route {
  return route(contract.previewModel, async ({ body }) => {
    const { model, difference } = await service.preview(body);
    const names = namesIn(model);
    const { estate } = await service.answered();
    const items = difference.touched.slice(0, MOST_HIT).map(({ operation: key, gained, lost, smallestBefore, smallestAfter }) => {
      return { key, name: names.operation(key), gained: sizes(gained), lost: sizes(lost), smallestBefore, smallestAfter };
    });
    return {
      words: said(differenceWords(difference)),
      gained: sizes(difference.gained),
      lost: sizes(difference.lost),
      touched: { total: difference.touched.length, items },
      completeTo: estate.completeTo,
    };
  });
}

function sizes([, singles, pairs, triples]: readonly [number, number, number, number]) {
  return { singles, pairs, triples };
}

function fallbackRoute({ service, connectionKey }: LockOutRoutesDependencies): Route {
  return route(contract.askFallback, async ({ query }, call) => {
    const dependencies = query.dependencies.split("\n").filter((text) => text.trim() !== "");
    // Whoever calls the help desk would profit most from knowing what fails with what.
    if (callerOf(call).roles.includes("help_desk")) return withheld(dependencies);
    const { model } = await service.answered();
    const names = namesIn(model);
    const fate = createFallbackFates(model)({ connection: (await connectionKey(query.connection)) ?? "", dependencies });
    return {
      parts: fate.parts.map(({ text, component }) => ({ text, component, name: component === null ? null : names.failure(component) })),
      grade: fate.grade,
      isKnown: fate.front.length > 0 && fate.parts.some(({ component }) => component !== null),
      words: said(fallbackWords(fate, names)),
    };
  });
}

function withheld(dependencies: readonly string[]) {
  const parts = dependencies.map((text) => ({ text, component: null, name: null }));
  return { parts, grade: null, isKnown: false, words: ["What the model says of it is not for the help desk."] };
}

function outageView({ outage: { id, on, provider, what, minutes, isAtLeast, link }, failures, isAssumed, lockedOut }: StruckHere) {
  return { id, on, provider, what, minutes, isAtLeast, link, failures: [...failures], isAssumed, lockedOut };
}

function hitView(hit: Awaited<ReturnType<LockOutService["whatIf"]>>["lockedOut"]) {
  const items = hit.slice(0, MOST_HIT).map(({ operation: { key, name, criticality }, left, lost }) => {
    const names = { left: left.map((path) => path.name), lost: lost.map((path) => path.name) };
    return { key, name, criticality, ...names };
  });
  return { total: hit.length, items };
}

type Filter = { readonly search?: string | undefined; readonly tolerance?: string | undefined; readonly failure?: string | undefined };

function matching({ operations, blast }: EstateAnswers, { search, tolerance, failure }: Filter) {
  const hit = failure === undefined ? undefined : new Set(blast.get(failure) ?? []);
  return operations.filter(
    (each) =>
      (tolerance === undefined || each.tolerance === tolerance) &&
      (hit?.has(each.operation.key) ?? true) &&
      has(search, `${each.operation.name} ${each.operation.key}`),
  );
}

function has(search: string | undefined, text: string): boolean {
  const words = (search ?? "").toLowerCase().split(/\s+/);
  const within = text.toLowerCase();
  return words.every((word) => within.includes(word));
}

/** A page out of what is all there already: the cursor is how many were shown. */
function pageOf<Item>(all: readonly Item[], { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }) {
  const from = cursor === undefined ? 0 : Number(readCursor(cursor, 1)[0]) || 0;
  const items = all.slice(from, from + limit);
  return { items, next: from + limit < all.length ? { next: writeCursor([String(from + limit)]) } : {} };
}

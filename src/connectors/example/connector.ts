/**
 * The built-in example: a directory of invented people in one file, so that everything can be tried before anything is connected. It
 * is labelled as an example wherever it shows, and gone when its connection and its file are removed.
 */
import type { Instant } from "../../kernel/time.ts";
import type { Bypass, Connector, GrantOrder, GrantOutcome, Page, Permission, ProviderChange, RevokeOutcome } from "../port.ts";
import { createExampleFile } from "./directory.ts";
import {
  bypassOf,
  changed,
  changeOf,
  directoryPerson,
  type ExampleState,
  findByName,
  isOf,
  openAt,
  openingKey,
  type Opening,
  openingOf,
  OURSELVES,
  peopleIn,
  POLICIES,
  readBack,
  refusalOf,
  subjectOf,
} from "./map.ts";

const PERMISSIONS: readonly Permission[] = [
  {
    name: "Read and replace the example's file",
    why: "The whole example directory is one file in Postern's data folder.",
    without: "The example cannot be used. Nothing else is affected.",
    held: true,
  },
];

const CHANGES_PER_PAGE = 100;

/** `path` is the example's file; made at the first change. `now` is the clock the example's own expiry goes by. */
export function createExampleDirectory(path: string, { now }: { readonly now: () => Instant }): Connector {
  const file = createExampleFile(path);

  async function* discover(): AsyncGenerator<Bypass> {
    const state = await file.read();
    for (const opening of openAt(state, now())) yield bypassOf(state, opening);
  }

  async function* people() {
    for (const person of (await file.read()).people) yield directoryPerson(person);
  }

  /** Takes out what is open and matches; says already absent only of a state that was read. */
  async function takeOut(matches: (opening: Opening) => boolean): Promise<RevokeOutcome> {
    const at = now();
    let wasThere = false;
    await file.edit((state) => {
      wasThere = openAt(state, at).some(matches);
      const remove = state.openings.filter(matches);
      return remove.length === 0 ? state : changed(state, { remove }, at, OURSELVES);
    });
    return { outcome: wasThere ? "removed" : "already_absent" };
  }

  return {
    kind: "example",
    policies: POLICIES,
    discover,
    people,

    capabilities: async () => ({
      nativeExpiry: true,
      simulate: false,
      endSessions: true,
      signIns: false,
      changes: true,
      maxPropagationSeconds: 0,
      residualSessionSeconds: 0,
      permissions: PERMISSIONS,
    }),

    async health() {
      try {
        const { people: all } = await file.read();
        return { reachable: true, words: `Example directory with ${all.length} invented people`, permissions: PERMISSIONS };
      } catch (error) {
        return { reachable: false, words: (error as Error).message, permissions: [] };
      }
    },

    findSubject: async (name) => findByName(await file.read(), name),
    refusesSubject: async (policy, { key }) => refusalOf(await file.read(), policy, key),
    headcount: async ({ key }) => peopleIn(await file.read(), key).size,
    grant: (order) => grant(order),
    revoke: (order) => takeOut((opening) => isOf(opening, order)),
    remove: ({ key }) => takeOut((opening) => openingKey(opening) === key),
    read: async (order) => readBack(await file.read(), order, now()),
    endSessions: async () => ({ ended: true }),
    signIns: async () => ({ items: [], cursor: "", more: false }),
    changes: async (cursor) => changesAfter(await file.read(), cursor),
    close: async () => undefined,
  };

  async function grant(order: GrantOrder): Promise<GrantOutcome> {
    const at = now();
    if (order.validUntil <= at) return { outcome: "not_supported", reason: `The order ended on ${order.validUntil}.` };
    const wanted = openingOf(order, at);
    let reason: string | undefined;
    await file.edit((state) => {
      reason =
        subjectOf(state, order.subject.key) === undefined
          ? `${order.subject.name} is no longer in the directory.`
          : refusalOf(state, order.policy, order.subject.key);
      const remove = state.openings.filter((opening) => isOf(opening, order));
      const isThere = remove.some(({ until }) => until === wanted.until);
      return reason !== undefined || isThere ? state : changed(state, { remove, add: [wanted] }, at, OURSELVES);
    });
    if (reason !== undefined) return { outcome: "not_supported", reason };
    return { outcome: "applied", object: wanted.object, nativeExpiry: order.validUntil };
  }
}

function changesAfter(state: ExampleState, cursor: string | undefined): Page<ProviderChange> {
  const after = Number(cursor ?? 0);
  const left = state.log.filter(({ n }) => n > after);
  const items = left.slice(0, CHANGES_PER_PAGE);
  return {
    items: items.map((change) => changeOf(state, change)),
    cursor: String(items.at(-1)?.n ?? after),
    more: left.length > items.length,
  };
}

import { describe, expect, test } from "vitest";

import { after, CON, EXC, REF, START, story } from "../test/support/exception-story.ts";
import { type Bypass, evolveBypass } from "./bypasses/index.ts";
import { createCovers } from "./compose-inventory.ts";
import type { Bypass as SeenBypass } from "./connectors/port.ts";
import type { ExceptionState, ExceptionStore } from "./exceptions/index.ts";
import type { Id } from "./kernel/id.ts";
import type { Instant } from "./kernel/time.ts";

const { state } = story().active();
const policy = state.dossier.versions[0]!.content.weakenedControl.policy;

/** All that is asked of the store. */
const storeOf = (exception: ExceptionState) =>
  ({ findMany: (ids: readonly string[]) => Promise.resolve(ids.includes(EXC) ? [{ exception, version: 1, repeats: 0 }] : []) }) as Pick<
    ExceptionStore,
    "findMany"
  >;

interface Given extends Partial<SeenBypass> {
  readonly connection?: string;
  readonly exception?: string;
}

/** Of the person the exception is for, claimed with it. */
function claimed({ connection = CON, exception = EXC, ...seen }: Given = {}): Bypass {
  const found = evolveBypass(undefined, {
    type: "bypassFound",
    data: {
      id: "byp_1" as Id<"bypass">,
      connection: connection as Id<"connection">,
      seen: {
        key: "k",
        form: "ungoverned_exemption",
        subject: { kind: "user", key: "guid-1", name: "one" },
        object: "CA01",
        critical: false,
        evidence: {},
        ...seen,
      },
      firstSeenAt: START,
      at: START,
    },
  });
  return exception === "" ? found : evolveBypass(found, { type: "bypassClaimed", data: { exception, by: "per_1" } });
}

const coverOf = async (bypass: Bypass, now: Instant = START, exception: ExceptionState = state) =>
  (await createCovers(storeOf(exception))([bypass], now)).get("byp_1");

describe("what covers a bypass of a connection", () => {
  test("is the exception the register holds it for, to its end and no longer", async () => {
    expect(await coverOf(claimed())).toEqual({ exception: REF, until: after("P60D") });
    expect(await coverOf(claimed({ policy }))).toEqual({ exception: REF, until: after("P60D") });
    expect(await coverOf(claimed({ form: "password_usable" }))).toBeDefined();
    expect(await coverOf(claimed(), after("P60D"))).toBeUndefined();
  });

  test.each<[string, Given]>([
    ["another subject", { subject: { kind: "user", key: "guid-2", name: "two" } }],
    ["everybody", { subject: { kind: "everyone", key: "guid-1", name: "everybody" } }],
    ["another policy", { policy: `${policy}-2` }],
    ["another connection", { connection: "con_2" }],
    ["another exception", { exception: "exc_2" }],
    ["no exception, though one is for the same subject and policy", { exception: "", policy }],
  ])("is not one that was claimed for it and is for %s", async (_, given) => {
    expect(await coverOf(claimed(given))).toBeUndefined();
  });

  test("is not a draft, nor one that waits for its approval", async () => {
    expect(await coverOf(claimed(), START, story().open().state)).toBeUndefined();
    expect(await coverOf(claimed(), START, story().open().submit().state)).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";

import { after, by, P, START, story } from "../../test/support/exception-story.ts";
import type { AccessRequest } from "./access-request.ts";
import { filingReasons, lookBackSince, MOST_WAITING, shortest } from "./decide.ts";

const codes = (ofCaller: number, ofPerson: number) => filingReasons([], { ofCaller, ofPerson }, START).map(({ code }) => code);

test("five wait for a person and five hundred of a caller, and not one more", () => {
  expect(codes(MOST_WAITING.ofCaller - 1, MOST_WAITING.ofPerson - 1)).toEqual([]);
  expect(codes(MOST_WAITING.ofCaller, 0)).toEqual(["requests.tooMany"]);
  expect(codes(5, MOST_WAITING.ofPerson)).toEqual(["requests.tooMany"]);
});

test("an emergency is asked for until what was wanted, and for four hours at most", () => {
  expect(shortest(null, START)).toBe(after("PT4H"));
  expect(shortest(after("P9D"), START)).toBe(after("PT4H"));
  expect(shortest(after("PT1H"), START)).toBe(after("PT1H"));
});

describe("an emergency that nobody foresaw is looked back on", () => {
  const taken = { state: "taken_up", emergency: true, use: null } as AccessRequest;

  test("when what it was granted for is over: at its end, or after four hours, however far its end was set", () => {
    expect(lookBackSince(taken, story().active().state)).toBe(after("PT4H"));
    expect(lookBackSince(taken, story().active({ requestedUntil: after("PT2H") }).state)).toBe(after("PT2H"));
    const revoked = story().active().wait("PT1H");
    revoked.do({ type: "revokeNow", reason: "done" }, by(P.owner));
    expect(lookBackSince(taken, revoked.state)).toBe(after("PT1H"));
  });

  test("and not where nothing was granted, where a use was begun, or where it was none", () => {
    expect(lookBackSince(taken, story().open().submit().state)).toBeUndefined();
    const { state } = story().active();
    for (const other of [{ use: 2 }, { emergency: false }, { state: "waiting" }]) {
      expect(lookBackSince({ ...taken, ...other } as AccessRequest, state)).toBeUndefined();
    }
  });
});

import { expect, test } from "vitest";

import { addDuration, duration, instant } from "../kernel/time.ts";
import { isUsedFor } from "./canary.ts";
import { afterLook, isAwaited } from "./watch.ts";

const until = instant("2026-11-22T10:00:00Z");
const before = instant("2026-11-22T09:00:00Z");
const later = addDuration(until, duration("PT1M"));
const uses = (way: Parameters<typeof isUsedFor>[0], method: string | null = null) =>
  (["bind", "signIn", "useMethod"] as const).filter((does) => isUsedFor(way, { does, method }));
const nothing = { until, aliveAt: null, lingeredUntil: null, goneAt: null };

test("a subject that is let in counts for the exception only where no other lets it in", () => {
  expect(afterLook(nothing, true, false, before)).toMatchObject({ aliveAt: before });
  expect(afterLook(nothing, true, true, before)).toEqual(nothing);
  expect(afterLook(nothing, true, false, until)).toMatchObject({ lingeredUntil: until, goneAt: null });
  expect(afterLook(nothing, true, true, later)).toEqual(nothing);
});

test("nobody is gone before the end, and whoever is kept out after it is", () => {
  expect(afterLook(nothing, false, false, before)).toEqual(nothing);
  expect(afterLook(nothing, false, true, until)).toMatchObject({ goneAt: until });
});

test("it is looked at until it was seen alive, and from its end until it was seen gone", () => {
  expect(isAwaited(nothing, before)).toBe(true);
  expect(isAwaited({ ...nothing, aliveAt: before }, before)).toBe(false);
  expect(isAwaited({ ...nothing, aliveAt: before }, until)).toBe(true);
  expect(isAwaited({ ...nothing, goneAt: later }, later)).toBe(false);
});

test("an account is tried by the ways that fit the question, and by no other", () => {
  const openid = { kind: "openid", issuer: "https://id.example", clientId: "c", grant: "password", scope: null } as const;
  expect(uses({ kind: "password" })).toEqual(["bind", "signIn"]);
  expect(uses({ kind: "password" }, "password")).toEqual(["bind", "signIn", "useMethod"]);
  expect(uses({ kind: "password" }, "certificate")).toEqual([]);
  expect(uses(openid)).toEqual(["signIn"]);
  expect(uses(openid, "password")).toEqual(["signIn", "useMethod"]);
  expect(uses({ kind: "bearer" })).toEqual([]);
});

import { assert, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";

import { instant, instantOfEpochMs } from "../../kernel/time.ts";
import {
  ATTRIBUTE,
  decodeStamps,
  filetimeOfInstant,
  generalizedTimeOfInstant,
  guidText,
  instantOfFiletime,
  instantOfGeneralizedTime,
  instantOfStamp,
  parseExtendedDn,
  passwordSetBehindBit,
  ridOf,
  type Stamp,
  sidText,
} from "./values.ts";

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test("a file time and an instant are each other's inverse, to the millisecond", () => {
  assert(
    property(integer({ min: -11_000_000_000_000, max: 200_000_000_000_000 }), (ms) => {
      const at = instantOfEpochMs(ms);
      expect(instantOfFiletime(filetimeOfInstant(at))).toBe(at);
    }),
  );
});

test("an account that never expires has no end, however never is written", () => {
  expect(["0", "9223372036854775807", undefined, "", "-1", "soon"].map(instantOfFiletime)).toEqual(Array(6).fill(undefined));
});

test("a generalized time is read as UTC, and what is none is not guessed at", () => {
  expect(instantOfGeneralizedTime("20261121063028.0Z")).toBe("2026-11-21T06:30:28.000Z");
  expect(generalizedTimeOfInstant(instant("2026-11-21T06:30:28.999Z"))).toBe("20261121063028.0Z");
  expect(["20261321063028.0Z", "20261121063028", undefined].map(instantOfGeneralizedTime)).toEqual([undefined, undefined, undefined]);
});

test("identifiers are written as the directory's own tools write them", () => {
  expect(guidText(bytesOf("7c1e614739b1b847b2f157b0eec9746e"))).toBe("47611e7c-b139-47b8-b2f1-57b0eec9746e");
  const sid = sidText(bytesOf("0105000000000005150000001a6c169fc70c1c3b15f5b39350040000"));
  expect(sid).toBe("S-1-5-21-2669046810-991694023-2478044437-1104");
  expect(ridOf(sid)).toBe("1104");
});

test("an extended name gives identifier and name, with or without SID and time to live", () => {
  const link = { key: "47611e7c-b139-47b8-b2f1-57b0eec9746e", dn: "CN=a\\;b,DC=x" };
  expect(parseExtendedDn("<GUID=47611E7C-B139-47b8-b2f1-57b0eec9746e>;<SID=S-1-5-21-1-2-3-4>;CN=a\\;b,DC=x")).toEqual(link);
  expect(parseExtendedDn("<GUID=47611e7c-b139-47b8-b2f1-57b0eec9746e>;CN=a\\;b,DC=x")).toEqual(link);
  expect(parseExtendedDn("<TTL=60>,<GUID=47611e7c-b139-47b8-b2f1-57b0eec9746e>;CN=a\\;b,DC=x")).toEqual(link);
  expect(parseExtendedDn("CN=plain,DC=x")).toBeUndefined();
});

describe("replication metadata", () => {
  // One attribute as Samba 4.17 wrote it: userAccountControl, version 4, in the second 13439716258, local and originating number 4009.
  const header = "01000000000000000100000000000000";
  const written =
    "08000900" +
    "04000000" +
    "a2cb112103000000" +
    "5e71c287c6094a40a3f92251254 4c22d".replaceAll(" ", "") +
    "a90f000000000000" +
    "a90f000000000000";

  test("is decoded to when, where and in which order", () => {
    const found = decodeStamps(bytesOf(header + written))?.get(ATTRIBUTE.userAccountControl);
    expect(found).toEqual({
      version: 4,
      seconds: 13_439_716_258n,
      invocation: "87c2715e-09c6-404a-a3f9-22512544c22d",
      originatingUsn: 4009n,
      localUsn: 4009n,
    });
    expect(instantOfStamp(found!)).toBe("2026-11-21T06:30:58.000Z");
  });

  test("is refused when it is cut short or of another version, never half read", () => {
    const whole = bytesOf(header + written);
    for (let length = 0; length < whole.length; length++) expect(decodeStamps(whole.slice(0, length))).toBeUndefined();
    expect(decodeStamps(bytesOf(`02${(header + written).slice(2)}`))).toBeUndefined();
    expect(decodeStamps(undefined)).toBeUndefined();
  });
});

function stamp(seconds: number, usn: number, more: Partial<Stamp> = {}): Stamp {
  return { version: 2, seconds: BigInt(seconds), invocation: "a", originatingUsn: BigInt(usn), localUsn: BigInt(usn), ...more };
}

function stamps(control: Stamp, password: Stamp, lastSet: Stamp): ReadonlyMap<number, Stamp> {
  return new Map([
    [ATTRIBUTE.userAccountControl, control],
    [ATTRIBUTE.unicodePwd, password],
    [ATTRIBUTE.pwdLastSet, lastSet],
  ]);
}

/** Whether a reset is told: where the bit is known to leave pwdLastSet alone, and where it is not. */
function both(found: ReadonlyMap<number, Stamp>): readonly boolean[] {
  return [true, false].map((spares) => passwordSetBehindBit(found, spares) !== undefined);
}

describe("a password set behind the smart-card bit", () => {
  test("is told by the password and its time of setting having been written together, later than the bit", () => {
    expect(both(stamps(stamp(258, 9), stamp(260, 11), stamp(260, 11)))).toEqual([true, true]);
  });

  test("is not told of the random password that setting the bit writes, even when the second changes in between", () => {
    expect(both(stamps(stamp(258, 9), stamp(258, 10), stamp(228, 7)))).toEqual([false, false]);
    expect(both(stamps(stamp(258, 9), stamp(259, 10), stamp(258, 8)))).toEqual([false, false]);
  });

  test("is not told of an account made with the bit, nor of one whose password was set first", () => {
    expect(both(stamps(stamp(228, 6), stamp(228, 6, { version: 1 }), stamp(228, 6, { version: 1 })))).toEqual([false, false]);
    expect(both(stamps(stamp(259, 9), stamp(259, 10), stamp(259, 8)))).toEqual([false, false]);
  });

  test("is told although the account was changed since, where the bit is known to leave the time of setting alone", () => {
    expect(both(stamps(stamp(300, 20), stamp(260, 11), stamp(260, 11)))).toEqual([true, false]);
  });

  test("is told when the reset also demands a change at the next sign-in, which is a write of its own", () => {
    expect(both(stamps(stamp(258, 9), stamp(260, 11), stamp(260, 12)))).toEqual([true, true]);
  });

  test("is told across servers by the time alone, for their numbers do not compare", () => {
    expect(both(stamps(stamp(258, 900), stamp(260, 11, { invocation: "b" }), stamp(260, 11, { invocation: "b" })))).toEqual([true, true]);
    expect(both(stamps(stamp(258, 9), stamp(259, 9000, { invocation: "b" }), stamp(228, 7)))).toEqual([false, false]);
  });

  test("is not told without knowing all three", () => {
    expect(passwordSetBehindBit(new Map([[ATTRIBUTE.unicodePwd, stamp(260, 11)]]), true)).toBeUndefined();
  });
});

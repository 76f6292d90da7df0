import { BlockList, isIP } from "node:net";

import { array, assert, constantFrom, integer, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { hasBitsBeyond, isInNetwork, parseNetwork } from "./network.ts";

const holds = (network: string, address: string): boolean => {
  const read = parseNetwork(network);
  return read !== undefined && isInNetwork(read, address);
};

describe("a network", () => {
  test.each([
    ["10.0.0.0/8", "10.255.1.2", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.1.2.3/8", "10.9.9.9", true],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.7", "192.0.2.8", false],
    ["192.0.2.0/24", "::ffff:192.0.2.9", true],
    ["::ffff:192.0.2.0/120", "192.0.2.9", true],
    ["::ffff:192.0.2.0/120", "192.0.3.9", false],
    ["2001:db8::/32", "2001:DB8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["2001:db8::/33", "2001:db8:8000::", false],
    ["fe80::/10", "fe80::1%eth0", false],
    ["site-1", "site-1", false],
  ])("%s holds %s: %s", (network, address, expected) => {
    expect(holds(network, address)).toBe(expected);
  });

  test.each([
    ["10.0.0.0/8", false],
    ["10.0.0.1/8", true],
    ["10.0.0.1", false],
    ["0.0.0.0/0", false],
    ["128.0.0.0/0", true],
    ["2001:db8::/32", false],
    ["2001:db8::1/32", true],
    ["2001:db8:0:1::/63", true],
    ["2001:db8:0:2::/63", false],
    ["::1/128", false],
    ["::/0", false],
    ["::ffff:192.0.2.128/121", false],
    ["::ffff:192.0.2.129/121", true],
  ])("%s sets bits that its prefix leaves open: %s", (network, expected) => {
    expect(hasBitsBeyond(parseNetwork(network)!)).toBe(expected);
  });

  test.each([
    "",
    "/",
    "10.0.0.0/33",
    "10.0.0/8",
    "010.0.0.1",
    "10.0.0.1/08",
    "1::2::3",
    ":::",
    "::/129",
    "1:2:3:4:5:6:7",
    "10.0.0.0/8/8",
    "::1.2.3",
  ])("that cannot be read in one way only is none: %j", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  test("holds what Node's own list holds", () => {
    const four = array(integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 }).map((parts) => parts.join("."));
    const six = array(constantFrom("0", "1", "ffff", "db8", "c000"), { minLength: 8, maxLength: 8 }).map((parts) => parts.join(":"));
    assert(
      property(oneof(four, six), oneof(four, six), integer({ min: 0, max: 128 }), (network, address, bits) => {
        const length = isIP(network) === 4 ? bits % 33 : bits;
        // Mapped addresses are held to be IPv4 here, whatever wrote them.
        if (isIP(network) !== isIP(address)) return;
        const list = new BlockList();
        const family = isIP(network) === 4 ? "ipv4" : "ipv6";
        list.addSubnet(network, length, family);
        expect(holds(`${network}/${length}`, address)).toBe(list.check(address, family));
      }),
      { numRuns: 2000 },
    );
  });

  test("is never read out of text that is no address", () => {
    assert(
      property(string({ unit: constantFrom(..."01f:.%x".split("")), maxLength: 24 }), (text) => {
        if (parseNetwork(text) !== undefined) expect(isIP(text)).not.toBe(0);
      }),
      { numRuns: 5000 },
    );
  });
});

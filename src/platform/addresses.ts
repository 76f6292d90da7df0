/**
 * Which addresses this process may connect to when somebody signed in, or a directory, named them. Decided on the address that is
 * really connected to, so that a name cannot change in between.
 */
import { lookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/**
 * Where a cloud keeps its machines' credentials, and addresses that are nobody's. Private networks are allowed: that is where one's
 * own chat, directory and providers live.
 */
const NOWHERE = new BlockList();
NOWHERE.addSubnet("169.254.0.0", 16);
NOWHERE.addAddress("100.100.100.200");
NOWHERE.addAddress("192.0.0.192");
// The same by way of a translation to IPv4.
NOWHERE.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
NOWHERE.addSubnet("0.0.0.0", 8);
NOWHERE.addSubnet("224.0.0.0", 3);
NOWHERE.addSubnet("fe80::", 10, "ipv6");
NOWHERE.addSubnet("ff00::", 8, "ipv6");
NOWHERE.addSubnet("fd00:ec2::", 32, "ipv6");
NOWHERE.addAddress("::", "ipv6");
const HERE = new BlockList();
HERE.addSubnet("127.0.0.0", 8);
HERE.addAddress("::1", "ipv6");

export function mayConnect(address: string, allowsLoopback: boolean): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  return !NOWHERE.check(address, family) && (allowsLoopback || !HERE.check(address, family));
}

/** Of a host as it stands in an address: `127.0.0.1`, `[::1]`, `localhost`. */
export function isLoopback(hostname: string): boolean {
  const bare = bareHost(hostname);
  return bare === "localhost" || (isIP(bare) !== 0 && HERE.check(bare, isIP(bare) === 6 ? "ipv6" : "ipv4"));
}

export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** A host written as an address is not looked up, so that it is checked by itself: true where it leads nowhere. */
export function isBarred(hostname: string, allowsLoopback: boolean): boolean {
  const bare = bareHost(hostname);
  return isIP(bare) !== 0 && !mayConnect(bare, allowsLoopback);
}

export function guardedLookup(allowsLoopback: boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return done(error, []);
      const allowed = found.filter(({ address }) => mayConnect(address, allowsLoopback));
      const [first] = allowed;
      if (first === undefined) return done(new Error("the name leads to an address that is not connected to"), []);
      return options.all === true ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}

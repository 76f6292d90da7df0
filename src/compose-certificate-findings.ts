/** Certificates and key sets of components that are about to end, or are wrong, found at their endpoints. */
import type { FindingSeen, FindingSource } from "./findings/index.ts";
import { type Judgement, judgeChain, judgeKeySet } from "./connectors/certificates/evaluate.ts";
import { readKeySet } from "./connectors/certificates/jwks.ts";
import { readChain } from "./connectors/certificates/tls.ts";
import { plainWords, ProviderFault } from "./connectors/port.ts";
import type { Component, Endpoint } from "./estate/component.ts";
import { duration, type Instant } from "./kernel/time.ts";

export interface CertificateGround {
  readonly components: () => Promise<readonly Component[]>;
  readonly trustPem: string | undefined;
}

/** Time enough to renew, with somebody on leave. */
const NEED_DAYS = 30;
/** … and what cannot wait for them. */
const URGENT_DAYS = 7;
const TIMEOUT_MS = 10_000;
const AT_ONCE = 8;

export function createCertificateFindings({ components, trustPem }: CertificateGround): FindingSource {
  return {
    name: "certificates",
    kinds: ["certificateExpiring"],
    every: duration("PT6H"),
    async current(now) {
      const places = (await components())
        .filter(({ status }) => status === "active")
        .flatMap((component) => component.endpoints.filter(({ kind }) => kind !== "http").map((endpoint) => ({ component, endpoint })));
      const found: FindingSeen[] = [];
      const take = async () => {
        for (let place = places.shift(); place !== undefined; place = places.shift()) {
          const seen = findingOf(place.component, place.endpoint, await look(place.endpoint, trustPem, now));
          if (seen !== undefined) found.push(seen);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, take));
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}

/** A text: why it could not be looked at. */
async function look({ kind, address }: Endpoint, trustPem: string | undefined, now: Instant): Promise<Judgement | string> {
  const settings = { trustPem, timeoutMs: TIMEOUT_MS };
  try {
    if (kind === "jwks") return judgeKeySet(await readKeySet(address, settings), NEED_DAYS, now);
    return judgeChain(await readChain({ address, ...settings }), NEED_DAYS, now);
  } catch (error) {
    if (error instanceof ProviderFault) return plainWords(error);
    throw error;
  }
}

/** One of an endpoint at a time: what cannot be looked at any more is not mended, and says so under the same key. */
function findingOf({ key, name, owner }: Component, { kind, address }: Endpoint, seen: Judgement | string): FindingSeen | undefined {
  const about = { kind: "certificateExpiring", key: `${key} ${kind} ${address}`, subject: { kind: "component", id: key }, owner } as const;
  if (typeof seen === "string") {
    const statement = `What ${name} shows at ${address} could not be looked at: ${seen}`;
    return { ...about, statement, dueInDays: null, severity: "medium" };
  }
  if (seen.faults.length === 0) return undefined;
  const statement = `${name}, ${address}: ${seen.faults.map(({ words }) => words).join(" ")}`;
  return { ...about, statement, ...urgency(seen) };
}

function urgency({ faults, daysLeft }: Judgement): Pick<FindingSeen, "severity" | "dueInDays"> {
  const isOnlyTime = faults.every(({ kind }) => kind === "expires_soon");
  if (!isOnlyTime) return { severity: "high", dueInDays: null };
  // Counted from when it was found: it has to be mended while it still mends something.
  return (daysLeft ?? 0) < URGENT_DAYS ? { severity: "high", dueInDays: 3 } : { severity: "medium", dueInDays: 14 };
}

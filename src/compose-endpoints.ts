/** What the endpoints of components really show, in the words the model's proposals take. */
import { judgeChain, judgeKeySet } from "./connectors/certificates/evaluate.ts";
import { readKeySet } from "./connectors/certificates/jwks.ts";
import { readChain } from "./connectors/certificates/tls.ts";
import { ProviderFault } from "./connectors/port.ts";
import type { EstateDependencies } from "./estate/index.ts";

/** So many days have to be left before a proposal warns; drills ask for what their plan says. */
const NEED_DAYS = 30;

export const readEndpoint: NonNullable<EstateDependencies["readEndpoint"]> = async ({ kind, address }, now) => {
  try {
    if (kind === "http") return { unread: `${address} shows no certificate of its own here.` };
    if (kind === "jwks") {
      const { faults, endsAt } = judgeKeySet(await readKeySet(address), NEED_DAYS, now);
      return { endsOn: endsAt?.slice(0, 10) ?? null, issuer: null, faults: faults.map(({ words }) => words) };
    }
    const reading = await readChain({ address });
    const { faults, endsAt } = judgeChain(reading, NEED_DAYS, now);
    return {
      endsOn: endsAt?.slice(0, 10) ?? null,
      issuer: reading.certificates[0]?.issuer ?? null,
      faults: faults.map(({ words }) => words),
    };
  } catch (error) {
    if (error instanceof ProviderFault) return { unread: error.message };
    throw error;
  }
};

/** Proves that what was revoked is refused by every relying party named: each is tried, and has to be shown to take something good. */
import type { OpenCanary } from "./canaries/index.ts";
import { tokenSettingsOf } from "./compose-canaries.ts";
import type { Keep, ProbeGround } from "./compose-probe-ground.ts";
import { type Attempt, notAsked } from "./connectors/canary/map.ts";
import { type Shown, showTo } from "./connectors/canary/relying-party.ts";
import { takeBack } from "./connectors/canary/token.ts";
import { type PartySeen, revocationVerdict, unknown, type Verdict } from "./drills/probes/verdict.ts";

export interface RevocationSpec {
  /** Key of a canary. */
  readonly credential: string;
  /** Addresses (https). */
  readonly relyingParties: readonly string[];
}

/** A relying party may look at what it knows of a token only so often: it is given a minute. */
const TRIES = 12;
const PAUSE_MS = 5000;

export async function proveRevoked(ground: ProbeGround, { credential, relyingParties }: RevocationSpec, keep: Keep): Promise<Verdict> {
  const opened = await ground.canaries.openByKey(credential);
  if (opened === undefined) return unknown(`There is no canary ${credential}, or its secret cannot be opened.`);
  if (ground.canaries.takeTurn(opened.canary, ground.clock.now()) !== undefined)
    return unknown("It was tried too often within the last minutes.");
  const seen =
    opened.canary.way.kind === "openid"
      ? await withToken(ground, opened, relyingParties)
      : await withLasting(ground, opened, relyingParties);
  if (!Array.isArray(seen)) return seen as Verdict;
  await keep("relying-parties.json", seen);
  return revocationVerdict(seen as readonly PartySeen[]);
}

/** A fresh token is taken everywhere, taken back at the provider, and has to be refused everywhere. */
async function withToken(ground: ProbeGround, opened: OpenCanary, parties: readonly string[]): Promise<readonly PartySeen[] | Verdict> {
  const { attempt, accessToken } = await ground.tryAs(opened, ground.clock.now());
  const settings = tokenSettingsOf(opened, ground.trustPem);
  if (accessToken === undefined || settings === undefined) return unknown(`No token could be got: ${attempt.words}`);
  const shown: Shown = { kind: "bearer", token: accessToken };
  const before = await Promise.all(parties.map((party) => showAt(ground, opened, party, shown)));
  const why = await takeBack(settings, accessToken);
  if (why !== undefined) return unknown(why);
  return Promise.all(
    parties.map(async (party, index) => ({
      party,
      before: before[index],
      after: await untilRefused(ground, opened, party, shown),
      wasGood: true,
    })),
  );
}

async function untilRefused(ground: ProbeGround, opened: OpenCanary, party: string, shown: Shown): Promise<Attempt> {
  for (let left = TRIES; ; left--) {
    const attempt = await showAt(ground, opened, party, shown);
    if (attempt.answer === "refused" || left === 0) return attempt;
    await ground.pause(PAUSE_MS);
  }
}

/** A certificate, a cookie or a lasting token that somebody revoked: another of the same kind has to be taken. */
async function withLasting(ground: ProbeGround, opened: OpenCanary, parties: readonly string[]): Promise<readonly PartySeen[] | Verdict> {
  const shown = shownOf(opened);
  if (shown === undefined) return unknown("It signs in at its directory, and is shown to no relying party.");
  const control = opened.canary.control === null ? undefined : await ground.canaries.openByKey(opened.canary.control);
  // Who takes a cookie says nothing of certificates by that.
  const good = control?.canary.way.kind === opened.canary.way.kind ? shownOf(control) : undefined;
  const seen = await Promise.all(
    parties.map(async (party) => ({
      party,
      before: control && good && (await showAt(ground, control, party, good)),
      after: await showAt(ground, opened, party, shown),
      wasGood: opened.workedAt !== null,
    })),
  );
  // Taken while it is good: that is what makes a later refusal mean something.
  if (seen.some(({ after }) => after.answer === "let_in")) await opened.worked(ground.clock.now());
  return seen;
}

function shownOf({ canary: { way }, secret }: OpenCanary): Shown | undefined {
  if (way.kind === "certificate") return { kind: "certificate", certificatePem: way.certificatePem, keyPem: secret };
  if (way.kind === "cookie") return { kind: "cookie", name: way.name, value: secret };
  return way.kind === "bearer" ? { kind: "bearer", token: secret } : undefined;
}

/** Only where its own record says that it may be shown: who writes a plan sends it nowhere else. */
async function showAt({ trustPem }: ProbeGround, { canary }: OpenCanary, party: string, shown: Shown): Promise<Attempt> {
  const origin = URL.parse(party)?.origin;
  if (origin === undefined || !canary.shownTo.includes(origin)) return notAsked(`${canary.key} is not to be shown there.`);
  return showTo(party, shown, { trustPem });
}

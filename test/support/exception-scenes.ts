/** Exceptions brought to where something interesting begins. */
import type { Instant } from "../../src/kernel/time.ts";
import { draftOf } from "../../src/exceptions/content.ts";
import type { ExceptionState } from "../../src/exceptions/exception.ts";
import { inForce } from "../../src/exceptions/in-force.ts";
import {
  after,
  APPLICATION,
  B1,
  by,
  content,
  CON,
  CONTEXT,
  EXC,
  GONE,
  P,
  policyOf,
  QUERY,
  REF,
  scopeItem,
  story,
} from "./exception-story.ts";

export const LEGACY = policyOf("legacy_application");
export const through = (state: ExceptionState, now: Instant) => inForce(state, QUERY, APPLICATION, now, CONTEXT);

export function extended() {
  const it = story().active();
  const asked = { ...draftOf(it.dossier.versions[0]!.content), requestedUntil: after("P100D") };
  it.do({ type: "proposeExtension", content: asked, seenTwins: [] }, by(P.requester));
  return it;
}

export const IMPORT = {
  type: "importInherited",
  id: EXC,
  ref: REF,
  category: "legacy_application",
  unit: "finance",
  content: content(),
  externalId: "row-7",
  importedBy: P.governance,
  claimBy: after("P60D"),
  found: [{ connection: CON, policy: "smartcard", subject: scopeItem().subject, bypassKey: "byp-1", object: "CN=old" }],
} as const;

export function inherited() {
  const it = story();
  it.do(IMPORT, { kind: "system", id: "import" });
  return it;
}

/** Active, with its scheduled review open and unanswered. */
export function reviewed() {
  const it = story().active({ requestedUntil: after("P150D") });
  it.do({ type: "recordControlTest", control: 0, result: "passed", evidence: "probe", testedAt: it.now }, by(P.implementer));
  it.until(after("P59D")).do(
    { type: "recordControlTest", control: 0, result: "passed", evidence: "probe", testedAt: it.now },
    by(P.implementer),
  );
  it.until(after("P77D")).tick();
  return it;
}

export function closed() {
  const it = story().active();
  it.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
  it.wait("PT1M").do({ type: "recordRemoved", binding: B1 });
  it.read(B1, GONE);
  return it;
}

export function breakGlass() {
  const it = story({ policy: policyOf("break_glass") })
    .open({}, "break_glass")
    .submit();
  it.approve(P.owner);
  it.approve(P.governance);
  it.tick();
  it.provide();
  return it;
}

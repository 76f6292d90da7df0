/** News about people and the estate, turned into triggers of the exceptions that rest on them. */
import { Refused } from "../kernel/problem.ts";
import { addDuration, type Instant } from "../kernel/time.ts";
import type { StateName } from "./exception.ts";
import { factsFor, load, perform, policyOf, type ExceptionDependencies } from "./service.ts";
import { shownContent } from "./projection.ts";
import type { StoredException } from "./store.ts";
import type { Trigger, TriggerKind } from "./triggers.ts";

export type News =
  | {
      readonly about: "person";
      readonly id: string;
      readonly what: "left" | "returned" | "rolesChanged" | "managerChanged" | "unitChanged";
    }
  | {
      readonly about: "application";
      readonly id: string;
      readonly what: "ownerChanged" | "tierRaised" | "passkeysSupported" | "migrated" | "retired";
    }
  | { readonly about: "deviceClass"; readonly id: string; readonly what: "leadChanged" | "retired" }
  | { readonly about: "vendor"; readonly id: string; readonly what: "managerChanged" | "contractsChanged" };

interface Wake {
  readonly kind: TriggerKind;
  readonly words: string;
  readonly until: Instant | null;
}

const SIGNALS = { kind: "system", id: "signals" } as const;
/** An exception in one of these has nothing left to wake. */
const OVER: readonly StateName[] = ["rejected", "withdrawn", "closed", "revoking", "verifying", "revoke_failed"];
/** Looked back for: an exception asked for earlier than this is over, whatever its category. */
const SINCE = "2000-01-01T00:00:00.000Z" as Instant;

/** Wakes everything that rests on the news. The same news again wakes nothing twice: each trigger has its key. */
export async function wakeExceptions(deps: ExceptionDependencies, news: News, at: Instant): Promise<number> {
  let woken = 0;
  for (const stored of await concerned(deps, news)) {
    const wake = await wakeOf(deps, stored, news, at);
    if (wake !== undefined && (await apply(deps, stored, wake, news, at))) woken += 1;
  }
  return woken;
}

async function concerned(deps: ExceptionDependencies, news: News): Promise<readonly StoredException[]> {
  const found = await lookUp(deps, news);
  return found.filter(({ exception }) => !OVER.includes(exception.state));
}

async function lookUp({ store }: ExceptionDependencies, news: News): Promise<readonly StoredException[]> {
  switch (news.about) {
    case "person":
      return [...(await store.withFingerprints([`subject:${news.id}`], SINCE)), ...(await store.ownedBy(news.id))];
    case "application":
      return store.withFingerprints([`resource:application ${news.id.toLowerCase()}`], SINCE);
    case "deviceClass":
      return (await store.inCategory("device_class", OVER)).filter(({ exception }) =>
        (shownContent(exception)?.scope ?? []).some((item) => item.subject.kind === "deviceClass" && item.subject.key === news.id),
      );
    case "vendor":
      return (await store.inCategory("third_party", OVER)).filter(
        ({ exception }) => shownContent(exception)?.vendorContract?.vendor === news.id,
      );
  }
}

async function wakeOf(deps: ExceptionDependencies, stored: StoredException, news: News, at: Instant): Promise<Wake | undefined> {
  switch (news.about) {
    case "person":
      return wakeByPerson(deps, stored, news, at);
    case "application":
      return wakeByApplication(deps, stored, news.what, at);
    case "deviceClass":
      return news.what === "retired"
        ? { kind: "device_class_retired", words: "The device class was retired.", until: null }
        : { kind: "owner_invalid", words: "The device class has another lead.", until: null };
    case "vendor":
      return news.what === "contractsChanged" ? wakeByContract(deps, stored) : undefined;
  }
}

async function wakeByPerson(
  deps: ExceptionDependencies,
  stored: StoredException,
  news: Extract<News, { about: "person" }>,
  at: Instant,
): Promise<Wake | undefined> {
  const { dossier } = stored.exception;
  const covers = (shownContent(stored.exception)?.scope ?? []).some((item) => item.subject.person === news.id);
  if (news.what === "left" && covers) return { kind: "subject_left", words: "Whom it lets through has left.", until: null };
  if (news.what === "left") return { kind: "owner_invalid", words: "Its owner has left.", until: null };
  if (news.what === "returned") return undefined;
  if (dossier.owner === news.id && news.what === "rolesChanged" && !(await mayStillOwn(deps, stored, news.id, at))) {
    return { kind: "owner_invalid", words: "Its owner does not hold a role that may own it any more.", until: null };
  }
  return covers ? { kind: "subject_moved", words: "Whom it lets through changed role, manager or unit.", until: null } : undefined;
}

async function mayStillOwn(deps: ExceptionDependencies, { exception }: StoredException, person: string, at: Instant): Promise<boolean> {
  const policy = await policyOf(deps, exception.dossier.category);
  const facts = await factsFor(deps, exception, { actor: SIGNALS, now: at });
  return (facts.people[person]?.roles ?? []).some((role) => policy.ownerRolesAllowed.includes(role));
}

async function wakeByApplication(
  deps: ExceptionDependencies,
  { exception }: StoredException,
  what: Extract<News, { about: "application" }>["what"],
  at: Instant,
): Promise<Wake> {
  if (what === "ownerChanged") return { kind: "owner_invalid", words: "The application has another owner.", until: null };
  if (what === "tierRaised") {
    const policy = await policyOf(deps, exception.dossier.category);
    return { kind: "risk_raised", words: "The application matters more now.", until: addDuration(at, policy.maxTerm) };
  }
  const words = { passkeysSupported: "supports passkeys now", migrated: "was migrated", retired: "was retired" }[what];
  return { kind: "application_changed", words: `The application ${words}.`, until: null };
}

async function wakeByContract(deps: ExceptionDependencies, { exception }: StoredException): Promise<Wake | undefined> {
  const contract = shownContent(exception)?.vendorContract;
  if (contract === undefined || contract === null) return undefined;
  const until = await deps.world.vendorContractEnd(contract.vendor, contract.contract);
  return until && { kind: "vendor_contract_ended", words: `The vendor's contract ends ${until}.`, until };
}

async function apply(deps: ExceptionDependencies, stored: StoredException, wake: Wake, news: News, at: Instant): Promise<boolean> {
  const { id } = stored.exception.dossier;
  const trigger: Trigger = { ...wake, source: "estate", dedupeKey: `${wake.kind} ${news.id} ${at}` };
  try {
    const before = (await load(deps, id)).version;
    const after = await perform(deps, id, {
      command: { type: "applyTrigger", trigger, dueAt: null },
      actor: SIGNALS,
      now: deps.clock.now(),
    });
    return after.version > before;
  } catch (error) {
    // It ended meanwhile: nothing to wake any more.
    if (error instanceof Refused) return false;
    throw error;
  }
}

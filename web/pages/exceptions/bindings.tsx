import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { NO_END } from "../../../src/kernel/time.ts";
import { MEANS } from "../../glossary.ts";
import { useConnectionNames } from "../../names.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Length, Time } from "../../parts/time.tsx";
import { SEEN_SIGNS } from "../../signs.ts";
import styles from "./bindings.module.css";

type Binding = ExceptionView["bindings"][number];

/** What each provider should hold and was last seen to hold. */
export function Bindings({ bindings }: { bindings: readonly Binding[] }) {
  if (bindings.length === 0) {
    return (
      <Empty title="Nothing was ordered yet">
        A provider is asked for something only once the exception is approved and its time has come.
      </Empty>
    );
  }
  return (
    <ul className={styles.bindings}>
      {bindings.map((binding) => (
        <li key={binding.id}>
          <BindingCard binding={binding} />
        </li>
      ))}
    </ul>
  );
}

function BindingCard({ binding }: { binding: Binding }) {
  const nameOf = useConnectionNames();
  const openOverstay = binding.overstays.find((overstay) => overstay.to === null);
  return (
    <article className={styles.binding}>
      <header>
        <h3>
          {binding.subject.name} <span>in {nameOf(binding.connection)}</span>
        </h3>
        <span>
          <Badge sign={SEEN_SIGNS[binding.observed]} isBoxed /> {binding.isStale && <Tag tone="unknown">stale</Tag>}
        </span>
      </header>
      {openOverstay !== undefined && (
        <Notice
          tone="bad"
          title={
            <>
              On without the right for <Length from={openOverstay.from} />
            </>
          }
        />
      )}
      <Facts isTight>
        <Fact name="Policy">{binding.policy}</Fact>
        <Fact name="Should be">{binding.desired === "present" ? "on" : "off"}</Fact>
        <Fact name="Last read back" means={MEANS["read back"]}>
          {binding.lastReadAt === null ? <NotKnown>never</NotKnown> : <Time at={binding.lastReadAt} />}
        </Fact>
        <Fact name="Object">{binding.object === null ? <NotKnown>none yet</NotKnown> : <code>{binding.object}</code>}</Fact>
        <Fact name="Ends by itself">
          {binding.nativeExpiry === null ? (
            <NotKnown>no: this provider cannot, Postern ends it</NotKnown>
          ) : (
            <Time at={binding.nativeExpiry} />
          )}
        </Fact>
        <Residual at={binding.residualUntil} />
        <Outcome outcome={binding.outcome} />
        <Overstays overstays={binding.overstays} />
      </Facts>
    </article>
  );
}

function Residual({ at }: { at: string | null }) {
  if (at === null) return null;
  return (
    <Fact name="Sessions live on" means={MEANS["residual session"]}>
      {at === NO_END ? (
        "without an end, until somebody ends them"
      ) : (
        <>
          <Time at={at} /> at the latest
        </>
      )}
    </Fact>
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  none: "not asked yet",
  applied: "it was applied",
  removed: "it was removed",
  not_supported: "it cannot do that",
  failed: "it failed",
};

function Outcome({ outcome }: { outcome: Binding["outcome"] }) {
  return (
    <Fact name="Provider said">
      {OUTCOMES[outcome.kind] ?? outcome.kind}
      {outcome.reason !== undefined && `: ${outcome.reason}`}
      {outcome.at !== undefined && (
        <>
          , <Time at={outcome.at} only="distance" />
        </>
      )}
    </Fact>
  );
}

function Overstays({ overstays }: { overstays: Binding["overstays"] }) {
  if (overstays.length === 0) return null;
  return (
    <Fact name="Overstays" means={MEANS.overstay}>
      {overstays.map((overstay) => (
        <p key={overstay.from}>
          {overstay.minutes} min from <Time at={overstay.from} only="instant" />
          {overstay.to === null && ", and counting"}
        </p>
      ))}
    </Fact>
  );
}

/** Who could still let the subject through when this one ends. An end that changes nothing must not look like one. */
export function Overlaps({ bindings }: { bindings: readonly Binding[] }) {
  const overlapping = bindings.filter((binding) => binding.otherWays.length > 0);
  const wasRead = bindings.some((binding) => binding.lastReadAt !== null);
  if (overlapping.length === 0) {
    return (
      <p className={styles.quiet}>
        {wasRead ? "No other way was seen when the provider was last read." : "Not known: the provider was not read yet."}
      </p>
    );
  }
  return (
    <ul className={styles.overlaps}>
      {overlapping.flatMap((binding) =>
        binding.otherWays.map((way) => (
          <li key={`${binding.id}${way.key}`}>
            <Notice
              tone="wait"
              title={
                <>
                  {binding.subject.name} is let through anyway: {way.words}
                </>
              }
            >
              {way.grantRef === undefined ? "Nobody answers for that way in this register." : `That way belongs to ${way.grantRef}.`}
            </Notice>
          </li>
        )),
      )}
    </ul>
  );
}

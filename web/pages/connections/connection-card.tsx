import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { scanConnection } from "../../../src/bypasses/contract.ts";
import {
  connectionHealth,
  type ConnectionView,
  importDirectoryPeople,
  listPolicies,
  removeConnection,
} from "../../../src/connections/contract.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { isExample } from "../../instance.ts";
import { apart } from "../../parts/apart.ts";
import { Badge, Tag } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Time } from "../../parts/time.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { durationWords } from "../../words.ts";
import styles from "./connections.module.css";
import { Drift } from "./drift.tsx";

interface CardProps {
  connection: ConnectionView;
}

/** One provider: when it was read, what it enforces, how it is, and what can be done. */
export function ConnectionCard({ connection, kindTitle }: CardProps & { kindTitle: string | undefined }) {
  const { open } = useSearch({ from: "/signed-in/connections" });
  const isOpen = open === connection.id;
  const policies = useQuery(read(listPolicies, { params: { id: connection.id } }));
  return (
    <article className={styles.connection}>
      <header className={styles.head}>
        <h2>{connection.name}</h2>
        <Kind connection={connection} title={kindTitle} />
        <CardActs connection={connection} isOpen={isOpen} />
      </header>
      <Facts isTight>
        <LastRead connection={connection} />
        <Fact name="Policies">
          {policies.data === undefined ? <NotKnown /> : policies.data.items.map((policy) => policy.title).join(", ")}
        </Fact>
        <Fact name="Connected">
          <Time at={connection.connectedAt} />
        </Fact>
        {connection.secretFingerprint !== undefined && (
          <Fact name="Secret">
            fingerprint <code>{connection.secretFingerprint}</code>
          </Fact>
        )}
      </Facts>
      {isOpen && <Health id={connection.id} />}
      {isOpen && <Drift id={connection.id} />}
    </article>
  );
}

function LastRead({ connection: { scannedAt, scanWords, isStale, brokeOff } }: CardProps) {
  return (
    <>
      <Fact name="Last read in full">
        {scannedAt === undefined ? <NotKnown>never: what it holds is not known</NotKnown> : <Time at={scannedAt} />}
        {scanWords !== undefined && `: ${scanWords}`}
        {isStale && scannedAt !== undefined && <NotKnown>. This is old: what it holds now is not known</NotKnown>}
      </Fact>
      {brokeOff !== undefined && (
        <Fact name="Last reading broke off">
          <Time at={brokeOff.at} /> {brokeOff.words}
        </Fact>
      )}
    </>
  );
}

function Kind({ connection: { kind }, title }: CardProps & { title: string | undefined }) {
  if (isExample) return <Tag tone="wait">invented, not real</Tag>;
  if (kind === "example") return <Tag tone="wait">built-in example, not real</Tag>;
  return <Tag tone="idle">{title ?? kind}</Tag>;
}

function CardActs({ connection, isOpen }: CardProps & { isOpen: boolean }) {
  const { roles } = useSession();
  const navigate = useNavigate({ from: "/connections" });
  const [isRemoving, setRemoving] = useState(false);
  const scanning = useAct(scanConnection, ({ seen, found, gone }) => say(`Read: ${seen} seen, ${found} new, ${gone} gone.`));
  const importing = useAct(importDirectoryPeople, ({ created, changed, unchanged }) =>
    say(`People: ${created} new, ${changed} changed, ${unchanged} as before.`),
  );
  const params = { id: connection.id };
  const error = scanning.error ?? importing.error;
  return (
    <div className={styles.buttons}>
      <Link to="/bypasses" search={{ connection: connection.id }} className={buttonClass()}>
        Its bypasses
      </Link>
      <Button
        icon="refresh"
        isBusy={scanning.isPending}
        whyNot={whyNotCall(scanConnection, roles)}
        onClick={() => scanning.mutate({ params })}
      >
        Read it now
      </Button>
      <Button
        icon="people"
        isBusy={importing.isPending}
        whyNot={whyNotCall(importDirectoryPeople, roles)}
        onClick={() => importing.mutate({ params })}
      >
        Import its people
      </Button>
      <Button whyNot={whyNotCall(connectionHealth, roles)} onClick={() => void navigate({ search: isOpen ? {} : { open: connection.id } })}>
        {isOpen ? "Hide health and drift" : "Health and drift"}
      </Button>
      <Button look="danger" whyNot={whyNotCall(removeConnection, roles)} onClick={() => setRemoving(true)}>
        Remove
      </Button>
      {isRemoving && <Remove connection={connection} onClose={() => setRemoving(false)} />}
      {error !== null && <Failure error={error} />}
    </div>
  );
}

function Health({ id }: { id: string }) {
  const { data, error, isPending } = useQuery({ ...read(connectionHealth, { params: { id } }), staleTime: 0 });
  if (error !== null) return <Failure error={failureFrom(error)} />;
  if (isPending) return <p>Asking the provider…</p>;
  const { capabilities } = data;
  return (
    <>
      <Facts isTight>
        <Fact name="Now">
          <Badge
            sign={
              data.reachable ? { word: "Answers", tone: "ok", shape: "solid" } : { word: "Does not answer", tone: "bad", shape: "alarm" }
            }
          />{" "}
          {data.words}
        </Fact>
        <Clock health={data} />
        {(data.coverage ?? []).map((each) => (
          <CoverageOf key={each.of} coverage={each} />
        ))}
        {capabilities !== undefined && (
          <>
            <Fact name="Ends grants itself">{capabilities.nativeExpiry ? "yes, even while Postern is down" : "no, Postern ends them"}</Fact>
            <Fact name="Tells who changed what">
              {capabilities.changes ? "yes, by its own log" : <NotKnown>no: its log is switched off, or not connected</NotKnown>}
            </Fact>
            <Fact name="Ends sessions">
              {capabilities.endSessions ? "yes" : `no: they live on ${livesOnWords(capabilities.residualSessionSeconds)}`}
            </Fact>
          </>
        )}
      </Facts>
      <p>{permissionWords(data.permissions)}</p>
      <ul className={styles.permissions}>
        {data.permissions.toSorted(missingFirst).map((permission) => (
          <li key={permission.name}>
            <Badge sign={permissionSign(permission.held)} />
            <div>
              <strong>{permission.name}</strong>
              <p>
                {permission.why} Without it: {permission.without}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

type HealthReply = ReplyOf<typeof connectionHealth>;

function Clock({ health: { clockSkewMs, isClockWrong } }: { health: HealthReply }) {
  if (clockSkewMs === undefined) return null;
  return (
    <Fact name="Its clock">
      {(clockSkewMs / 1000).toFixed(1)} s apart from ours
      {isClockWrong && <Tag tone="bad">wrong: what it ends by itself, it ends at the wrong time</Tag>}
    </Fact>
  );
}

function CoverageOf({ coverage: { of, total, readable, unreadable } }: { coverage: NonNullable<HealthReply["coverage"]>[number] }) {
  return (
    <Fact name="Can be read">
      {readable} of {total} {of}
      {unreadable.length > 0 && <NotKnown>. Not: {unreadable.join("; ")}</NotKnown>}
    </Fact>
  );
}

type Permission = ReplyOf<typeof connectionHealth>["permissions"][number];

/** Missing ones first, then those nobody knows of. */
function missingFirst(a: Permission, b: Permission): number {
  const rank = ({ held }: Permission) => (held === false ? 0 : held === undefined ? 1 : 2);
  return rank(a) - rank(b);
}

function permissionWords(permissions: readonly Permission[]): string {
  const count = (held: boolean | undefined) => permissions.filter((permission) => permission.held === held).length;
  if (permissions.length === 0) return "It names no permission that Postern needs.";
  return `Permissions: ${count(true)} held, ${count(false)} missing, ${count(undefined)} not known.`;
}

function permissionSign(isHeld: boolean | undefined) {
  if (isHeld === undefined) return { word: "Not known", tone: "unknown", shape: "question" } as const;
  return isHeld ? ({ word: "Held", tone: "ok", shape: "shut" } as const) : ({ word: "Missing", tone: "bad", shape: "alarm" } as const);
}

function Remove({ connection: { id, name }, onClose }: CardProps & { onClose: () => void }) {
  const removing = useAct(removeConnection, () => {
    say(`${apart(name)} was removed.`);
    onClose();
  });
  return (
    <ReasonDialog
      title={`Remove ${apart(name)}?`}
      act="Remove the connection"
      leave="Keep it"
      sending={removing}
      failed="It was not removed"
      onClose={onClose}
      onSend={(reason) => removing.mutate({ params: { id }, body: { reason } })}
    >
      <p>
        Postern no longer reads {name}; what it holds becomes unknown. Nothing is changed in it, and what was recorded stays. It is refused
        while an exception there is still live.
      </p>
    </ReasonDialog>
  );
}

function livesOnWords(seconds: number | null): string {
  return seconds === null ? "until somebody ends them" : `for up to ${durationWords(`PT${Math.round(seconds / 3600)}H`)}`;
}

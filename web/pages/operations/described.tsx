import { type UseMutationResult, useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import type { Endpoint, ReplyOf } from "../../../src/kernel/contract.ts";
import { call, type CallFailed, failureFrom, type Given, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { useFirstRead } from "../../first-read.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./operations.module.css";

/** A form that begins from what is kept under a key, or from nothing where nothing is kept there yet. */
export function Described<E extends Endpoint>({
  endpoint,
  given,
  title,
  above,
  children,
}: {
  endpoint: E;
  given: Given<E>;
  title: string;
  above: ReactNode;
  children: (before: ReplyOf<E> | undefined) => ReactNode;
}) {
  const { data, error, isFetchedAfterMount } = useQuery({ ...read(endpoint, given), refetchOnMount: "always" });
  const failed = error === null ? undefined : failureFrom(error);
  const isNew = failed?.reasons.some(({ code }) => code === "estate.notFound") === true;
  const first = useFirstRead(isFetchedAfterMount ? data : undefined, isNew);
  if (first !== undefined) return children(first.before);
  return (
    <Page title={title} above={above}>
      {failed === undefined ? <p className={styles.pending} aria-busy /> : <Failure error={failed} title="Not shown" />}
    </Page>
  );
}

interface Kept {
  readonly version: number;
}

/** The end of such a form: what was refused of it, and the button that keeps it. */
export function Keep({
  endpoint,
  putting,
  fields,
  whyNot,
  before,
  now,
  shown,
  onKeep,
}: {
  endpoint: Endpoint;
  putting: Pick<UseMutationResult<unknown, CallFailed>, "error" | "isPending">;
  /** Fields that show their own refusals. */
  fields: readonly string[];
  whyNot: string | undefined;
  before: Kept | undefined;
  /** Reads it as it is now. */
  now: () => Promise<Kept>;
  /** The page that shows it. */
  shown: LinkProps;
  onKeep: (version: number) => void;
}) {
  const { roles } = useSession();
  const { error, isPending } = putting;
  const others = reasonsElsewhere(error?.reasons ?? [], fields);
  const isOvertaken = others.some(({ code }) => code === "estate.changedMeanwhile");
  return (
    <>
      {error !== null && others.length > 0 && <Failure error={error} reasons={others} title="It was not kept" />}
      {isOvertaken && <Overtaken now={now} shown={shown} onKeep={onKeep} />}
      <div>
        <Button
          look="primary"
          isBusy={isPending}
          whyNot={whyNotCall(endpoint, roles) ?? whyNot}
          onClick={() => onKeep(before?.version ?? 0)}
        >
          Keep it
        </Button>
      </div>
    </>
  );
}

/** Somebody else was faster. Nothing typed is lost: one looks at theirs beside it, and says whose is kept. */
function Overtaken({ now, shown, onKeep }: Pick<Parameters<typeof Keep>[0], "now" | "shown" | "onKeep">) {
  const [failed, setFailed] = useState<CallFailed>();
  const keepMine = () =>
    void now().then(
      ({ version }) => onKeep(version),
      (error: unknown) => setFailed(failureFrom(error)),
    );
  return (
    <div className={styles.chosen}>
      <Link {...shown} target="_blank" className={buttonClass()}>
        See theirs in another window
      </Link>
      <Button look="danger" onClick={keepMine}>
        Keep mine in its place
      </Button>
      {failed !== undefined && <Failure error={failed} />}
    </div>
  );
}

/** What is kept under a key, as it is now. */
export function readNow<E extends Endpoint>(endpoint: E, given: Given<E>): () => Promise<ReplyOf<E>> {
  return () => call(endpoint, given);
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { TAKE_OVER_ACTION, takeOver } from "../../../src/exceptions/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";

type Version = ExceptionView["versions"][number];

/** To answer for an exception from now on: signed over the version in effect, of which nothing changes. */
export function TakeOver({ view }: { view: ExceptionView }) {
  const [isOpen, setOpen] = useState(false);
  const version = versionInEffect(view);
  if (version === undefined) return null;
  const isOwnerGone = view.flags.includes("ownerInvalid");
  return (
    <>
      <Button look={isOwnerGone ? "primary" : "plain"} onClick={() => setOpen(true)}>
        Take over
      </Button>
      {isOpen && <Taking view={view} version={version} onClose={() => setOpen(false)} />}
    </>
  );
}

function Taking({ view, version, onClose }: { view: ExceptionView; version: Version; onClose: () => void }) {
  const queries = useQueryClient();
  const taking = useMutation({
    mutationFn: async () => {
      const assertion = await assert(TAKE_OVER_ACTION, view.id, version.contentHash);
      await call(takeOver, { params: { id: view.id }, body: { assertion } });
    },
    onSuccess: async () => {
      say(`You answer for ${view.ref} from now on.`);
      onClose();
      await queries.invalidateQueries();
    },
  });
  const before = view.ownerName === null ? "" : `, in place of ${apart(view.ownerName)}`;
  return (
    <Dialog
      title={`Take over ${view.ref}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" icon="key" isBusy={taking.isPending} onClick={() => taking.mutate()}>
            Answer for it with your passkey
          </Button>
        </>
      }
    >
      <p>
        {`You answer for it from now on${before}: for its reviews, its controls and its end. What was approved stays as it is, word for word, and so does its end.`}
      </p>
      <p>
        {`Your passkey signs version ${version.n}: `}
        <Hash value={version.contentHash} />
      </p>
      {taking.error !== null && <Failure error={failureFrom(taking.error)} title="You do not answer for it" />}
    </Dialog>
  );
}

/** What the last grant rests on; before the first, what was put forward last. An emergency use changes nothing of it. */
function versionInEffect({ grants, versions }: ExceptionView): Version | undefined {
  const granted = grants.findLast((grant) => grant.kind !== "emergency");
  return granted === undefined ? versions.at(-1) : versions.find((version) => version.n === granted.version);
}

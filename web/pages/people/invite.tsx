import { useMutation } from "@tanstack/react-query";

import { invite } from "../../../src/access/contract.ts";
import type { PersonView } from "../../../src/people/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Hash } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { assert } from "../../passkeys.ts";

/** A one-time link for a person without a working passkey. It is shown once, here. */
export function Invite({ person, onClose }: { person: PersonView; onClose: () => void }) {
  const inviting = useMutation({
    mutationFn: async () => call(invite, { body: { person: person.id, assertion: await assert("access.invite", person.id) } }),
  });
  const made = inviting.data;
  return (
    <Dialog
      title={made === undefined ? `Invite ${person.displayName}?` : `The link for ${person.displayName}`}
      onClose={onClose}
      actions={
        made === undefined ? (
          <>
            <Button onClick={onClose}>Not now</Button>
            <Button look="primary" icon="key" isBusy={inviting.isPending} onClick={() => inviting.mutate()}>
              Make the link
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        )
      }
    >
      {made === undefined ? (
        <p>Whoever opens the link first becomes {person.displayName} here. Your passkey signs that you made it.</p>
      ) : (
        <>
          <Notice tone="wait" title="It is shown this once">
            Hand it over in person or by a channel only {person.displayName} reads. It works once, until{" "}
            <Time at={made.invitation.expiresAt} only="instant" />.
          </Notice>
          <Hash value={made.link} isWhole />
        </>
      )}
      {inviting.error !== null && <Failure error={failureFrom(inviting.error)} title="No link was made" />}
    </Dialog>
  );
}

import { useState } from "react";

import { type CanaryView, changeCanarySecret, removeCanary, tryCanary } from "../../../src/canaries/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { mayCall } from "../../can.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { say } from "../../parts/toast.tsx";
import { useSession } from "../../session.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { ANSWER_SIGNS, secretWords } from "./canary-words.ts";
import styles from "./canaries.module.css";
import { SecretField } from "./secret-field.tsx";

/** Try it, give it another secret, remove it. */
export function CanaryActs({ canary }: { canary: CanaryView }) {
  const { roles } = useSession();
  const [open, setOpen] = useState<"secret" | "remove">();
  const trying = useAct(tryCanary);
  const onClose = () => setOpen(undefined);
  const removing = useAct(removeCanary, () => {
    say(`${apart(canary.name)} is removed, and its secret destroyed.`);
    onClose();
  });
  if (canary.status === "removed" || !mayCall(tryCanary, roles)) return null;
  const name = apart(canary.name);
  const params = { id: canary.id };
  return (
    <div className={styles.acts}>
      <span className={styles.buttons}>
        <Button isSmall icon="refresh" aria-label={`Try it: ${name}`} isBusy={trying.isPending} onClick={() => trying.mutate({ params })}>
          Try it
        </Button>
        <Button isSmall aria-label={`Another secret for ${name}`} onClick={() => setOpen("secret")}>
          Another secret
        </Button>
        <Button isSmall look="danger" aria-label={`Remove ${name}`} onClick={() => setOpen("remove")}>
          Remove
        </Button>
      </span>
      <span role="status" className={styles.answer}>
        {trying.data !== undefined && <Badge sign={ANSWER_SIGNS[trying.data.answer]} detail={trying.data.words} />}
      </span>
      {trying.error !== null && <Failure error={trying.error} title="It was not tried" />}
      {open === "secret" && <SecretDialog canary={canary} onClose={onClose} />}
      {open === "remove" && (
        <ReasonDialog
          title={`Remove ${name}?`}
          act="Remove it"
          sending={removing}
          onClose={onClose}
          onSend={(reason) => removing.mutate({ params, body: { reason } })}
        >
          <p>Its secret is destroyed. Drills that sign in with it find out nothing any more, and what is unknown has failed.</p>
        </ReasonDialog>
      )}
    </div>
  );
}

function SecretDialog({ canary: { id, name, way }, onClose }: { canary: CanaryView; onClose: () => void }) {
  const [secret, setSecret] = useState("");
  const [clientSecret, setClientSecret] = useState("");
  const changing = useAct(changeCanarySecret, () => {
    say(`${apart(name)} has another secret. Try it: whether it works is not known yet.`);
    onClose();
  });
  const reasons = changing.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/secret", "/clientSecret"]);
  const grant = way.kind === "openid" ? way.grant : "password";
  const hasClient = way.kind === "openid" && way.grant !== "client_credentials";
  return (
    <Dialog
      title={`Another secret for ${apart(name)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            isBusy={changing.isPending}
            whyNot={secret === "" ? "Enter the secret first." : undefined}
            onClick={() => changing.mutate({ params: { id }, body: { secret, ...(clientSecret !== "" && { clientSecret }) } })}
          >
            Seal it
          </Button>
        </>
      }
    >
      <SecretField
        label={secretWords(way.kind, grant)}
        isLong={way.kind === "certificate"}
        value={secret}
        onChange={setSecret}
        errors={errorsAt(reasons, "/secret")}
      />
      {hasClient && (
        <SecretField
          label="Secret of the client"
          isLong={false}
          isOptional
          value={clientSecret}
          onChange={setClientSecret}
          errors={errorsAt(reasons, "/clientSecret")}
        />
      )}
      {changing.error !== null && others.length > 0 && <Failure error={changing.error} reasons={others} title="It was not changed" />}
    </Dialog>
  );
}

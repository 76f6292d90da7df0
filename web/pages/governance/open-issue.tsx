import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { getApplication } from "../../../src/estate/contract.ts";
import type { RepeatsView } from "../../../src/exceptions/contract-lists.ts";
import { openDesignIssue } from "../../../src/governance/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { countWords } from "../../words.ts";
import { PersonField } from "../request/pickers.tsx";
import { ResourceName } from "../names.tsx";

type About = NonNullable<RepeatsView["about"]>;

/** Opens a design issue out of what keeps coming back. An application's owner is filled in. */
export function OpenIssue({ about, repeats, onClose }: { about: About; repeats: RepeatsView; onClose: () => void }) {
  const navigate = useNavigate();
  const application = useQuery({ ...read(getApplication, { params: { id: about.id } }), enabled: about.kind === "application" });
  const [named, setNamed] = useState<string>();
  const owner = named ?? application.data?.owner.id ?? "";
  const [statement, setStatement] = useState(
    `Asked for ${countWords(repeats.count, "time")} in 365 days: ${repeats.members.map(({ ref }) => ref).join(", ")}.`,
  );
  const opening = useAct(openDesignIssue, ({ id, ownerName }) => {
    say(`The design issue is open; ${ownerName ?? "its owner"} answers for it.`);
    void navigate({ to: "/issues/$id", params: { id } });
  });
  const reasons = opening.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/owner", "/statement"]);
  const missing = owner === "" ? "Name who answers for it first." : statement.trim() === "" ? "Say what is wrong first." : undefined;
  return (
    <Dialog
      title="Open a design issue"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            isBusy={opening.isPending}
            whyNot={missing}
            onClick={() => opening.mutate({ body: { about: { ...about }, owner, statement: statement.trim() } })}
          >
            Open the issue
          </Button>
        </>
      }
    >
      <p>
        <strong>
          <ResourceName about={about} />
        </strong>{" "}
        keeps needing exceptions. From now on somebody answers for changing that; requests over the limit can rest on this issue.
      </p>
      <PersonField
        label="Who answers for it"
        hint="The owner of the application; about anything else, somebody who is an application owner."
        value={owner}
        onChange={setNamed}
        errors={errorsAt(reasons, "/owner")}
      />
      <TextArea label="What is wrong" value={statement} onChange={setStatement} errors={errorsAt(reasons, "/statement")} />
      {opening.error !== null && others.length > 0 && <Failure error={opening.error} reasons={others} title="It was not opened" />}
    </Dialog>
  );
}

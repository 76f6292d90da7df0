import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { getOrganisation, type OrganisationView, setOrganisation } from "../../../src/estate/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Button } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./welcome.module.css";

/** Name and time zone of the organisation. */
export function OrganisationForm() {
  const { data } = useQuery(read(getOrganisation, {}));
  return data === undefined ? null : <Form key={data.version} organisation={data} />;
}

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")].map((zone) => ({ id: zone, name: zone }));

function Form({ organisation }: { organisation: OrganisationView }) {
  const { roles } = useSession();
  const [name, setName] = useState(organisation.isNamed ? organisation.name : "");
  const [zone, setZone] = useState(organisation.isNamed ? organisation.zone : new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const saving = useAct(setOrganisation, () => say("Your organisation is named."));
  const reasons = saving.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, ["/name", "/zone"]);
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate({ body: { name: name.trim(), zone }, ifMatch: organisation.version });
        }}
      >
        <TextField label="Name" value={name} onChange={setName} errors={errorsAt(reasons, "/name")} autoComplete="organization" />
        <Combo label="Time zone" choices={ZONES} value={zone} onChange={setZone} errors={errorsAt(reasons, "/zone")} />
        <Button
          type="submit"
          isBusy={saving.isPending}
          whyNot={whyNotCall(setOrganisation, roles) ?? (name.trim() === "" ? "Enter the name first." : undefined)}
        >
          Save
        </Button>
      </form>
      {saving.error !== null && others.length > 0 && <Failure error={saving.error} reasons={others} />}
    </>
  );
}

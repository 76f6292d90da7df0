import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { listPersonas } from "../../../src/example-organisation/contract-inside.ts";
import { failureFrom } from "../../api.ts";
import { Failure } from "../../parts/failure.tsx";
import { Threshold } from "../../parts/frame.tsx";
import { Icon } from "../../parts/icon.tsx";
import { read } from "../../queries.ts";
import styles from "./example.module.css";
import { enter } from "./personas.ts";

/** In the example nobody has a passkey of their own: one chooses in whose shoes to walk. */
export function PersonasPage({ to }: { to: string }) {
  const navigate = useNavigate();
  const list = useQuery(read(listPersonas, {}));
  const entering = useMutation({ mutationFn: enter, onSuccess: () => navigate({ href: to, replace: true }) });
  const error = entering.error ?? list.error;
  return (
    <Threshold
      title="In whose shoes?"
      below="Brightwater, its people and its year are invented. What you do here stays here, and goes with it."
    >
      <p>Choose somebody of the example organisation. You can change at any time.</p>
      {error !== null && <Failure error={failureFrom(error)} title="You are not in" />}
      <ul className={styles.personas}>
        {list.data?.items.map(({ key, name, title, does }) => (
          <li key={key}>
            <button
              type="button"
              className={styles.persona}
              aria-busy={(entering.isPending && entering.variables === key) || undefined}
              onClick={() => entering.mutate(key)}
            >
              <strong>{name}</strong>
              <span>{`${title}: ${does}.`}</span>
              <Icon name="chevronRight" size={14} />
            </button>
          </li>
        ))}
      </ul>
    </Threshold>
  );
}

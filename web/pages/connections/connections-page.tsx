import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { connectProvider, listConnections } from "../../../src/connections/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { ConnectionCard } from "./connection-card.tsx";
import styles from "./connections.module.css";

/** The identity providers Postern reads and governs. */
export function ConnectionsPage() {
  const { add } = useSearch({ from: "/signed-in/connections" });
  const navigate = useNavigate({ from: "/connections" });
  const list = useQuery(read(listConnections, {}));
  const connected = list.data?.items.filter((connection) => connection.status === "connected") ?? [];
  const kind = list.data?.kinds.find((each) => each.kind === add);
  const close = () => void navigate({ search: {} });
  return (
    <Page
      title={pageWords("/connections")}
      below="The identity providers Postern reads and governs. Each is tried before it is kept; secrets are sealed and never shown."
      actions={kind === undefined && <Kinds />}
    >
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {kind !== undefined && (
        <Section title={`Connect: ${kind.title}`}>
          <ConnectForm key={kind.kind} kind={kind} onDone={close} onCancel={close} />
        </Section>
      )}
      <ul className={styles.list}>
        {connected.map((connection) => (
          <li key={connection.id}>
            <ConnectionCard connection={connection} kindTitle={list.data?.kinds.find((each) => each.kind === connection.kind)?.title} />
          </li>
        ))}
      </ul>
      {list.data !== undefined && connected.length === 0 && kind === undefined && (
        <Empty
          title="Nothing is connected"
          action={
            <Link to="/welcome" className={buttonClass("primary")}>
              See the ways to begin
            </Link>
          }
        >
          Until a provider is connected, what it really holds is not known, and nothing can be ended in it.
        </Empty>
      )}
    </Page>
  );
}

function Kinds() {
  const { roles } = useSession();
  const navigate = useNavigate({ from: "/connections" });
  const { data } = useQuery(read(listConnections, {}));
  return (
    <>
      {data?.kinds.map((kind) => (
        <Button
          key={kind.kind}
          icon="plus"
          whyNot={whyNotCall(connectProvider, roles)}
          onClick={() => void navigate({ search: { add: kind.kind } })}
        >
          {kind.title}
        </Button>
      ))}
    </>
  );
}

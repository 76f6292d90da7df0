import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { scanConnection } from "../../../src/bypasses/contract.ts";
import { connectProvider, importDirectoryPeople, listConnections } from "../../../src/connections/contract.ts";
import { useAct } from "../../act.ts";
import { whyNotCall } from "../../can.ts";
import { isExample } from "../../instance.ts";
import { apart } from "../../parts/apart.ts";
import { Tag } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import type { IconName } from "../../parts/drawings.ts";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { LoadExample } from "../example/load-example.tsx";
import { Deciders } from "./deciders.tsx";
import { OrganisationForm } from "./organisation-form.tsx";
import styles from "./welcome.module.css";

const EXAMPLE = "example";

/** The beginning: three ways to have something to look at, and what comes after. */
export function WelcomePage() {
  const { person } = useSession();
  const list = useQuery(read(listConnections, {}));
  const kinds = list.data?.kinds.filter((kind) => kind.kind !== EXAMPLE) ?? [];
  const connected = list.data?.items.filter((connection) => connection.status === "connected") ?? [];
  return (
    <Page
      title={`Welcome, ${apart(person.name)}`}
      below="Postern knows every way around your front gate once it can look. Begin with one of these; you can do the others later."
      isNarrow
    >
      {connected.length > 0 && <Connected names={connected.map((connection) => connection.name)} />}
      <Section title="Where to begin">
        <ul className={styles.ways}>
          <Way
            icon="plug"
            title="Connect a directory"
            words="Postern reads every bypass that really exists, and can end them. It asks for an account with named rights, and tries it first."
          >
            {kinds.map((kind) => (
              <Link key={kind.kind} to="/connections" search={{ add: kind.kind }} className={buttonClass("primary")}>
                {kind.title}
              </Link>
            ))}
          </Way>
          <Way
            icon="upload"
            title="Import a list"
            words="The exceptions you keep in a spreadsheet today. They arrive as inherited: never approved, and at most 90 days to be claimed, approved or removed."
          >
            <Link to="/import" className={buttonClass()}>
              Import a file
            </Link>
          </Way>
          {/* The example organisation is itself the invented thing to look at. */}
          {!isExample && <Invented isTried={connected.some((connection) => connection.kind === EXAMPLE)} />}
        </ul>
      </Section>
      <Deciders />
      <Section title="Your organisation" note="dates people type end at midnight here">
        <OrganisationForm />
      </Section>
    </Page>
  );
}

/** Two ways to look before anything real is connected. */
function Invented({ isTried }: { isTried: boolean }) {
  return (
    <>
      <Way
        icon="folder"
        title="Try the built-in example"
        mark={<Tag tone="wait">not real</Tag>}
        words="A small invented directory with planted bypasses, to see the whole of it in five minutes. Remove it when you are done."
      >
        <TryExample isThere={isTried} />
      </Way>
      <Way
        icon="book"
        title="Walk through the example organisation"
        mark={<Tag tone="wait">invented</Tag>}
        words="A whole company and a year of its history, in an instance of its own beside this one: nothing of it enters your journal. It takes a minute or two to play. A guided first hour leads through it."
      >
        <LoadExample />
      </Way>
    </>
  );
}

function Way({
  icon,
  title,
  mark,
  words,
  children,
}: {
  icon: IconName;
  title: string;
  mark?: ReactNode;
  words: string;
  children: ReactNode;
}) {
  return (
    <li className={styles.way}>
      <Icon name={icon} size={20} />
      <h3>
        {title} {mark}
      </h3>
      <p>{words}</p>
      <div className={styles.acts}>{children}</div>
    </li>
  );
}

function Connected({ names }: { names: readonly string[] }) {
  return (
    <div className={styles.notice}>
      <Notice
        tone="ok"
        title={`Connected: ${names.join(", ")}`}
        action={
          <Link to="/bypasses" className={buttonClass("primary")}>
            See the bypasses found
          </Link>
        }
      >
        Next: claim what somebody answers for, remove what nobody does, and invite the people who decide.
      </Notice>
    </div>
  );
}

/** Connects the invented directory, reads it, and brings its people in: one button from nothing to something to look at. */
function TryExample({ isThere }: { isThere: boolean }) {
  const { roles } = useSession();
  const importing = useAct(importDirectoryPeople);
  const scanning = useAct(scanConnection, ({ found }) => say(`The example directory is connected: ${found} bypasses found.`));
  const connecting = useAct(connectProvider, ({ id }) => {
    importing.mutate({ params: { id } });
    scanning.mutate({ params: { id } });
  });
  const error = connecting.error ?? importing.error ?? scanning.error;
  return (
    <>
      <Button
        isBusy={connecting.isPending || scanning.isPending || importing.isPending}
        whyNot={isThere ? "It is connected already. Remove it under Connections." : whyNotCall(connectProvider, roles)}
        onClick={() => connecting.mutate({ body: { key: EXAMPLE, name: "Example directory", kind: EXAMPLE, config: {} } })}
      >
        Use the example
      </Button>
      {error !== null && <Failure error={error} />}
    </>
  );
}

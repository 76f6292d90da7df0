import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { apart } from "../../parts/apart.ts";
import { type ComponentDetail, getComponent, putComponent } from "../../../src/estate/contract-model.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { Need } from "./need.tsx";
import styles from "../operations/operations.module.css";
import { awayWords, KIND_WORDS, LAYER_WORDS, RETIRED } from "./kind-words.ts";

/** One component: what it is, what it needs, and what hangs on it. */
export function ComponentPage() {
  const { key } = useParams({ from: "/signed-in/components/$key" });
  const { data: component, error } = useQuery(read(getComponent, { params: { key } }));
  const above = <Link to="/components">Components</Link>;
  if (component === undefined) {
    return (
      <Page title="Component" above={above}>
        {error === null ? <p className={styles.pending} aria-busy /> : <Failure error={failureFrom(error)} title="Not shown" />}
      </Page>
    );
  }
  return (
    <Page
      title={component.name}
      above={above}
      mark={component.status === "retired" && <Badge sign={RETIRED} isBoxed />}
      actions={<Acts component={component} />}
    >
      <Columns
        main={
          <>
            <Section title="What it needs" note="Its own failure comes on top.">
              <p className={styles.lead}>
                {component.requires === null ? "Nothing else." : <Need of={component.requires} names={namesIn(component)} />}
              </p>
            </Section>
            <NeededBy component={component} />
          </>
        }
        side={<Side component={component} />}
      />
    </Page>
  );
}

function Acts({ component: { key, status } }: { component: ComponentDetail }) {
  const { roles } = useSession();
  return (
    <>
      {status === "active" && (
        <Link to="/what-if" search={{ failed: key }} className={buttonClass()}>
          What if it fails
        </Link>
      )}
      {whyNotCall(putComponent, roles) === undefined && (
        <Link to="/components/$key/change" params={{ key }} className={buttonClass()}>
          Change it
        </Link>
      )}
    </>
  );
}

const namesIn = ({ needs }: ComponentDetail) => new Map(needs.map(({ key, name }) => [key, name]));

const CAUSE = "takes it along with others";

function NeededBy({ component: { neededBy } }: { component: ComponentDetail }) {
  return (
    <Section title="What hangs on it" note="Directly. What hangs on that in turn, and who is locked out, What if tells.">
      {neededBy.length === 0 && <p className={styles.minor}>Nothing does.</p>}
      <ul className={styles.sentences}>
        {neededBy.map(({ kind, key, name }) => (
          <li key={`${kind} ${key}`}>
            {kind === "operation" && (
              <Link to="/operations/$key" params={{ key }}>
                {name}
              </Link>
            )}
            {kind === "component" && (
              <Link to="/components/$key" params={{ key }}>
                {name}
              </Link>
            )}
            {kind === "commonCause" && (
              <span>
                <Link to="/common-causes/$key" params={{ key }}>
                  {apart(name)}
                </Link>{" "}
                <span className={styles.minor}>{CAUSE}</span>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Side({ component }: { component: ComponentDetail }) {
  const { kind, layer, owner, evidence, unavailability, connection, endpoints } = component;
  return (
    <Section title="What it is">
      <Facts isTight>
        <Fact name="Kind">{KIND_WORDS[kind]}</Fact>
        <Fact name="Layer">{LAYER_WORDS[layer]}</Fact>
        <Fact name="Answers for it">
          {owner === null ? <NotKnown>nobody</NotKnown> : `${apart(owner.name)}${owner.active ? "" : " (has left)"}`}
        </Fact>
        <Fact name="Away">{unavailability === null ? <NotKnown>nobody said how often</NotKnown> : awayWords(unavailability)}</Fact>
        <Fact name="Key">{component.key}</Fact>
        <Fact name="Evidence">{evidence ?? <NotKnown>none</NotKnown>}</Fact>
        <Fact name="Connection">{connection ?? <NotKnown>none</NotKnown>}</Fact>
        <Fact name="Where it is asked">
          {endpoints.length === 0 ? <NotKnown>nowhere</NotKnown> : endpoints.map(({ address }) => address).join(", ")}
        </Fact>
      </Facts>
    </Section>
  );
}

import { useSearch } from "@tanstack/react-router";

import { grantCli } from "../../../src/access/contract.ts";
import { useAct } from "../../act.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { useSession } from "../../session.tsx";
import { rolesWords } from "../../words.ts";

/** The command line asks to act for the person at this browser. It is let in here, or not at all. */
export function CliPage() {
  const { port, challenge, state, label } = useSearch({ from: "/signed-in/cli" });
  const { person, roles } = useSession();
  const granting = useAct(grantCli, ({ redirect }) => location.assign(redirect));
  const isComplete = challenge !== "" && state !== "" && port !== 0;
  return (
    <Page title="Let the command line in?" isNarrow>
      <Section title="Who asks">
        {!isComplete && (
          <Notice tone="bad" title="This address is not complete">
            Run <code>postern login</code> again; it opens the right one.
          </Notice>
        )}
        <Facts>
          <Fact name="Program">{label}</Fact>
          <Fact name="Where">this machine, port {port}</Fact>
          <Fact name="Acts as">
            {apart(person.name)} ({roles.length === 0 ? "no role" : rolesWords(roles, "and")})
          </Fact>
          <Fact name="May not">decide anything: decisions are signed with your passkey in the console</Fact>
        </Facts>
        <p>Go on only if you just ran the command yourself on this machine.</p>
        <div>
          <Button
            look="primary"
            icon="terminal"
            isBusy={granting.isPending || granting.isSuccess}
            whyNot={isComplete ? undefined : "The command line did not say where it listens."}
            onClick={() => granting.mutate({ body: { port, challenge, state, label } })}
          >
            Let it in
          </Button>
        </div>
        {granting.error !== null && <Failure error={granting.error} />}
      </Section>
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";

import {
  type ExampleView,
  loadExampleOrganisation,
  readExampleOrganisation,
  removeExampleOrganisation,
} from "../../../src/example-organisation/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./example.module.css";

const LOOK_AGAIN_MS = 1000;

/** Loads the example organisation beside this instance, and removes it: one button each. */
export function LoadExample() {
  const { data, error } = useQuery({
    ...read(readExampleOrganisation, {}),
    refetchInterval: ({ state }) => (state.data?.state === "loading" ? LOOK_AGAIN_MS : false),
  });
  if (data === undefined) return error === null ? null : <Failure error={failureFrom(error)} />;
  return data.state === "loaded" || data.state === "loading" ? <There example={data} /> : <NotThere example={data} />;
}

function There({ example }: { example: ExampleView }) {
  const { roles } = useSession();
  const removing = useAct(removeExampleOrganisation, () => say("The example organisation is removed, with all that was done in it."));
  const isLoaded = example.state === "loaded";
  return (
    <>
      {isLoaded ? (
        <a className={buttonClass("primary")} href="/example/first-hour">
          Walk in
        </a>
      ) : (
        <Played share={Math.round((example.share ?? 0) * 100)} />
      )}
      <Button
        look={isLoaded ? "danger" : "plain"}
        isBusy={removing.isPending}
        whyNot={whyNotCall(removeExampleOrganisation, roles)}
        onClick={() => removing.mutate({})}
      >
        {isLoaded ? "Remove the example organisation" : "Stop and remove it"}
      </Button>
      {removing.error !== null && <Failure error={removing.error} />}
    </>
  );
}

function Played({ share }: { share: number }) {
  return (
    <div className={styles.playing}>
      <label>
        {share === 100 ? "Opening it…" : `Playing the year: ${share} %`}
        <progress max={100} value={share} />
      </label>
      <p>You can go on meanwhile; it is played without this page.</p>
    </div>
  );
}

function NotThere({ example }: { example: ExampleView }) {
  const { roles } = useSession();
  const loading = useAct(loadExampleOrganisation);
  const whyNot = example.state === "notOffered" ? "This process makes none." : whyNotCall(loadExampleOrganisation, roles);
  return (
    <>
      {example.state === "failed" && (
        <Notice tone="bad" title="It could not be loaded" isUrgent>
          {example.why} Your own instance is as it was. Try again when that is mended.
        </Notice>
      )}
      <Button isBusy={loading.isPending} whyNot={whyNot} onClick={() => loading.mutate({})}>
        Load the example organisation
      </Button>
      {loading.error !== null && <Failure error={loading.error} />}
    </>
  );
}

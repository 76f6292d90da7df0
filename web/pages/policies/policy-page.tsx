import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";

import {
  editCategory,
  getCategory,
  listCategoryVersions,
  previewCategory,
  type PolicyPreviewView,
  type PolicyVersionView,
} from "../../../src/exceptions/contract-policy.ts";
import { type Refusal, refusal } from "../../../src/kernel/problem.ts";
import { canonicalText } from "../../../src/kernel/canonical.ts";
import { call, errorsAt, failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { sha256Text } from "../../digest.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { listWords } from "../../words.ts";
import { Effects } from "./effects.tsx";
import styles from "./policies.module.css";
import { GuardFields, PeopleFields, PlanFields, ReviewFields, TermFields } from "./policy-fields.tsx";
import { bodyOf, changedFields, fieldWords, type Policy } from "./typed-policy.ts";

/** One category's rules: read, changed, tried on what lives, and signed. */
export function PolicyPage() {
  const { key } = useParams({ from: "/signed-in/policies/$key" });
  const policy = useQuery({ ...read(getCategory, { params: { key } }), staleTime: Infinity });
  if (policy.data !== undefined) return <PolicyForm key={policy.data.version} inForce={policy.data} />;
  return <Page title="Policy">{policy.error !== null && <Failure error={failureFrom(policy.error)} />}</Page>;
}

function PolicyForm({ inForce }: { inForce: Policy }) {
  const [typed, setTyped] = useState(inForce);
  const trying = useTrying(inForce);
  const signing = useSigning(inForce);
  const preview = trying.variables === typed ? trying.data : undefined;
  const error = signing.error ?? trying.error;
  const failure = error === null ? undefined : failureFrom(error);
  const reasons = [...(failure?.reasons ?? []), ...faultsOf(preview)];
  const fields = {
    typed,
    change: (some: Partial<Policy>) => setTyped({ ...typed, ...some }),
    errors: (at: string) => errorsAt(reasons, at),
  };
  return (
    <Page title={inForce.title} above={<Above />} below={`Version ${inForce.version}. A change holds from the next decision on.`}>
      <Columns
        main={
          <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
            {failure !== undefined && <Failure error={failure} title="Not changed" />}
            <PeopleFields {...fields} />
            <PlanFields {...fields} />
            <TermFields {...fields} />
            <ReviewFields {...fields} />
            <GuardFields {...fields} />
            <Foot
              changed={changedFields(inForce, typed)}
              preview={preview}
              isTrying={trying.isPending}
              isSigning={signing.isPending}
              onTry={() => trying.mutate(typed)}
              onSign={() => signing.mutate(typed)}
            />
          </form>
        }
        side={
          <>
            {preview !== undefined && (
              <Section title="What it would do">
                <Effects preview={preview} />
              </Section>
            )}
            <Versions policy={inForce} />
          </>
        }
      />
    </Page>
  );
}

function faultsOf(preview: PolicyPreviewView | undefined): readonly Refusal[] {
  return (preview?.faults ?? []).map(({ code, detail, at }) => refusal(code, detail, at === undefined ? {} : { at }));
}

interface FootProps {
  changed: readonly (keyof Policy)[];
  preview: PolicyPreviewView | undefined;
  isTrying: boolean;
  isSigning: boolean;
  onTry: () => void;
  onSign: () => void;
}

/** Nothing is signed that was not tried as it is typed now. */
function Foot({ changed, preview, isTrying, isSigning, onTry, onSign }: FootProps) {
  const { roles } = useSession();
  const isTried = preview !== undefined;
  const whyNotTry = whyNotCall(previewCategory, roles) ?? (changed.length === 0 ? "Change something first." : undefined);
  const whyNotSign = whyNotCall(editCategory, roles) ?? whyNotTry ?? whyNotYet(preview);
  return (
    <footer className={styles.foot}>
      <Button look={isTried ? "plain" : "primary"} whyNot={whyNotTry} isBusy={isTrying} onClick={onTry}>
        See what it would do
      </Button>
      <Button look={isTried ? "primary" : "plain"} icon="key" whyNot={whyNotSign} isBusy={isSigning} onClick={onSign}>
        Change with your passkey
      </Button>
      <span className={styles.quiet}>
        {changed.length === 0 ? "Nothing is changed." : `Changed: ${listWords(changed.map(fieldWords))}.`}
      </span>
    </footer>
  );
}

function whyNotYet(preview: PolicyPreviewView | undefined): string | undefined {
  if (preview === undefined) return "See first what it would do.";
  return preview.faults.length > 0 ? "It breaks what no policy may relax." : undefined;
}

function Above() {
  return <Link to="/policies">{pageWords("/policies")}</Link>;
}

function useTrying(inForce: Policy) {
  return useMutation({
    mutationFn: (typed: Policy) => call(previewCategory, { params: { key: inForce.key }, body: bodyOf(typed, inForce.version) }),
  });
}

/** The passkey signs the whole policy as it is typed. */
function useSigning(inForce: Policy) {
  const queries = useQueryClient();
  const { key } = inForce;
  return useMutation({
    mutationFn: async (typed: Policy) => {
      const body = bodyOf(typed, inForce.version);
      const assertion = await assert("exceptions.editCategory", key, await sha256Text(canonicalText({ ...body, key })));
      return await call(editCategory, { params: { key }, body: { ...body, assertion } });
    },
    onSuccess: async ({ title, version }) => {
      say(`${apart(title)} is at version ${version}.`);
      await queries.invalidateQueries();
    },
  });
}

function Versions({ policy }: { policy: Policy }) {
  const versions = useQuery(read(listCategoryVersions, { params: { key: policy.key } }));
  const items = versions.data?.items ?? [];
  return (
    <Section title="Versions">
      {versions.error !== null && <Failure error={failureFrom(versions.error)} />}
      <ol className={styles.versions}>
        {items.map((each, i) => (
          <li key={each.policy.version}>
            <strong>Version {each.policy.version}</strong>
            <span className={styles.quiet}>
              {each.at === null ? "Shipped with Postern" : <Time at={each.at} />}
              {each.byName !== null && `, ${each.byName}`}
            </span>
            <span className={styles.quiet}>{changeWords(each, items[i + 1])}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function changeWords({ policy }: PolicyVersionView, before: PolicyVersionView | undefined): string {
  return before === undefined ? "" : `Changed: ${listWords(changedFields(before.policy, policy).map(fieldWords))}`;
}

/** Reading, trying and signing the text of a rule set. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { checkRuleSet, putRuleSet, retireRuleSet, tryRuleSet } from "../../../src/decisions/contract-rules.ts";
import { canonicalText } from "../../../src/kernel/canonical.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import { call } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { sha256Text } from "../../digest.ts";
import { apart } from "../../parts/apart.ts";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import { usePaused } from "../../paused.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";

export interface Checked {
  readonly told: ReplyOf<typeof checkRuleSet> | undefined;
  /** True while the answer is about what was typed before. */
  readonly isBehind: boolean;
  readonly error: Error | null;
  /** Why this person's text is not read at all. */
  readonly whyNot: string | undefined;
}

/** Asked whenever the writer pauses. */
export function useChecking(text: string): Checked {
  const { roles } = useSession();
  const whyNot = whyNotCall(checkRuleSet, roles);
  const paused = usePaused(text);
  const { data, isPlaceholderData, error } = useQuery({
    ...read(checkRuleSet, { body: { text: paused } }),
    enabled: whyNot === undefined,
    placeholderData: keepPreviousData,
  });
  return { told: data, isBehind: isPlaceholderData || paused !== text, error, whyNot };
}

export function useTrying(name: string) {
  return useMutation({ mutationFn: (text: string) => call(tryRuleSet, { params: { name }, body: { text } }) });
}

interface Wanted {
  readonly text: string;
  readonly note: string;
}

/** The passkey signs the name, the version, the hash of the text, and why it changes. */
export function useSigning(name: string, basedOn: number, onPut?: (name: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ text, note }: Wanted) => {
      const content = canonicalText({ name, version: basedOn + 1, digest: await sha256Text(text), note });
      const assertion = await assert("decisions.putRules", name, await sha256Text(content));
      return await call(putRuleSet, { params: { name }, body: { text, note, basedOn, assertion } });
    },
    onSuccess: async ({ version, status, note: signedFor }) => {
      const isInForce = status === "stored" && version === basedOn + 1 && signedFor !== null;
      say(isInForce ? `${apart(name)} is at version ${version}.` : `${apart(name)} waits for somebody else to sign it.`);
      await queries.invalidateQueries();
      onPut?.(name);
    },
  });
}

export function useRetiring(name: string, basedOn: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ digest, note }: { digest: string; note: string }) => {
      const content = canonicalText({ name, version: basedOn, digest, note });
      const assertion = await assert("decisions.retireRules", name, await sha256Text(content));
      return await call(retireRuleSet, { params: { name }, body: { note, basedOn, assertion } });
    },
    onSuccess: async () => {
      say(`${apart(name)} decides nothing any more.`);
      await queries.invalidateQueries();
    },
  });
}

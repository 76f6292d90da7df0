import { useMutation, type UseMutationResult, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import type { Endpoint, ReplyOf } from "../src/kernel/contract.ts";
import { call, type CallFailed, type CallOptions, type Given } from "./api.ts";

type Act<E extends Endpoint> = Given<E> & Pick<CallOptions, "ifMatch">;

/**
 * Something a person does through an endpoint. Attempts at the same act carry the same idempotency key until one succeeds, so
 * that trying again after a lost answer never does it twice. Everything read before counts as stale afterwards.
 */
export function useAct<E extends Endpoint>(
  endpoint: E,
  onDone?: (reply: ReplyOf<E>) => void,
): UseMutationResult<ReplyOf<E>, CallFailed, Act<E>> {
  const queries = useQueryClient();
  const attempt = useRef({ input: "", key: "" });
  return useMutation<ReplyOf<E>, CallFailed, Act<E>>({
    mutationFn: (given) => {
      const input = JSON.stringify(given);
      if (attempt.current.input !== input) attempt.current = { input, key: crypto.randomUUID() };
      return call(endpoint, given, { ifMatch: given.ifMatch, idempotencyKey: attempt.current.key });
    },
    onSuccess: async (reply) => {
      attempt.current = { input: "", key: "" };
      onDone?.(reply);
      await queries.invalidateQueries();
    },
  });
}

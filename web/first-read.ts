import { useState } from "react";

/**
 * What a form begins from: the first answer about what it changes, or that there is none yet. What comes later does not take away
 * what somebody is typing; that it was changed meanwhile is told when they keep it.
 */
export function useFirstRead<Value>(data: Value | undefined, isNew: boolean): { readonly before: Value | undefined } | undefined {
  const [first, setFirst] = useState<{ readonly before: Value | undefined }>();
  if (first !== undefined) return first;
  if (data === undefined && !isNew) return undefined;
  const found = { before: data };
  setFirst(found);
  return found;
}

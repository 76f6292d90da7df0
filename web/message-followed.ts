import { useEffect } from "react";

import { readMessage } from "../src/messages/contract.ts";
import { call } from "./api.ts";

/** Whoever comes by a link of a message has read it: `?m=` names it. That somebody else forwarded it disturbs nobody. */
export function useMessageFollowed(): void {
  useEffect(() => {
    const id = new URLSearchParams(location.search).get("m");
    if (id === null || !/^ntf_[a-z0-9]{26}$/.test(id)) return;
    call(readMessage, { params: { id } }, { asksToSignIn: false }).catch(() => undefined);
  }, []);
}

import type { ReactNode } from "react";

import { Empty } from "../../parts/empty.tsx";
import { useSession } from "../../session.tsx";

/** An empty part of the queue. Whoever will never find anything here is told why. */
export function NothingWaits({ title, action, children }: { title: string; action: ReactNode; children: ReactNode }) {
  const { roles } = useSession();
  if (roles.includes("help_desk")) {
    return (
      <Empty title="The help desk never decides" action={action}>
        Who resets and recovers may neither vote on an exception nor review one, and nobody can delegate it to them: a call to the help desk
        must never be the way to a weaker sign-in.
      </Empty>
    );
  }
  return (
    <Empty title={title} action={action}>
      {roles.length === 0 ? "You hold no role that is asked. Those who keep people can give you one." : children}
    </Empty>
  );
}

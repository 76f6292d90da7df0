import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { buttonClass } from "../../parts/button.tsx";
import { useSession } from "../../session.tsx";
import { listWords } from "../../words.ts";
import { delegationsOf } from "./queue-queries.ts";

/** For whom the caller may decide now, and the way to where that is said. */
export function StandingIn() {
  const { person } = useSession();
  const { data } = useQuery(delegationsOf(person.id));
  const names = (data?.items ?? []).filter((each) => each.to === person.id && each.inForce).map((each) => each.fromName);
  return (
    <Link to="/away" className={buttonClass()}>
      {names.length === 0 ? "Leave and delegation" : `You may decide for ${listWords([...new Set(names)])}`}
    </Link>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { getPerson } from "../../../src/people/contract.ts";
import { Page } from "../../parts/page.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { DelegateForm } from "./delegate-form.tsx";
import { Delegations } from "./delegations.tsx";
import { Leave } from "./leave.tsx";
import { ListFailure } from "./list-failure.tsx";

/** When one is away, who decides meanwhile, and for whom one may decide. */
export function AwayPage() {
  const { person } = useSession();
  const own = useQuery(read(getPerson, { params: { id: person.id } }));
  return (
    <Page
      title={pageWords("/away")}
      above={<Link to="/approvals">My queue</Link>}
      below="When you are away, who decides in your place, and for whom you may decide."
      isNarrow
    >
      <ListFailure list={own} />
      {own.data !== undefined && <Leave person={own.data} />}
      <Delegations personId={person.id} />
      {own.data !== undefined && <DelegateForm person={own.data} />}
    </Page>
  );
}

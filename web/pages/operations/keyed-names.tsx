import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { getComponent, getOperation } from "../../../src/estate/contract-model.ts";
import { mayCall } from "../../can.ts";
import { apart } from "../../parts/apart.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";

const NAMES_FRESH_MS = 300_000;

/** A component by name; its key where that is not known, or not for who reads. */
export function ComponentName({ of: key }: { of: string }) {
  const { roles } = useSession();
  const enabled = mayCall(getComponent, roles);
  const { data } = useQuery({ ...read(getComponent, { params: { key } }), staleTime: NAMES_FRESH_MS, enabled });
  return apart(data?.name ?? key);
}

/** An operation, and one way in where the key goes on with it: `pay-wages/codes`. Leads to what locks it out. */
export function OperationName({ of: keys }: { of: string }) {
  const [key = "", path] = keys.split("/");
  const { roles } = useSession();
  const enabled = mayCall(getOperation, roles);
  const { data } = useQuery({ ...read(getOperation, { params: { key } }), staleTime: NAMES_FRESH_MS, enabled });
  const way = data?.paths.find((each) => each.key === path)?.name ?? path;
  const words = apart(data?.name ?? key);
  return (
    <>
      {enabled ? (
        <Link to="/operations/$key" params={{ key }}>
          {words}
        </Link>
      ) : (
        words
      )}
      {way !== undefined && `: ${apart(way)}`}
    </>
  );
}

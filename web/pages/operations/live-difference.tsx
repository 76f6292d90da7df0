import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { previewModel } from "../../../src/lockout/contract.ts";
import { apart } from "../../parts/apart.ts";
import { mayCall } from "../../can.ts";
import { Notice } from "../../parts/notice.tsx";
import { usePaused } from "../../paused.ts";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { saidPlainly } from "./said.tsx";
import { pathBody, type TypedPath, whyPathsIncomplete } from "./paths-editor.tsx";

/** What the ways in as they are typed would change, asked again whenever the writer pauses. */
export function LiveDifference({ operation, paths }: { operation: string; paths: readonly TypedPath[] }) {
  const { roles } = useSession();
  const paused = usePaused(paths);
  const isWhole = whyPathsIncomplete(paused) === undefined;
  const body = { operations: [{ key: operation, paths: isWhole ? paused.map(pathAlone) : [] }] };
  const { data } = useQuery({
    ...read(previewModel, { body }),
    enabled: isWhole && mayCall(previewModel, roles),
    placeholderData: keepPreviousData,
  });
  if (!isWhole || data === undefined) return null;
  const tone = data.gained.singles > 0 ? "bad" : data.lost.singles > 0 ? "ok" : "idle";
  return (
    <Notice tone={tone} title={saidPlainly(data.words)}>
      {data.touched.items.map(({ key, name, smallestBefore, smallestAfter }) => (
        <p key={key}>
          {apart(name)}: {survives(smallestBefore, data.completeTo)} now, {survives(smallestAfter, data.completeTo)} then.
        </p>
      ))}
    </Notice>
  );
}

/** Without how strong its sign-in is, which changes nothing here. */
function pathAlone(path: TypedPath) {
  const { key, name, population, role, needs, minutes } = pathBody(path);
  return { key, name, population, role, needs, minutes };
}

function survives(smallest: number | null, completeTo: number): string {
  if (smallest === 0) return "no way in";
  const most = smallest === null ? completeTo : smallest - 1;
  const failures = most === 1 ? "any one failure" : `any ${most} failures`;
  return most === 0 ? "lost by one failure" : `survives ${smallest === null ? "at least " : ""}${failures}`;
}

/** What the lock-out analysis asks of the others. */
import type { ConnectionService } from "./connections/index.ts";
import type { EstateService } from "./estate/index.ts";
import { createFallbackFates } from "./lockout/fallback.ts";
import { createAnalyst, createLockOutService, type LockOutService } from "./lockout/index.ts";

export function createLockOut(estate: EstateService): LockOutService {
  return createLockOutService({
    modelVersion: () => estate.model.modelVersion(),
    loadModel: () => estate.model.loadModel(),
    analyst: createAnalyst(),
  });
}

/** Whether a fallback shares the fate of what it stands in for, told of what the register keeps of it. */
export async function sharedFates(lockOut: LockOutService, connections: Pick<ConnectionService, "list">) {
  const { model } = await lockOut.answered();
  if (model.components.length === 0) return () => false;
  const fateOf = createFallbackFates(model);
  const keys = new Map((await connections.list()).map(({ connection: { id, key } }) => [id as string, key]));
  const known = new Map<string, boolean>();
  return (restsOn: string | null): boolean => {
    if (restsOn === null) return false;
    const found = known.get(restsOn);
    if (found !== undefined) return found;
    const [connection = "", ...dependencies] = restsOn.split("\n");
    const isShared = fateOf({ connection: keys.get(connection) ?? "", dependencies }).grade === "A";
    known.set(restsOn, isShared);
    return isShared;
  };
}

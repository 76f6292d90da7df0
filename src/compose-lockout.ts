/** What the lock-out analysis asks of the others. */
import type { EstateService } from "./estate/index.ts";
import { createLockOutService, type LockOutService } from "./lockout/index.ts";
import { triedSets } from "./lockout/tried-sets.ts";

export function createLockOut(estate: EstateService): LockOutService {
  return createLockOutService({
    modelVersion: () => estate.model.modelVersion(),
    loadModel: () => estate.model.loadModel(),
    analyse: async (model, key) =>
      triedSets(
        model,
        model.operations.find((each) => each.key === key)!,
      ),
  });
}

/** What the lock-out analysis asks of the others. */
import type { EstateService } from "./estate/index.ts";
import { createAnalyst, createLockOutService, type LockOutService } from "./lockout/index.ts";

export function createLockOut(estate: EstateService): LockOutService {
  return createLockOutService({
    modelVersion: () => estate.model.modelVersion(),
    loadModel: () => estate.model.loadModel(),
    analyst: createAnalyst(),
  });
}

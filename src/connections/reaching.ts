import { ProviderFault } from "../connectors/port.ts";
import { refusal, Refused } from "../kernel/problem.ts";

/** Asks a provider on behalf of a person: one that cannot be asked is answered as `connections.unreachable`, not as our fault. */
export async function reaching<T>(ask: () => Promise<T>, status = 502, wordsOf = (fault: ProviderFault) => fault.message): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProviderFault) throw new Refused([refusal("connections.unreachable", wordsOf(error))], status);
    throw error;
  }
}

/** Asking a provider, for a decision, about the subjects of an exception. */
import { plainWords, ProviderFault, type ProviderSubject } from "../connectors/port.ts";
import { refusal, Refused } from "../kernel/problem.ts";

/** A subject of the register as the connector knows it. */
export function providerSubject(subject: { kind: string; key: string; name: string }): ProviderSubject {
  const kind = subject.kind === "group" ? "group" : subject.kind === "workload" ? "service" : subject.kind === "user" ? "user" : "device";
  return { kind, key: subject.key, name: subject.name };
}

/** What nobody could be asked about is not decided: `exceptions.providerUnreachable`. */
export async function askingProvider<T>(about: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    const detail = `The provider could not be asked ${about}. ${plainWords(error)} IAM sees more under Connections.`;
    throw new Refused([refusal("exceptions.providerUnreachable", detail)], 502);
  }
}

/** What an LDAP result code or a broken connection means to the caller. */
import { ProviderFault } from "../port.ts";

interface Reading {
  /** For writes: the caller reads the other codes itself. */
  readonly onlyTransient?: boolean;
  readonly explainBind?: ((diagnostic: string) => string | undefined) | undefined;
}

const TRANSIENT: Readonly<Record<number, readonly [ProviderFault["kind"], string]>> = {
  3: ["timeout", "The directory gave up on the request: time limit exceeded"],
  8: ["denied", "The directory demands stronger protection of the connection"],
  11: ["throttled", "The directory refused for now: administrative limit exceeded"],
  13: ["denied", "The directory demands an encrypted connection"],
  51: ["throttled", "The directory is busy"],
  52: ["throttled", "The directory is unavailable for now"],
};

/** The fault a result code stands for; undefined for success and, for writes, for codes the caller reads. */
export function faultOfResult(code: number, words: string | undefined, reading: Reading = {}): ProviderFault | undefined {
  if (code === 0) return undefined;
  const said = (words ?? "").replaceAll("\u0000", "").trim();
  const transient = TRANSIENT[code];
  if (transient !== undefined) return new ProviderFault(transient[0], sentence(transient[1], said));
  if (reading.onlyTransient === true) return undefined;
  if (code === 49)
    return new ProviderFault(
      "denied",
      `The directory refused the sign-in: ${reading.explainBind?.(said) ?? (said || "invalid credentials")}.`,
    );
  if (code === 50) return new ProviderFault("denied", sentence("The directory refused: not enough rights", said));
  return new ProviderFault("fault", sentence(`The directory answered with result code ${code}`, said));
}

function sentence(words: string, said: string): string {
  return said === "" ? `${words}.` : `${words} (${said}).`;
}

/** What broke between us and the server, as a fault. */
export function faultOfError(error: unknown, url: string): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const { message, code } = error as { message?: string; code?: string };
  const said = message ?? String(error);
  if (/timed out|timeout/i.test(said) || code === "ETIMEDOUT") {
    return new ProviderFault("timeout", `${url} did not answer in time.`, { cause: error });
  }
  if (code !== undefined && /CERT|SELF_SIGNED|ISSUER|SIGNATURE|CRL/.test(code)) {
    return new ProviderFault("denied", `The certificate of ${url} is not trusted: ${said}.`, { cause: error });
  }
  if (code !== undefined || /socket|connection|closed/i.test(said)) {
    return new ProviderFault(
      "unreachable",
      `${url} cannot be reached: ${said.replace(/\n.*/s, "")}${code === undefined ? "" : ` (${code})`}.`,
      { cause: error },
    );
  }
  return new ProviderFault("fault", `${url}: ${said}`, { cause: error });
}

/** Signs in as a person would, without a browser: follows redirects, keeps cookies, reads forms. Tells how far the server let it. */

/** What the server showed after the username: a field for a password, the script for a passkey, or that it cannot go on. */
export type Asked = "password" | "passkey" | "refused";

export interface SignIn {
  readonly asked: Asked;
  /** Gives the password and tells whether that was enough. */
  withPassword(password: string): Promise<boolean>;
}

const CLIENT = "account-console";
/** Any verifier does: the code is never redeemed. RFC 7636, appendix B. */
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

export async function beginSignIn(url: string, realm: string, username: string): Promise<SignIn> {
  const visit = visitor();
  const account = `${url}/realms/${realm}/account/`;
  const query = new URLSearchParams({
    client_id: CLIENT,
    response_type: "code",
    scope: "openid",
    redirect_uri: account,
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  const first = await visit(`${url}/realms/${realm}/protocol/openid-connect/auth?${query.toString()}`);
  const second = await visit(formAction(first.html)!, { username });
  const action = formAction(second.html);
  const asked = /name="password"/.test(second.html)
    ? "password"
    : action !== undefined && /authenticatorData/.test(second.html)
      ? "passkey"
      : "refused";
  return {
    asked,
    withPassword: async (password) => {
      if (asked !== "password") return false;
      return (await visit(action!, { password })).url.startsWith(account);
    },
  };
}

function visitor() {
  const cookies = new Map<string, string>();
  return async function visit(url: string, form?: Record<string, string>): Promise<{ html: string; url: string }> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: { cookie },
      ...(form !== undefined && { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", ...value] = line.split(";", 1)[0]!.split("=");
      cookies.set(name, value.join("="));
    }
    const next = answer.headers.get("location");
    if (next === null) return { html: await answer.text(), url };
    const target = new URL(next, url);
    // The application's own page is where the sign-in has succeeded.
    return target.searchParams.has("code") ? { html: "", url: target.href } : visit(target.href);
  };
}

function formAction(html: string): string | undefined {
  return /<form[^>]*action="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
}

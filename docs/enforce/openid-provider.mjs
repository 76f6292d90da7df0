/**
 * For npm oidc-provider 9: asks Postern before somebody is signed in by a fallback method, and again whenever an application is to
 * be entered by such a sign-in, because the exception may have ended in between.
 */
import { interactionPolicy } from "oidc-provider";

import { ask } from "./node-middleware.mjs";

const { Check } = interactionPolicy;
const HOURS = 3600;

/**
 * @param point where Postern is asked: see node-middleware.mjs.
 * @param strong `acr` of sign-ins that resist phishing: nobody is asked.
 * @param methods `acr` of every other way to sign in → the method it is to Postern. What is in neither lets nobody in.
 * @param resourceOf what of the register a client of this provider is.
 * @param needed what people are told to do when they are denied.
 */
export function fallbackGate(point, { strong = ["phr", "phrh"], methods, resourceOf, needed, seconds: usual = 8 * HOURS }) {
  /** What was said while a request was worked on, for the length of the session that comes of it. */
  const said = new WeakMap();

  async function mayEnter({ account, acr, client, ip }) {
    if (strong.includes(acr)) return { permit: true, words: "", seconds: usual };
    if (!Object.hasOwn(methods, acr)) return { permit: false, words: needed, seconds: 1 };
    let seconds = usual;
    const shorten = ({ seconds: most }) => {
      seconds = Math.min(seconds, most);
      return Number.isInteger(most) && most > 0;
    };
    const question = {
      subject: { type: "user", id: account },
      action: { name: "sign_in", properties: { method: methods[acr] } },
      resource: resourceOf(client),
      context: { ip },
    };
    const { permit, words, error } = await ask(point, question, { session_length: shorten });
    if (error) console.error(`denied: ${error.message}`);
    return { permit, words: `${words} ${needed}`, seconds };
  }

  const policy = interactionPolicy.base();
  const description = "this sign-in does not open this application, or not any more";
  const check = async (ctx) => {
    const { session, client, params } = ctx.oidc;
    if (!session.accountId) return Check.NO_NEED_TO_PROMPT;
    const answer = await mayEnter({ account: session.accountId, acr: session.acr, client: params.client_id ?? client.clientId, ip: ctx.ip });
    said.set(ctx, answer);
    return answer.permit ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  };
  const why = (ctx) => ({ why: said.get(ctx)?.words });
  policy.get("login").checks.add(new Check("sign_in_not_permitted", description, "login_required", check, why));

  return {
    /** Goes into the provider's configuration as it is. */
    configuration: {
      interactions: { policy },
      /** Opaque access tokens and refresh tokens are worth nothing once the session they came of is over. */
      expiresWithSession: () => true,
    },

    /** For `ttl.Session`: never later than the first answer allowed, however often the provider renews the session. */
    sessionSeconds(ctx, session) {
      if (!session.accountId || strong.includes(session.acr)) return usual;
      const isNew = ctx.oidc.result?.login !== undefined || session.exp === undefined;
      const left = isNew ? usual : session.exp - Math.floor(Date.now() / 1000);
      return Math.max(1, Math.min(left, said.get(ctx)?.seconds ?? left));
    },

    /** In place of `provider.interactionFinished`, when somebody has shown who they are: either sends them on, or gives the words for the page. */
    async finish(provider, request, response, { accountId, acr, amr }) {
      const { params } = await provider.interactionDetails(request, response);
      const asked = { account: accountId, acr, client: params.client_id, ip: request.socket.remoteAddress };
      const { permit, words } = await mayEnter(asked);
      if (!permit) return words;
      await provider.interactionFinished(request, response, { login: { accountId, acr, amr } }, { mergeWithLastSubmission: false });
      return undefined;
    },
  };
}

/** Tries every way a flow offers a person, without a browser: gives what is asked for, and at each step goes back for "try another way". */
import { createHmac } from "node:crypto";

export interface Walker {
  readonly username: string;
  readonly password: string;
  /** Key of the one-time codes, as text. */
  readonly otpKey: string;
}

/** All that was given on one way that led in, in order; a set-up that was asked for afterwards counts as in. */
export type WayTaken = readonly string[];

interface Page {
  readonly html: string;
  readonly url: string;
  readonly cookies: ReadonlyMap<string, string>;
}

export const REDIRECT = "https://app.test/back";
/** Where an identity provider is said to be that nobody answers for. */
export const PARTNER_PAGE = "https://partner.test/sign-in";
/** More challenges than this in one sign-in are a circle. */
const LONGEST = 12;
const ANOTHER_WAY = "kc-select-try-another-way-form";

/** What is given where the flow sends people to another identity provider. */
export const SENT_AWAY = "other_provider";

/** Every way in for this person at this application. */
export async function waysTaken(url: string, realm: string, clientId: string, walker: Walker): Promise<readonly WayTaken[]> {
  const query = new URLSearchParams({ client_id: clientId, response_type: "code", scope: "openid", redirect_uri: REDIRECT });
  const start = `${url}/realms/${realm}/protocol/openid-connect/auth?${query.toString()}`;
  const found = await waysFrom(start, walker);
  // Who is sent to another identity provider may ask not to be: anybody can write an address.
  return found.some((way) => way.includes(SENT_AWAY)) ? [...found, ...(await waysFrom(`${start}&kc_idp_hint=`, walker))] : found;
}

async function waysFrom(start: string, walker: Walker): Promise<readonly WayTaken[]> {
  const found: WayTaken[] = [];
  // A sign-in cannot be taken back: each choice begins anew, with the choices that lead to it.
  const open: (readonly string[])[] = [[]];
  for (let choices = open.pop(); choices !== undefined; choices = open.pop()) {
    const { way, others } = await walk(start, walker, choices);
    if (way !== undefined) found.push(way);
    open.push(...others);
  }
  return found;
}

interface Walked {
  /** Undefined: refused. */
  readonly way: WayTaken | undefined;
  /** Choices that were offered and not taken. */
  readonly others: readonly (readonly string[])[];
}

async function walk(start: string, walker: Walker, choices: readonly string[]): Promise<Walked> {
  const given: string[] = [];
  const others: (readonly string[])[] = [];
  const taken: string[] = [];
  let page = await visit(start, new Map());
  for (let step = 0; step < LONGEST; step++) {
    if (isIn(page)) return { way: given, others };
    if (page.url.startsWith(PARTNER_PAGE)) return { way: [SENT_AWAY], others };
    if (page.html.includes(ANOTHER_WAY)) {
      const shown = executionOf(page);
      const selection = await visit(actionOf(page)!, page.cookies, { tryAnotherWay: "on" });
      const offered = [...selection.html.matchAll(/name="authenticationExecution" value="([^"]+)"/g)].map((match) => match[1]!);
      const choice = choices[taken.length] ?? shown;
      if (taken.length >= choices.length) others.push(...offered.filter((each) => each !== shown).map((each) => [...taken, each]));
      taken.push(choice);
      page = await visit(actionOf(selection)!, selection.cookies, { authenticationExecution: choice });
    }
    const answer = answerTo(page, walker);
    if (answer === undefined) return { way: undefined, others };
    given.push(...(realmOf(page.url) === realmOf(start) ? answer.proofs : [SENT_AWAY]));
    page = await visit(actionOf(page)!, page.cookies, answer.form);
  }
  throw new Error(`${start} goes round in circles after ${given.join(", ")}`);
}

function isIn({ url }: Page): boolean {
  return url.startsWith(REDIRECT) || url.includes("/required-action");
}

function executionOf(page: Page): string {
  return new URL(actionOf(page)!).searchParams.get("execution") ?? "";
}

function answerTo({ html }: Page, { username, password, otpKey }: Walker) {
  const has = (name: string) => new RegExp(`<input[^>]*name="${name}"`).test(html);
  if (has("otp")) return { proofs: ["one_time_code"], form: { otp: codeOf(otpKey) } };
  if (has("username") && has("password")) return { proofs: ["password"], form: { username, password } };
  if (has("password")) return { proofs: ["password"], form: { password } };
  return has("username") ? { proofs: [], form: { username } } : undefined;
}

/** RFC 6238: six digits of HMAC-SHA1, half a minute each. */
function codeOf(key: string): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash.at(-1)! & 15;
  return String((hash.readUInt32BE(at) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, "0");
}

async function visit(url: string, before: ReadonlyMap<string, string>, form?: Readonly<Record<string, string>>): Promise<Page> {
  const cookies = new Map(before);
  // Each realm has its own, of the same names.
  const own = `${realmOf(url)} `;
  const sent = [...cookies].flatMap(([name, value]) => (name.startsWith(own) ? [`${name.slice(own.length)}=${value}`] : []));
  const answer = await fetch(url, {
    method: form === undefined ? "GET" : "POST",
    redirect: "manual",
    headers: { cookie: sent.join("; ") },
    ...(form !== undefined && { body: new URLSearchParams(form) }),
  });
  for (const line of answer.headers.getSetCookie()) {
    const [name = "", ...value] = line.split(";", 1)[0]!.split("=");
    cookies.set(`${own}${name}`, value.join("="));
  }
  const next = answer.headers.get("location");
  if (next === null) return { html: await answer.text(), url, cookies };
  const target = new URL(next, url).href;
  await answer.body?.cancel();
  const isThere = [REDIRECT, PARTNER_PAGE].some((end) => target.startsWith(end)) || target.includes("/required-action");
  return isThere ? { html: "", url: target, cookies } : visit(target, cookies);
}

function realmOf(url: string): string {
  return /\/realms\/([^/]+)\//.exec(url)?.[1] ?? "";
}

function actionOf({ html }: Page): string | undefined {
  return /<form[^>]*action="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
}

/** Emergencies that gateways pass on (a draft profile): begun by who is on point, told at once, over by themselves, and looked back on. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { believing, type Gateway, linkAccount, putForward, serveGateways, type Served } from "../support/asking-gateway.ts";
import { approveBy, beginFor, breakGlass, hashOf, lookBackOn } from "../support/break-glass.ts";
import { type Answer, codeOf, succeeded } from "../support/browser.ts";
import type { Answered } from "../support/decision-point.ts";
import { startMailServer, type TestMailServer, textOf } from "../support/mail-server.ts";
import { ESTATE, openWholeApp, type Player, type WholeApp } from "../support/whole-app.ts";

const LONG_MS = 300_000;
const EVERYBODY = ESTATE.replaceAll(/key: (\w+), name: \w+,/g, (found, key: string) => `${found} email: ${key}@harbour.example,`).replace(
  "roles: [network_security]",
  "roles: [network_security, operations]",
);

let mail: TestMailServer;
let story: WholeApp;
let served: Served;
let gateway: Gateway;
let connection: string;
let subject: { kind: string; key: string; name: string };

beforeAll(async () => {
  mail = await startMailServer();
  const env = { POSTERN_SMTP_URL: `smtp+plain://localhost:${mail.port}`, POSTERN_MAIL_FROM: "postern@harbour.example" };
  story = await openWholeApp({ decisions: believing(), env });
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: EVERYBODY, dryRun: false }));
  succeeded(await story.as.nils.signIn());
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  connection = succeeded(made).body["id"] as string;
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=jonas.keller&policy=vpn`);
  subject = succeeded(found).body["subject"] as typeof subject;
  await linkAccount(story, "rolf", { connection, key: subject.key });
  served = await serveGateways(story, subject.key);
  gateway = served.as("vpn gateway");
}, LONG_MS);
afterAll(async () => {
  await served.close();
  await story.close();
  await mail.close();
});

const taskOf = ({ body }: Answered) => body["task"] as { id: string; status: string; status_endpoint: string };
const poll = (filed: Answered) => gateway.ask(new URL(taskOf(filed).status_endpoint).pathname, undefined, { method: "GET" });
const typeOf = ({ body }: Answered) => (body["type"] as string).replace("urn:openid:authzen:access-request:error:", "");
const lettersTo = (player: Player) => mail.taken.filter(({ to }) => to.includes(`${player}@harbour.example`)).map(textOf);

/** The letter that says it, once it has arrived. */
async function letterTo(player: Player, words: string): Promise<string> {
  const letters = await story.until(
    async () => {
      await story.app.tick.tickOnce(story.clock.now());
      return lettersTo(player).filter((text) => text.includes(words));
    },
    (found) => found.length > 0,
    `${player} is told: ${words}`,
  );
  return letters[0]!;
}

async function decideReview(who: Player, exception: string, review: string): Promise<Answer> {
  const answer = { verdict: "retain", sentence: "It was needed and used as meant." } as const;
  const assertion = await story.as[who].sign("exceptions.retain", exception, hashOf({ review, ...answer, content: null }));
  return story.as[who].ask("POST", `/api/v1/exceptions/${exception}/reviews/${review}/decide`, { ...answer, assertion });
}

test(
  "an emergency opens what stands ready, by whoever is on point, for a short time, and once until it was looked at",
  async () => {
    const key = "person-mei.tanaka";
    await linkAccount(story, "audrey", { connection, key });
    const glass = await breakGlass(story, { connection, policy: "vpn", subject: { kind: "user", key, name: "mei.tanaka" } });
    const ask = async (by: Gateway, said: object) =>
      by.ask("/access/v1/requests", by.submission(await by.evaluate({ subject: key }), { subject: { type: "user", id: key }, ...said }));
    const emergency = { context: { business_justification: "The control room is dark." }, requested_access: { emergency: true } };
    const evaluate = () => gateway.evaluate({ subject: key });

    expect((await ask(gateway, { requested_access: { emergency: true } })).status).toBe(400);
    const filed = await ask(gateway, emergency);
    expect(taskOf(filed)).toMatchObject({ status: "pending", progress: { step_name: "waiting_on_call" } });
    // Whoever may begin it is told at once, as no rota says who is on point; so is whom it is about, who may say that it was not them.
    for (const who of ["ivo", "nils"] as const) expect(await letterTo(who, "passed on an emergency"), who).toContain("gateway");
    expect(await letterTo("audrey", "turned away somebody who gave your name")).toMatch(/vpn gateway turned away[^\n]*\s+vpn\s/);
    expect(lettersTo("hedi")).toEqual([]);
    expect(mail.taken.map(({ raw }) => raw).join("\n")).not.toContain("The control room is dark.");
    const begin = (who: Player, hours: number) => {
      const until = addDuration(story.clock.now(), duration(`PT${hours}H`));
      return beginFor(story.as[who], taskOf(filed).id, glass, { until, reason: "The control room is dark." });
    };
    // Whom it lets through, the help desk and the requester are told of none; who implements it, and too long, is refused.
    expect(succeeded(await story.as.audrey.ask("GET", "/api/v1/emergencies")).body["items"]).toEqual([]);
    for (const who of ["audrey", "hedi", "rolf"] as const) expect((await begin(who, 2)).status, who).toBe(404);
    expect(codeOf(await begin("ines", 2))).toBe("exceptions.implementerMayNotApprove");
    expect(codeOf(await begin("ivo", 5))).toBe("exceptions.useTooLong");
    expect((await evaluate()).body["decision"]).toBe(false);

    const [shown] = succeeded(await story.as.ivo.ask("GET", "/api/v1/emergencies")).body["items"] as { id: string; standing: object }[];
    expect(shown).toMatchObject({ id: taskOf(filed).id, standing: { exception: glass.id, version: glass.contentHash, perUse: "PT4H" } });
    succeeded(await begin("ivo", 2));
    expect((await evaluate()).body["decision"]).toBe(true);
    // The alarm is really sent, to governance and to the owner.
    expect(await letterTo("gerda", "was used: an emergency access is open")).toContain(glass.ref);
    const approved = await poll(filed);
    expect(taskOf(approved).status).toBe("approved");
    const end = addDuration(story.clock.now(), duration("PT2H"));
    expect((approved.body["result"] as { approval: object }).approval).toMatchObject({ approved_until: end });
    const { reviews } = succeeded(await story.as.ivo.ask("GET", `/api/v1/exceptions/${glass.id}`)).body as {
      reviews: { id: string; kind: string }[];
    };
    const review = reviews.find(({ kind }) => kind === "post_use")!;

    const early = await decideReview("gerda", glass.id, review.id);
    expect(codeOf(early)).toBe("exceptions.useRuns");
    await story.moveTo(end);
    expect(await letterTo("nils", "was used: an emergency access is open")).toContain(glass.ref);
    expect((await evaluate()).body["decision"]).toBe(false);
    expect(taskOf(await poll(filed)).status).toBe("expired");
    const next = await ask(served.as("another"), emergency);
    expect([next.status, typeOf(next), next.body["title"]]).toEqual([409, "duplicate_request", "requests.useUnderReview"]);
    expect(codeOf(await decideReview("ivo", glass.id, review.id))).toBe("exceptions.beginnerMayNotReview");
    succeeded(await decideReview("gerda", glass.id, review.id));
    expect((await ask(gateway, emergency)).status).toBe(202);
  },
  LONG_MS,
);

test(
  "an emergency that nobody foresaw is over within hours, and there is no next one until somebody who had no part in it has looked back on it",
  async () => {
    for (const browser of [story.admin, ...Object.values(story.as)]) succeeded(await browser.signIn());
    const said = { context: { business_justification: "The pump house is flooded." }, requested_access: { emergency: true } };
    const ask = async () => gateway.ask("/access/v1/requests", gateway.submission(await gateway.evaluate(), said));
    const filed = await ask();
    expect(taskOf(filed)).toMatchObject({ status: "pending", progress: { step_name: "waiting_for_the_person" } });
    expect(await letterTo("rolf", "turned away somebody who gave your name")).toContain("vpn gateway turned away");

    const { id } = taskOf(filed);
    const taken = { category: "remote_access", unit: "plant" };
    const { exception } = succeeded(await story.as.rolf.ask("POST", `/api/v1/access-requests/${id}/take-up`, taken)).body as {
      exception: string;
    };
    const submitted = await putForward(story, exception, { connection, policy: "vpn", subject, until: story.clock.now() });
    expect(succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${exception}`)).body).toMatchObject({ state: "in_approval" });
    const contentHash = submitted.approval!.contentHash;
    await approveBy(story, submitted, [story.as.ivo, story.as.nils]);
    expect((await gateway.evaluate()).body["decision"]).toBe(true);
    const lookBack = (who: Player, sentence = "The pumps had to be stopped at once.") =>
      lookBackOn(story.as[who], id, { id: exception, contentHash }, sentence);
    expect(codeOf(await lookBack("gerda"))).toBe("requests.notToLookBackOn");

    await story.moveTo(addDuration(story.clock.now(), duration("PT4H")));
    expect((await gateway.evaluate()).body["decision"]).toBe(false);
    // Whoever owns it finds it on Today.
    expect(await findingsOf("ada")).toMatchObject([{ kind: "emergencyNotReviewed", subject: { kind: "exception", id: exception } }]);
    const next = await ask();
    expect([next.status, typeOf(next), next.body["title"]]).toEqual([409, "duplicate_request", "requests.useUnderReview"]);

    const refused = {
      rolf: "exceptions.requesterMayNotApprove",
      ivo: "exceptions.alreadyVoted",
      ines: "exceptions.implementerMayNotApprove",
      hedi: "exceptions.helpDeskMayNotApprove",
      audrey: "exceptions.reviewerNotAllowed",
    } as const;
    for (const [who, code] of Object.entries(refused)) expect(codeOf(await lookBack(who as Player)), who).toBe(code);
    expect(codeOf(await lookBack("gerda", "Fine."))).toBe("exceptions.sentenceNeeded");
    succeeded(await lookBack("gerda"));
    expect(codeOf(await lookBack("gerda"))).toBe("requests.notToLookBackOn");
    const { items } = succeeded(await story.as.audrey.ask("GET", `/api/v1/access-requests?exception=${exception}`)).body as {
      items: object[];
    };
    expect(items).toMatchObject([
      { toLookBackOn: null, lookedBack: { byName: "gerda", sentence: "The pumps had to be stopped at once." } },
    ]);
    await story.moveTo(addDuration(story.clock.now(), duration("PT2M")));
    expect(await findingsOf("ada")).toEqual([]);
    expect((await ask()).status).toBe(202);
  },
  LONG_MS,
);

async function findingsOf(player: Player): Promise<object[]> {
  const { body } = succeeded(await story.as.gerda.ask("GET", `/api/v1/findings?owner=${story.idOf[player]}&state=open`));
  return (body["items"] as { kind: string }[]).filter(({ kind }) => kind === "emergencyNotReviewed");
}

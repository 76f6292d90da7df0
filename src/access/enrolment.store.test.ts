import { beforeAll, expect, test } from "vitest";

import { dumpOf, type OpenAccess, openAccess, STARTED } from "../../test/support/access.ts";
import { type Answer, type Browser, codeOf, questionOf, succeeded } from "../../test/support/browser.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { refusedWith } from "../../test/support/refused-with.ts";
import { addDuration, duration } from "../kernel/time.ts";
import { hashSecret } from "./secret.ts";
import { type Database, executeSql } from "../platform/db.ts";

const secretOf = (link: string) => link.slice(link.indexOf("#") + 1);
const linkOf = (answer: Answer) => answer.body["link"] as string;

const finish = async (browser: Browser, link: string, begun: Answer) => {
  const { challengeId, options } = questionOf(begun);
  const response = browser.authenticator.create(options);
  return browser.ask("POST", "/api/v1/enrolments/finish", { secret: secretOf(link), challengeId, response });
};

const begin = (browser: Browser, link: string, name?: string) =>
  browser.ask("POST", "/api/v1/enrolments/begin", { secret: secretOf(link), ...(name !== undefined && { name }) });

describeOnBothDatabases("the first run", (open) => {
  let database: Database;
  let at: OpenAccess;
  beforeAll(async () => {
    database = await open();
    at = openAccess(database);
  });
  const firstLink = async () => (await at.access.enrolment.createFirstRunLink(at.clock.now()))!.link;

  test("its link carries 256 bits behind the fragment, and asks for a name", async () => {
    const link = await firstLink();
    expect(link).toMatch(/^http:\/\/localhost:8080\/enrol#[A-Za-z0-9_-]{43}$/);
    expect(codeOf(await begin(at.browser(), link))).toBe("access.nameNeeded");
  });

  test("a new link ends the one before it, and a link ends after an hour", async () => {
    const old = await firstLink();
    const link = await firstLink();
    expect(codeOf(await begin(at.browser(), old, "Ann"))).toBe("access.linkInvalid");
    at.clock.set(addDuration(STARTED, duration("PT1H")));
    expect(codeOf(await begin(at.browser(), link, "Ann"))).toBe("access.linkInvalid");
    at.clock.set(STARTED);
    expect((await begin(at.browser(), link, "Ann")).status).toBe(200);
  });

  test("three that race through two open links make one administrator", async () => {
    const [first, second] = [await firstLink(), await firstLink()];
    // Two replicas that start together each print a link before they see the other's: both are open.
    const reopen = `update invitation set status = 'open', secret_hash = $1, state = state || '{"state": "open"}'
      where id = (select max(id) from invitation where status = 'revoked')`;
    await executeSql(database.db, reopen, [hashSecret(secretOf(first))]);
    const racers = [first, second, second].map((link, i) => ({ link, browser: at.browser(), name: `Racer ${i}` }));
    const begun: Answer[] = [];
    for (const { browser, link, name } of racers) begun.push(await begin(browser, link, name));
    const outcomes = await Promise.all(racers.map(({ browser, link }, i) => finish(browser, link, begun[i]!)));
    expect(outcomes.map(({ status }) => String(status)).sort()).toEqual(["201", "404", "404"]);
    const { rows } = await executeSql(database.db, "select state from person");
    expect(rows).toHaveLength(1);
    const winner = racers[outcomes.findIndex(({ status }) => status === 201)]!;
    expect((await winner.browser.signIn()).body).toMatchObject({ person: { name: winner.name }, roles: ["administrator"] });
  });

  test("the database itself takes one accepted first run, whatever raced past the check before it", async () => {
    const again = `insert into invitation (id, version, state, purpose, status, person)
      select 'inv_again', version, state, purpose, status, person from invitation where status = 'accepted'`;
    await expect(executeSql(database.db, again)).rejects.toMatchObject({ constraint: "invitation_first_run_once" });
  });

  test("a link printed before is worth nothing once somebody has enrolled by another way", async () => {
    const other = openAccess(await open());
    const { link } = (await other.access.enrolment.createFirstRunLink(STARTED))!;
    await other.signedIn("per_invited", ["iam"]);
    expect(codeOf(await begin(other.browser(), link, "Ann"))).toBe("access.linkInvalid");
  });

  test("once somebody has a passkey there is no first run any more", async () => {
    expect(await at.access.enrolment.createFirstRunLink(at.clock.now())).toBeUndefined();
  });
});

describeOnBothDatabases("invitations", (open) => {
  let database: Database;
  let at: OpenAccess;
  let admin: Browser;
  let counter = 0;
  beforeAll(async () => {
    database = await open();
    at = openAccess(database);
    admin = await at.signedIn("per_admin", ["administrator"]);
  });

  const newPerson = () => at.persons.add(`per_${++counter}`, ["iam"]);
  const invite = async (person: string, by = admin) =>
    by.ask("POST", "/api/v1/invitations", { person, assertion: await by.sign("access.invite", person) });

  test("201: an administrator signs for an invitation, and the invited person signs in with what they enrolled", async () => {
    const person = await newPerson();
    const made = await invite(person);
    expect(made).toMatchObject({ status: 201, body: { invitation: { person, state: "open" } } });
    const browser = at.browser();
    const me = await browser.enrol(linkOf(made));
    expect(me.body).toMatchObject({ person: { id: person }, roles: ["iam"], session: { kind: "browser" } });
    const { rows } = await executeSql(
      database.db,
      "select body from journal_entry where subject_kind = 'invitation' and type = 'invited' order by position desc limit 1",
    );
    const entry = JSON.parse((rows[0] as { body: string }).body) as { actor: unknown; data: { assertion: string } };
    expect(entry.actor).toEqual({ kind: "person", id: "per_admin" });
    expect(await at.access.assertions.find(entry.data.assertion)).toMatchObject({ preimage: { action: "access.invite", subject: person } });
  });

  test("404: an enrolment opens no session, and its link opens nothing a second time", async () => {
    const link = linkOf(await invite(await newPerson()));
    const secret = link.slice(link.indexOf("#") + 1);
    const browser = at.browser();
    const begun = [];
    for (const _ of [1, 2]) begun.push(questionOf(await browser.ask("POST", "/api/v1/enrolments/begin", { secret })));
    const answers = begun.map(({ challengeId, options }) => ({ secret, challengeId, response: browser.authenticator.create(options) }));
    expect((await browser.ask("POST", "/api/v1/enrolments/finish", answers[0])).status).toBe(201);
    expect(browser.cookie()).toBe("");
    expect(codeOf(await browser.ask("POST", "/api/v1/enrolments/finish", answers[1]))).toBe("access.linkInvalid");
    expect(codeOf(await browser.ask("POST", "/api/v1/enrolments/begin", { secret }))).toBe("access.linkInvalid");
  });

  test("404: an invitation ends after 72 hours, when it is withdrawn, and when its person leaves", async () => {
    const late = linkOf(await invite(await newPerson()));
    at.clock.set(addDuration(STARTED, duration("PT72H")));
    await expect(at.browser().enrol(late)).rejects.toThrow("access.linkInvalid");
    at.clock.set(STARTED);
    const withdrawn = await invite(await newPerson());
    const { id } = withdrawn.body["invitation"] as { id: string };
    expect((await admin.ask("DELETE", `/api/v1/invitations/${id}`)).status).toBe(200);
    await expect(at.browser().enrol(linkOf(withdrawn))).rejects.toThrow("access.linkInvalid");
    expect(codeOf(await admin.ask("DELETE", `/api/v1/invitations/${id}`))).toBe("access.invitationNotFound");
    const leaver = await newPerson();
    const link = linkOf(await invite(leaver));
    await at.persons.leave(leaver);
    await expect(at.browser().enrol(link)).rejects.toThrow("access.linkInvalid");
  });

  test("404: what was asked for one link is not answered with another: nobody enrols under a colleague's name", async () => {
    const [victim, attacker] = [linkOf(await invite(await newPerson())), linkOf(await invite(await newPerson()))];
    const browser = at.browser();
    const asked = await begin(browser, victim);
    expect(codeOf(await finish(browser, attacker, asked))).toBe("access.linkInvalid");
  });

  test("404: a person who leaves between the question and the answer is not enrolled", async () => {
    const leaver = await newPerson();
    const link = linkOf(await invite(leaver));
    const browser = at.browser();
    const asked = await begin(browser, link);
    await at.persons.leave(leaver);
    expect(codeOf(await finish(browser, link, asked))).toBe("access.linkInvalid");
  });

  test("a second invitation ends the first", async () => {
    const person = await newPerson();
    const first = linkOf(await invite(person));
    const second = linkOf(await invite(person));
    await expect(at.browser().enrol(first)).rejects.toThrow("access.linkInvalid");
    await expect(at.browser().enrol(second)).resolves.toMatchObject({ status: 200 });
  });

  test("409: nobody is invited beside a working passkey of theirs", async () => {
    const person = await newPerson();
    await at.browser().enrol(linkOf(await invite(person)));
    expect(codeOf(await invite(person))).toBe("access.hasPasskey");
    await expect(at.access.enrolment.invite(person, undefined, at.clock.now())).rejects.toEqual(refusedWith("access.hasPasskey"));
  });

  test("422: an invitation signed for one person does not invite another, nor does an unsigned one invite anybody", async () => {
    const [mine, other] = [await newPerson(), await newPerson()];
    const assertion = await admin.sign("access.invite", mine);
    expect(codeOf(await admin.ask("POST", "/api/v1/invitations", { person: other, assertion }))).toBe("access.assertionElsewhere");
    expect((await admin.ask("POST", "/api/v1/invitations", { person: other })).status).toBe(400);
  });

  test("422: a registration is refused where the person was not verified, the site is another, or the key was not kept", async () => {
    const link = linkOf(await invite(await newPerson()));
    const secret = link.slice(link.indexOf("#") + 1);
    const browser = at.browser();
    const cases = [
      [{ userVerified: false }, "access.registrationInvalid"],
      [{ origin: "http://localhost:9090" }, "access.registrationInvalid"],
      [{ rpId: "evil.example" }, "access.registrationInvalid"],
      [{ challenge: "AAAA" }, "access.registrationInvalid"],
      [{ crossOrigin: true }, "access.registrationInvalid"],
      [{ discoverable: false }, "access.notDiscoverable"],
    ] as const;
    for (const [tweaks, code] of cases) {
      const { challengeId, options } = questionOf(await browser.ask("POST", "/api/v1/enrolments/begin", { secret }));
      const response = browser.authenticator.create(options, tweaks);
      const answer = await browser.ask("POST", "/api/v1/enrolments/finish", { secret, challengeId, response });
      expect([tweaks, codeOf(answer)]).toEqual([tweaks, code]);
    }
  });

  test("no secret is at rest: not in any table, not in the log, not in an answer kept for repeated requests", async () => {
    const person = await newPerson();
    const assertion = await admin.sign("access.invite", person);
    const link = linkOf(await admin.ask("POST", "/api/v1/invitations", { person, assertion }, { "Idempotency-Key": "once" }));
    const secret = link.slice(link.indexOf("#") + 1);
    const browser = at.browser();
    await browser.enrol(link);
    const cookieToken = browser.cookie().split("=")[1]!;
    const dump = await dumpOf(database);
    expect(dump).toContain(person);
    for (const text of [secret, cookieToken]) {
      expect(text).toHaveLength(43);
      expect(dump).not.toContain(text);
      expect(at.logged.join("")).not.toContain(text);
    }
  });

  test("the list shows where each stands, page by page, and never a link", async () => {
    const person = await newPerson();
    await invite(person);
    const pages: Answer[] = [];
    for (let cursor = ""; ; cursor = `&cursor=${String(pages.at(-1)!.body["next"])}`) {
      pages.push(succeeded(await admin.ask("GET", `/api/v1/invitations?limit=3${cursor}`)));
      if (pages.at(-1)!.body["next"] === undefined) break;
    }
    const items = pages.flatMap(({ body }) => body["items"] as { id: string; person: string; state: string }[]);
    const { rows } = await executeSql(database.db, "select count(*) as n from invitation");
    expect(rows).toEqual([{ n: items.length }]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(items.find((item) => item.person === person)?.state).toBe("open");
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(["open", "accepted", "revoked"]));
    expect(JSON.stringify(pages)).not.toContain("enrol#");
  });
});

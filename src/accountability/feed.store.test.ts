/** A calendar behind a real https server: read, kept with its age, never believed when it fails. */
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createAuthority, opensslMissing } from "../../test/support/certificates.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { addDuration, duration, instant, type Instant, type Zone } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { readCalendarText } from "../platform/calendar-text.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { readHttpsText } from "../platform/https-text.ts";
import { randomIds } from "../platform/ids.ts";
import { createSeal } from "../platform/seal.ts";
import { type AccountabilityService, createAccountabilityService } from "./service.ts";
import { accountabilityReplays } from "./store.ts";

const missing = opensslMissing();
if (missing !== undefined) process.stderr.write(`skipped: calendars over https: ${missing}\n`);

const NOW = instant("2026-03-02T09:00:00Z");
const ADA = "per_ada" as PersonId;
const ON_CALL = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "BEGIN:VEVENT",
  "UID:1",
  "DTSTART;TZID=Europe/Zurich:20260302T090000",
  "DTEND;TZID=Europe/Zurich:20260303T090000",
  "RRULE:FREQ=DAILY",
  "ATTENDEE:mailto:ada@example.org",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");

describe.skipIf(missing !== undefined)("the calendar of a rota", () => {
  let authority: ReturnType<typeof createAuthority>;
  let server: Server;
  let answers: RequestListener;
  let asked = 0;
  let address: string;

  beforeAll(async () => {
    authority = createAuthority();
    const { certificatePem: cert, keyPem: key } = authority.issue({
      commonName: "localhost",
      untilDays: 10,
      names: "DNS:localhost,IP:127.0.0.1",
    });
    server = createServer({ cert, key }, (request, response) => {
      asked += 1;
      answers(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `https://localhost:${(server.address() as AddressInfo).port}/secret-way.ics`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    authority.close();
  });

  describeOnBothDatabases("is read", (open) => {
    let database: Database;
    let service: AccountabilityService;
    let rota: string;
    const wanted: string[] = [];
    const order = { by: { id: ADA, roles: ["iam"] }, now: NOW };
    const seen = async (now: Instant) => (await service.loadRota(rota, now)).onPoint;
    const failureAt = async (now: Instant) => (await service.loadRota(rota, now)).feed?.failed?.words;

    function create(key: number, isGuarded = false): AccountabilityService {
      const person = { id: ADA, displayName: "Ada", active: true, roles: [] };
      const settings = { maxBytes: 100_000, timeoutMs: 1000, trustPem: authority.caPem, allowsLoopback: !isGuarded };
      return createAccountabilityService({
        db: database.db,
        ids: randomIds(manualClock(NOW)),
        hash: (text) => `sha256:${text.length}`,
        sealer: createSeal([new Uint8Array(32).fill(key)]),
        requestFeed: (_, id) => Promise.resolve(void wanted.push(id)),
        readCalendar: async (from, window) => {
          const read = await readHttpsText(from, settings);
          return read.kind === "failed" ? read : readCalendarText({ ...window, text: read.text });
        },
        model: () => Promise.resolve({ operations: [], components: [] }),
        world: {
          zone: () => Promise.resolve("Europe/Zurich" as Zone),
          persons: (ids) => Promise.resolve(ids.includes(ADA) ? [person] : []),
          teams: () => Promise.resolve([]),
          actsFor: () => Promise.resolve([]),
          personsOfMails: (mails) =>
            Promise.resolve(new Map(mails.filter((mail) => mail === "ada@example.org").map((mail) => [mail, ADA]))),
          nameOf: () => Promise.resolve("Payroll"),
          nameOfDeviceClass: () => Promise.resolve(undefined),
          operation: () => Promise.resolve(undefined),
        },
      });
    }

    beforeAll(async () => {
      database = await open();
      service = create(1);
      const row = await service.addRota("it", { name: "IT", owner: null, status: "active", source: { kind: "feed", address } }, order);
      rota = row.rota.id;
    });

    test("asked for when its address is given, and not known before", async () => {
      expect(wanted).toEqual([rota]);
      expect(await service.feedsDue(NOW)).toEqual([rota]);
      expect(await seen(NOW)).toMatchObject({ by: "unknown", why: "Its calendar was not read yet." });
    });

    test("into shifts of persons, and again after half an hour", async () => {
      answers = (_, response) => response.end(ON_CALL);
      await service.readFeed(rota, NOW);
      expect(await seen(NOW)).toMatchObject({
        by: "feed",
        persons: [ADA],
        from: "2026-03-02T08:00:00.000Z",
        until: "2026-03-03T08:00:00.000Z",
      });
      expect(await service.feedsDue(addDuration(NOW, duration("PT29M")))).toEqual([]);
      expect(await service.feedsDue(addDuration(NOW, duration("PT30M")))).toEqual([rota]);
    });

    test.each<[string, RequestListener, string | RegExp]>([
      ["an error", (_, response) => response.writeHead(503).end(ON_CALL), "It answered 503."],
      [
        "another address",
        (_, response) => response.writeHead(302, { location: "https://localhost:1/" }).end(),
        "It answered with another address; that is not followed.",
      ],
      ["no calendar", (_, response) => response.end("<html>Sign in</html>"), "It is no calendar."],
      ["half a calendar", (_, response) => response.end(ON_CALL.slice(0, -30)), /^It is no calendar/],
      ["too much", (_, response) => response.end("x".repeat(100_001)), "It is larger than 98 kB."],
      ["no text", (_, response) => response.end(Buffer.from([0xff, 0xfe, 0xfd])), "It is no text."],
      ["nothing", () => undefined, "It did not answer within 1 seconds."],
      ["a broken line", (_, response) => response.socket?.destroy(), "It could not be reached."],
    ])(
      "where it answers %s, the last good reading counts until it is a day old, with what went wrong beside it",
      async (_, answer, words) => {
        answers = answer;
        const soon = addDuration(NOW, duration("PT2H"));
        await service.readFeed(rota, soon);
        expect(await failureAt(soon)).toMatch(words);
        expect(await seen(soon)).toMatchObject({ by: "feed", persons: [ADA] });
        expect(await seen(addDuration(NOW, duration("P1D")))).toMatchObject({ by: "unknown" });
      },
    );

    test("by nobody on this machine, nor over anything but a certificate that is trusted", async () => {
      const before = asked;
      await create(1, true).readFeed(rota, NOW);
      expect([await failureAt(NOW), asked]).toEqual(["It could not be reached.", before]);
      const untrusted = await readHttpsText(address, { maxBytes: 1000, timeoutMs: 1000, allowsLoopback: true });
      expect(untrusted).toEqual({ kind: "failed", words: "Its certificate is not trusted." });
      expect(asked).toBe(before);
    });

    test("no more when the key that sealed its address is gone; and the address stands nowhere else", async () => {
      await create(2).readFeed(rota, NOW);
      expect(await failureAt(NOW)).toMatch(/^Its address cannot be opened/);
      const { rows } = await executeSql(
        database.db,
        "select body from journal_entry union all select state::text from rota union all select sealed from rota_feed",
        [],
      );
      expect(JSON.stringify(rows)).not.toContain("secret-way");
      expect((await replayAll(database, accountabilityReplays)).faults).toEqual([]);
    });

    test("anew when another address is given: what was read of the one before says nothing of it", async () => {
      answers = (_, response) => response.end(ON_CALL);
      await service.readFeed(rota, NOW);
      const draft = { name: "IT", owner: null, status: "active", source: { kind: "feed", address: `${address}?2` } } as const;
      await service.changeRota(rota, draft, order);
      expect(await seen(NOW)).toMatchObject({ by: "unknown", why: "Its calendar was not read yet." });
    });
  });
});

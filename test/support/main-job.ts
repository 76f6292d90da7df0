/** The main job, told once and played on every real directory: see test/live/main-job.*.test.ts. */
import { expect, test } from "vitest";

import { addDuration, duration, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { succeeded } from "./browser.ts";
import { openWholeApp, requestBody, type Shown, show, submitRequest, vote, type WholeApp } from "./whole-app.ts";

/** A directory as the story needs it: prepared, asked without Postern, taken down and brought back. */
export interface StoryDirectory {
  /** What POST /api/v1/connections takes. */
  readonly connection: {
    readonly key: string;
    readonly name: string;
    readonly kind: string;
    readonly config: unknown;
    readonly secret: string;
  };
  /** `form subject` of every planted bypass, sorted. */
  readonly planted: readonly string[];
  /** Key of the group policy the story weakens. */
  readonly policy: string;
  /** Name of a person every policy holds to strong sign-in. */
  readonly person: string;
  /** Whether the directory itself, asked without Postern, lets the person through the policy. */
  letsThrough(): Promise<boolean>;
  /** An administrator lets somebody else through by hand; `isThere` asks the directory without Postern whether that still holds. */
  bypassByHand(): Promise<{ readonly name: string; readonly isThere: () => Promise<boolean> }>;
  /** Copies the groups Postern made; `putBack` makes them again as an administrator, as a restore or a sync would. */
  copyGrants(): Promise<{ putBack(): Promise<void> }>;
  /** The administrator, as the directory's log names them. */
  readonly administrator: string;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export interface MainJob {
  readonly story: WholeApp;
  readonly directory: StoryDirectory;
  readonly connection: string;
  readonly start: Instant;
}

export async function openMainJob(directory: StoryDirectory): Promise<MainJob> {
  // Directories stamp entries with the machine's time: the story begins there and moves on by itself.
  const start = instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000);
  const story = await openWholeApp({ start });
  const made = succeeded(await story.admin.ask("POST", "/api/v1/connections", directory.connection));
  return { story, directory, connection: made.body["id"] as string, start };
}

const later = (at: Instant, length: string): Instant => addDuration(at, duration(length));

/** Declares the story's tests, in their order; each goes on where the one before left off. */
export function tellMainJob(job: () => MainJob): void {
  let first: Shown;
  let second: Shown;
  let copied: { putBack(): Promise<void> };

  const subjectOf = async (name: string) => {
    const { story, connection, directory } = job();
    const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=${directory.policy}`);
    return succeeded(found).body["subject"] as Shown["bindings"][number] & { kind: string; key: string; name: string };
  };
  const ask = async (until: Instant) => {
    const { story, connection, directory } = job();
    return submitRequest(story, { connection, policy: directory.policy, subject: await subjectOf(directory.person), until });
  };
  const approve = async (shown: Shown) => {
    const { story } = job();
    succeeded(await vote(story.as.ivo, shown));
    succeeded(await vote(story.as.nils, shown));
    await story.moveTo(story.clock.now());
    return story.until(
      () => show(story.as.rolf, shown.id),
      ({ state }) => state === "active",
      "active",
    );
  };

  test("discover finds exactly the planted bypasses, each in its form", async () => {
    const { story, connection, directory } = job();
    succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
    const { items } = (await story.admin.ask("GET", "/api/v1/bypasses?status=unregistered&limit=200")).body as {
      items: { form: string; subject: { name: string } }[];
    };
    expect(items.map(({ form, subject }) => `${form} ${subject.name}`).sort()).toEqual(directory.planted);
  });

  test("an exception is refused to the requester and to the help desk, approved by the two right people, applied and read back", async () => {
    const { story, directory, start } = job();
    expect(await directory.letsThrough()).toBe(false);
    const shown = await ask(later(start, "P20D"));
    const codes = async (who: "rolf" | "hedi") => {
      const { body, status } = await vote(story.as[who], shown);
      expect(status).toBe(422);
      return (body["reasons"] as { code: string }[]).map(({ code }) => code);
    };
    expect(await codes("rolf")).toContain("exceptions.requesterMayNotApprove");
    expect(await codes("hedi")).toContain("exceptions.helpDeskMayNotApprove");
    first = await approve(shown);
    expect(first).toMatchObject({ inForce: true, observed: "present" });
    expect(await directory.letsThrough()).toBe(true);
  });

  test("a second exception for the same person overlaps the first", async () => {
    second = await approve(await askAgain());
    expect(second).toMatchObject({ inForce: true, observed: "present" });
  });

  async function askAgain(): Promise<Shown> {
    const { story, connection, directory, start } = job();
    const asked = { connection, policy: directory.policy, subject: await subjectOf(directory.person), until: later(start, "P28D") };
    const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", requestBody(story, asked))).body as unknown as Shown;
    const blind = await story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, {});
    expect((blind.body["reasons"] as { code: string }[]).map(({ code }) => code)).toContain("exceptions.twinsNotSeen");
    return succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${opened.id}/submit`, { seenTwins: [first.id] }))
      .body as unknown as Shown;
  }

  test("with the directory down at its end the decision says no at once, and the overstay is counted", async () => {
    const { story, directory, start } = job();
    const end = later(start, "P20D");
    await directory.down();
    story.clock.set(end);
    succeeded(await story.as.rolf.signIn());
    expect(await show(story.as.rolf, first.id)).toMatchObject({ inForce: false });
    await story.moveTo(end);
    await story.until(
      () => show(story.as.rolf, first.id),
      ({ state }) => state === "revoke_failed",
      "revoke_failed",
    );
    story.clock.set(later(end, "PT45M"));
    succeeded(await story.as.rolf.signIn());
    expect((await show(story.as.rolf, first.id)).overstayMinutes).toBe(45);
  });

  test("it is taken away when the directory is back, and closed only then, naming the exception that still lets the person through", async () => {
    const { story, directory, start } = job();
    await directory.up();
    await story.moveTo(later(start, "P20DT2H"));
    const closed = await story.until(
      () => show(story.as.rolf, first.id),
      ({ state }) => state === "closed",
      "closed",
    );
    expect(closed).toMatchObject({ observed: "absent", overstayMinutes: 120 });
    expect(closed.bindings.flatMap(({ otherWays }) => otherWays.map(({ grantRef }) => grantRef))).toContain(second.ref);
    copied = await directory.copyGrants();
    expect(await show(story.as.rolf, second.id)).toMatchObject({ state: "active", inForce: true });
    expect(await directory.letsThrough()).toBe(true);
  });

  test("the end of the last one really closes the gate", async () => {
    const { story, directory, start } = job();
    await story.moveTo(later(start, "P28D"));
    await story.until(
      () => show(story.as.rolf, second.id),
      ({ state }) => state === "closed",
      "closed",
    );
    expect(await directory.letsThrough()).toBe(false);
  });

  test("what is put back after it was closed opens it again, naming who did it, and is taken away again", async () => {
    const { story, directory, connection } = job();
    await copied.putBack();
    expect(await directory.letsThrough()).toBe(true);
    const reopened = await story.until(
      async () => {
        succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
        return toldOf(second);
      },
      (told) => told.some((sentence) => sentence.startsWith("It is there again")),
      "reopened",
    );
    expect(reopened.find((sentence) => sentence.startsWith("It is there again"))).toContain(`put back by ${directory.administrator}`);
    await story.until(
      () => show(story.as.rolf, second.id),
      ({ state }) => state === "closed",
      "closed again",
    );
    expect(await directory.letsThrough()).toBe(false);
  });

  const toldOf = async ({ id }: Shown) => {
    const { body } = await job().story.as.rolf.ask("GET", `/api/v1/exceptions/${id}`);
    return (body["timeline"] as { words: string }[]).map(({ words }) => words);
  };

  test("a member added by hand is found as unregistered, with who did it, escalated when nobody answers for it in 72 hours, and really removed", async () => {
    const { story, directory, connection, start } = job();
    const { name, isThere } = await directory.bypassByHand();
    const scan = async () => succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
    const found = async (status: string) => {
      const { body } = await story.admin.ask("GET", `/api/v1/bypasses?status=${status}&limit=200`);
      return (body["items"] as { id: string; subject: { name: string }; addedBy: string | null }[]).filter(
        ({ subject }) => subject.name === name,
      );
    };
    // The directory's log may lag behind what it holds.
    const named = await story.until(
      async () => (await scan(), found("unregistered")),
      ([bypass]) => bypass?.addedBy !== null,
      "who did it",
    );
    expect(named.map(({ addedBy }) => addedBy)).toEqual([directory.administrator]);
    const drift = (await story.as.audrey.ask("GET", `/api/v1/connections/${connection}/drift?limit=200`)).body["items"];
    expect(drift).toContainEqual(
      expect.objectContaining({ action: "added", by: directory.administrator, subject: expect.objectContaining({ name }) }),
    );
    await story.moveTo(later(start, "P32D"));
    const [escalated] = await found("escalated");
    expect(await isThere()).toBe(true);
    succeeded(await story.as.ivo.ask("POST", `/api/v1/bypasses/${escalated!.id}/remove`, { reason: "nobody answers for it" }));
    expect(await isThere()).toBe(false);
  });
}

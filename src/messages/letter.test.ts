import { assert, constantFrom, oneof, property, record, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { instant, type Zone } from "../kernel/time.ts";
import { escapeHtml, inertLine } from "./inert.ts";
import { letterOf, postOf } from "./letter.ts";
import { MATTER_KINDS } from "./matter.ts";
import { type Line, type Notification, TEMPLATES } from "./notification.ts";
import { TEXTS } from "./texts.ts";

const SENDER = { origin: "https://postern.example", zone: "Europe/Zurich" as Zone };
const lineOf = (title: string, kind: Line["kind"] = "decide", ref = "EXC-2026-0001"): Line => ({
  kind,
  ref,
  title,
  until: instant("2026-11-27T09:00:00Z"),
  path: "/exceptions/exc_1/decide",
});
const notification = (lines: readonly Line[], template: Notification["template"] = "digest"): Notification => ({
  id: "ntf_1",
  recipient: "per_1",
  channel: "mail",
  template,
  dedupeKey: "digest 2026-03-02",
  lines,
  madeAt: instant("2026-03-02T09:00:00Z"),
  result: "waiting",
  answer: null,
  tries: 0,
  triedAt: null,
  sentAt: null,
  readAt: null,
});

describe("a letter", () => {
  test("says in each language what is asked, until when in the organisation's zone, and leads to exactly that", () => {
    const one = notification([lineOf("VPN for the control room")]);
    const english = letterOf(one, "en", SENDER);
    expect(english.subject).toBe("Postern: one thing for you");
    expect(english.text).toContain("EXC-2026-0001 is waiting for your decision, by 2026-11-27 10:00 (Europe/Zurich)");
    expect(english.text).toContain("https://postern.example/exceptions/exc_1/decide?m=ntf_1\n");
    expect(english.html).toContain('href="https://postern.example/exceptions/exc_1/decide?m=ntf_1"');
    const german = letterOf(one, "de", SENDER);
    expect(german.subject).toBe("Postern: eine Sache für Sie");
    expect(german.text).toContain("EXC-2026-0001 wartet auf Ihre Entscheidung, bis 27.11.2026, 10:00 Uhr (Europe/Zurich)");
    expect(german.html).toContain('<html lang="de">');
  });

  test("is the same letter however often it is written: id, date and all", () => {
    const one = notification([lineOf("x")]);
    expect(letterOf(one, "en", SENDER)).toEqual(letterOf(one, "en", SENDER));
    expect(letterOf(one, "en", SENDER)).toMatchObject({ messageId: "<ntf_1@postern.example>", date: one.madeAt });
  });

  test("names the first incidents in its subject, and says how many more there are", () => {
    const many = ["1", "2", "3", "4", "5"].map((n) => ({ ...lineOf("x", "revokeFailed"), ref: `EXC-${n}` }));
    expect(letterOf(notification(many, "incident"), "en", SENDER).subject).toBe("Postern: act now on EXC-1, EXC-2, EXC-3, +2");
  });

  test("says where to mute where muting helps, and where it does not", () => {
    const [digest, incident] = (["digest", "incident"] as const).map((template) =>
      letterOf(notification([lineOf("x")], template), "en", SENDER),
    );
    expect(digest!.headers["List-Unsubscribe"]).toBe("<https://postern.example/messages>");
    expect(incident!.headers["List-Unsubscribe"]).toBeUndefined();
    expect(incident!.text).toContain("also to those who muted");
  });

  test("keeps the address whole where it has a question mark already", () => {
    const draft = { ...lineOf("x", "returned"), path: "/request?draft=exc_1" };
    expect(letterOf(notification([draft]), "en", SENDER).text).toContain("/request?draft=exc_1&m=ntf_1");
  });
});

describe("whatever people call their requests", () => {
  const hostile = oneof(
    string({ unit: "binary", maxLength: 300 }),
    constantFrom(
      '<script>alert(1)</script><img src=x onerror="y">',
      "x\r\nBcc: eve@evil.example\r\n\r\n",
      "https://evil.example/login www.evil.example eve@evil.example",
      "\u202egnihtemos\u202c \u200b\u2028\u0000",
      "<!everyone> <https://evil.example|Open> @here *bold*",
    ),
  );
  const anything = record({
    title: hostile,
    // A connection or an application is called by its name.
    ref: hostile,
    template: constantFrom(...TEMPLATES),
    language: constantFrom("en" as const, "de" as const),
  });

  test("no header gets a second line, and no line of the text begins anew", () => {
    assert(
      property(anything, ({ title, ref, template, language }) => {
        const letter = letterOf(notification([lineOf(title, "issue", ref)], template), language, SENDER);
        expect(letter.subject).not.toMatch(/\p{Cc}/u);
        for (const value of [...Object.values(letter.headers), letter.messageId]) expect(value).not.toMatch(/\p{Cc}/u);
        const plain = letterOf(notification([lineOf(title === "" ? "" : "x")], template), language, SENDER);
        expect(letter.text.split("\n").length).toBe(plain.text.split("\n").length);
      }),
    );
  });

  test("no markup and no link but ours gets into it", () => {
    assert(
      property(anything, ({ title, ref, template, language }) => {
        const { html, text } = letterOf(notification([lineOf(title, "issue", ref)], template), language, SENDER);
        const tags = [...html.matchAll(/<\/?([a-z!]+)/gi)].map(([, tag]) => tag);
        expect(tags.every((tag) => ["!doctype", "html", "body", "p", "b", "br", "a", "small"].includes(tag!))).toBe(true);
        for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^https:\/\/postern\.example\//);
        for (const [link] of text.matchAll(/https?:\/\/\S+/g)) expect(link).toMatch(/^https:\/\/postern\.example\//);
        expect(text).not.toMatch(/evil\.example|\u202e/);
      }),
    );
  });

  test("a chat is told nothing that it would carry out", () => {
    assert(
      property(hostile, hostile, (title, ref) => {
        const { text } = postOf(notification([lineOf(title, "bypassesOpen", ref)], "incident"), SENDER);
        expect(text.split("\n")).toHaveLength(1);
        expect(text.replaceAll(/https:\/\/postern\.example\/\S+/g, "")).not.toMatch(/[<>@*`|]/);
      }),
    );
  });

  test("a line stays readable, and as long as a line", () => {
    expect(inertLine("VPN  for\tGrüße & Söhne ")).toBe("VPN for Grüße & Söhne");
    expect(inertLine("x".repeat(500))).toHaveLength(120);
    expect(escapeHtml(`<a href="x">'&'`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
  });
});

test("both languages have words for everything, and nothing is left in the other one", () => {
  for (const kind of MATTER_KINDS) {
    expect(TEXTS.en.sentence[kind]).not.toBe("");
    expect(TEXTS.de.sentence[kind]).not.toBe(TEXTS.en.sentence[kind]);
  }
  expect(Object.keys(TEXTS.de).toSorted()).toEqual(Object.keys(TEXTS.en).toSorted());
});

import canonicalize from "canonicalize";
import { assert, constantFrom, dictionary, jsonValue, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { after, content, EXC, scopeItem, sha256, story } from "../../test/support/exception-story.ts";
import { canonicalText } from "../kernel/canonical.ts";
import { allowsTheSame, completeContent, contentHash, draftOf, isSmaller } from "./content.ts";
import type { Content } from "./version.ts";

const version = story().active().dossier.versions[0]!;
const base = version.content;

describe("the content hash", () => {
  test("is the same for the same content whatever the order of its members, and for nothing else", () => {
    const shuffled = Object.fromEntries(Object.entries(base).toReversed()) as unknown as Content;
    expect(contentHash(EXC, 1, shuffled, sha256)).toBe(version.contentHash);
    for (const field of Object.keys(base) as (keyof Content)[]) {
      const other = { ...base, [field]: field === "scope" ? [] : "changed" } as unknown as Content;
      expect(contentHash(EXC, 1, other, sha256), field).not.toBe(version.contentHash);
    }
  });

  test("covers the exception and the number: the same words elsewhere need votes of their own", () => {
    expect(contentHash(EXC, 2, base, sha256)).not.toBe(version.contentHash);
    expect(contentHash("exc_2" as typeof EXC, 1, base, sha256)).not.toBe(version.contentHash);
  });

  test("is taken over canonical JSON as the journal's library writes it", () => {
    assert(
      property(jsonValue(), (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
    );
    assert(
      property(dictionary(string(), constantFrom(1, "a", null, true)), (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
    );
    expect(() => canonicalText({ a: Number.NaN })).toThrow(RangeError);
  });
});

describe("a draft", () => {
  test("becomes a version only when nothing is missing and everybody is counted", () => {
    expect(completeContent(content(), { "guid-1": 1 })).toEqual(base);
    expect(completeContent(content(), {})).toBeUndefined();
    for (const field of ["reasonClass", "weakenedControl", "requestedUntil", "exitPlan", "accountability"] as const) {
      expect(completeContent(content({ [field]: null }), { "guid-1": 1 }), field).toBeUndefined();
    }
  });

  test("made of a version is what it was made from", () => {
    expect(draftOf(base)).toEqual(content());
  });
});

describe("comparing two versions", () => {
  const having = (more: Partial<Content>): Content => ({ ...base, ...more });
  const two = having({ scope: [base.scope[0]!, { ...scopeItem("guid-2"), headcountAtApproval: 1 }] });

  test("the same reach is the same whatever the words and the order", () => {
    expect(allowsTheSame(having({ justification: "other", requestedUntil: after("P1D") }), base)).toBe(true);
    expect(allowsTheSame(having({ scope: two.scope.toReversed() }), two)).toBe(true);
    expect(allowsTheSame(two, base)).toBe(false);
    expect(allowsTheSame(having({ fallbackMethodAllowed: "sms" }), base)).toBe(false);
    expect(allowsTheSame(having({ scope: [{ ...base.scope[0]!, ceiling: 2 }] }), base)).toBe(false);
  });

  test("smaller is less of it, or sooner over, and nothing else", () => {
    expect(isSmaller(base, two)).toBe(true);
    expect(isSmaller(having({ requestedUntil: after("P10D") }), base)).toBe(true);
    expect(isSmaller(base, base)).toBe(false);
    expect(isSmaller(two, base)).toBe(false);
    expect(isSmaller({ ...base, requestedUntil: after("P61D") }, two)).toBe(false);
    expect(isSmaller(having({ fallbackMethodAllowed: "sms", requestedUntil: after("P10D") }), base)).toBe(false);
  });
});

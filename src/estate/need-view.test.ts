import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { Expression } from "./expression.ts";
import { needWords, readNeed } from "./need-view.ts";

const { need } = fc.letrec<{ need: Expression }>((tie) => {
  const parts = fc.array(tie("need"), { minLength: 2, maxLength: 4 });
  return {
    need: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("idp", "dns-1", "a9"),
      parts.map((all) => ({ all })),
      parts.map((any) => ({ any })),
      fc.tuple(parts, fc.nat()).map(([of, n]) => ({ atLeast: 1 + (n % of.length), of })),
    ),
  };
});

test("what is printed reads back as the same need", () => {
  fc.assert(
    fc.property(need, (each) => {
      expect(readNeed(needWords(each))).toEqual({ need: each });
    }),
  );
  expect(readNeed(needWords(null))).toEqual({ need: null });
});

test("and binds closer than or", () => {
  expect(readNeed("idp and dns or fax")).toEqual({ need: { any: [{ all: ["idp", "dns"] }, "fax"] } });
  expect(readNeed("idp AND (dns Or fax)")).toEqual({ need: { all: ["idp", { any: ["dns", "fax"] }] } });
});

test.each([
  ["idp and", "At the end the key of a component is missing."],
  ["and idp", 'the key of a component is expected where "and" stands.'],
  ["idp dns", 'the key of a component is expected where "dns" stands.'],
  ["2 of idp", 'an opening bracket is expected where "idp" stands.'],
  ["(idp", "At the end a closing bracket is missing."],
  ["idp & dns", 'the key of a component is expected where "&" stands.'],
  ["IDP", 'the key of a component is expected where "IDP" stands.'],
  ["(".repeat(50), "These are more brackets within brackets than anybody can check."],
])("%s is not read, and it is said why", (text, fault) => {
  expect(readNeed(text)).toEqual({ fault });
});

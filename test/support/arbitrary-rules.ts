/** Rule sets and questions at random, out of so few words that they meet. */
import * as fc from "fast-check";

import type { Question } from "../../src/decisions/question.ts";
import type { RawRules } from "./rules-reference.ts";

const METHODS = { levels: ["low", "mid", "top"], of: { pwd: "low", otp: "mid", key: "top" } };
const words = fc.constantFrom("a", "b", "ab", "ba", "", "admin", "__proto__", "constructor");
const ids = fc.constantFrom("a", "b", "u1", "__proto__", "toString");
const scalars = fc.oneof(words, fc.integer({ min: -2, max: 2 }), fc.boolean());
const methods = fc.constantFrom("low", "mid", "top", "pwd", "otp", "key", "unknown");
const addresses = fc.constantFrom("10.0.0.1", "10.200.0.9", "192.168.1.1", "2001:db8::1", "2001:db9::1", "none", "10.0.0.256");

const COMPARABLE = [
  "subject.properties.p",
  "subject.properties.deep.q",
  "resource.properties.p",
  "action.properties.p",
  "context.c",
  "user.email",
  "user.roles",
] as const;
const paths = fc.constantFrom(...COMPARABLE);
const textPaths = fc.constantFrom("subject.id", "subject.type", "resource.id", "resource.type", "action.name");
const someOf = <T>(arbitrary: fc.Arbitrary<T>, most = 3) => fc.uniqueArray(arbitrary, { minLength: 1, maxLength: most });
const from = fc.record({ from: fc.oneof(paths, textPaths) });
const orFrom = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: from });

const given = <T>(key: string, arbitrary: fc.Arbitrary<T>) => arbitrary.map((value) => ({ [key]: value }));
const nonEmpty = words.filter((word) => word !== "");

const exists = given("exists", fc.boolean());
const tests = fc.oneof(
  scalars,
  someOf(scalars),
  given("equals", orFrom(scalars)),
  given("one_of", orFrom(someOf(scalars))),
  given("has", orFrom(scalars)),
  given("has_any", orFrom(someOf(scalars))),
  given("begins_with", orFrom(nonEmpty)),
  given("ends_with", orFrom(nonEmpty)),
  ...["below", "at_most", "above", "at_least"].map((name) => given(name, orFrom(fc.integer({ min: -2, max: 2 })))),
  given("meets", orFrom(fc.constantFrom("low", "mid", "top", "pwd", "key"))),
  given("weaker_than", orFrom(fc.constantFrom("mid", "top", "otp", "key"))),
  given("within", someOf(fc.constantFrom("10.0.0.0/8", "10.0.0.1", "192.168.0.0/16", "2001:db8::/32", "2000::/3"))),
);
const textTests = fc.oneof(ids, someOf(ids), given("begins_with", nonEmpty), given("one_of", fc.record({ from: paths })));
const hours = fc.record({
  zone: fc.constantFrom("UTC", "Europe/Zurich", "Asia/Kathmandu"),
  days: someOf(fc.integer({ min: 1, max: 7 }), 7),
  from: fc.constantFrom("00:00", "08:30"),
  until: fc.constantFrom("12:00", "24:00"),
});

interface Wanted {
  /** Whether rules may ask whether something was said. */
  readonly exists: boolean;
}

function conditions({ exists: withExists }: Wanted) {
  const one = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(paths, withExists ? fc.oneof({ weight: 8, arbitrary: tests }, { weight: 1, arbitrary: exists }) : tests),
    },
    { weight: 2, arbitrary: fc.tuple(textPaths, textTests) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("now"), given("hours", hours)) },
    ...(withExists ? [{ weight: 1, arbitrary: fc.tuple(fc.constant("user"), exists) }] : []),
  );
  const level = (inner: fc.Arbitrary<object>) =>
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: one },
        { weight: 1, arbitrary: fc.tuple(fc.constantFrom("all", "any"), fc.array(inner, { minLength: 1, maxLength: 3 })) },
        { weight: 1, arbitrary: fc.tuple(fc.constant("not"), inner) },
      ),
      { minLength: 1, maxLength: 3 },
    );
  const leaf = fc.array(one, { minLength: 1, maxLength: 2 }).map((pairs) => Object.fromEntries(pairs as [string, unknown][]));
  const middle = level(leaf).map((pairs) => Object.fromEntries(pairs as [string, unknown][]));
  return level(middle).map((pairs) => Object.fromEntries(pairs as [string, unknown][]));
}

const obligations = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("step_up" as const), method: methods }),
    fc.record({ type: fc.constant("notify" as const), whom: ids }),
  ),
  { maxLength: 2 },
);

export const arbitraryRules = (wanted: Wanted): fc.Arbitrary<RawRules & { readonly name: string; readonly description: string }> =>
  fc
    .array(fc.tuple(fc.constantFrom("permit", "deny", "needs_exception"), conditions(wanted), obligations), { minLength: 1, maxLength: 6 })
    .map((rules) => ({
      name: "random",
      description: "At random.",
      methods: METHODS,
      tables: {
        users: JSON.parse('{"a":{"email":"a","roles":["admin","b"]},"u1":{"email":"b","roles":[]},"__proto__":{"email":1}}') as never,
      },
      define: { user: { table: "users", by: "subject.id" } },
      subjects: { user: { a: { p: "a" }, b: { p: [1, "a"] } } },
      resources: { file: { b: { p: 2 } } },
      rules: rules.map(([effect, when, duties], index) => ({
        name: `r${index}`,
        [effect]: "Said.",
        when: when as never,
        ...(effect !== "deny" && duties.length > 0 && { obligations: duties }),
      })),
    }));

/** So large that others are read as the same. */
const large = fc.constantFrom(2 ** 53, 2 ** 53 + 2, -(2 ** 60), Infinity);
const values = fc.oneof(
  scalars,
  large,
  methods,
  addresses,
  fc.constant(null),
  fc.array(fc.oneof(scalars, methods, large, fc.constant(null), fc.constant([1])), { maxLength: 3 }),
  fc.record({ q: scalars }),
  fc.constant({ q: { q: 1 } }),
);
const properties = fc
  .array(fc.tuple(fc.constantFrom("p", "deep", "c", "__proto__"), values), { maxLength: 3 })
  .map((pairs) => Object.fromEntries(pairs) as Record<string, unknown>);

export const arbitraryQuestion: fc.Arbitrary<Question> = fc.record({
  subject: fc.record({ type: fc.constantFrom("user", "a"), id: ids, properties }),
  action: fc.record({ name: ids, properties }),
  resource: fc.record({ type: fc.constantFrom("file", "b"), id: ids, properties }),
  context: properties,
});

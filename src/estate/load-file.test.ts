import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { readEstateFile } from "./load-file.ts";

const EXAMPLE = new URL("../../docs/examples/estate.yaml", import.meta.url);

function faultsOf(text: string): readonly string[] {
  const reading = readEstateFile(text);
  return reading.ok ? [] : reading.faults.map(({ code, detail, at }) => `${at} ${code.replace("estate.", "")} ${detail}`);
}

test("the example in the documentation is a whole estate", () => {
  const reading = readEstateFile(readFileSync(EXAMPLE, "utf8"));
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  expect(Object.values(reading.read.file).map((section) => (Array.isArray(section) ? section.length : 1))).toEqual([
    1, 9, 1, 2, 2, 1, 11, 1, 2, 1, 2,
  ]);
});

test("an empty file and an empty section say nothing, and are readable", () => {
  expect(faultsOf("")).toEqual([]);
  expect(faultsOf("people:\nteams: []\norganisation:\n")).toEqual([]);
});

const person = (rest: string) => `people:\n  - key: ada\n    name: Ada\n${rest}`;

describe("what cannot be read is refused at its line and column", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "text that is no YAML",
      "people: [",
      ["estate.yaml:1:10 yamlUnreadable Flow sequence in block collection must be sufficiently indented and end with a ]."],
    ],
    ["a tab", "people:\n\t- x", ["estate.yaml:2:1 yamlUnreadable Tabs are not allowed as indentation."]],
    ["a field given twice", "people:\n  - key: ada\n    key: bob", ["estate.yaml:3:5 yamlUnreadable Map keys must be unique."]],
    [
      "a tag that would make something",
      "people: !!js/function x",
      ["estate.yaml:1:9 yamlUnreadable Unresolved tag: tag:yaml.org,2002:js/function."],
    ],
    ["two documents", "people: []\n---\nteams: []", ["estate.yaml:2:1 yamlUnreadable The file has more than one document; write one."]],
    ["an alias", "people: &p []\nteams: *p", ["estate.yaml:2:8 aliasUsed Write out what *p stands for."]],
    ["a list in place of the file", "- people", ["estate.yaml:1:1 valueInvalid Named fields are expected here."]],
    ["a section nobody knows", "people: []\nperson: []", ['estate.yaml:2:1 keyUnknown Nothing here is called "person".']],
    ["a field nobody knows", person("    shoe: 43"), ['estate.yaml:4:5 keyUnknown Nothing here is called "shoe".']],
    ["a field that is missing", "people:\n  - name: Ada", ['estate.yaml:2:5 missing "key" is missing.']],
    ["an owner that is missing", "applications: [{key: pay, name: Pay, tier: 1}]", ['estate.yaml:1:16 missing "owner" is missing.']],
    [
      "a key with a blank",
      'people: [{key: "a b", name: Ada}]',
      ["estate.yaml:1:16 valueInvalid A key has lower-case letters, digits and dashes, and starts with a letter."],
    ],
    ["a name that is empty", 'people: [{key: ada, name: " "}]', ["estate.yaml:1:27 valueInvalid This may not be empty."]],
    ["an address that is none", person("    email: ada"), ["estate.yaml:4:12 valueInvalid An e-mail address is needed here."]],
    ["a word for a truth", person("    active: yes"), ["estate.yaml:4:13 valueInvalid true or false is expected here."]],
    ["text where a list belongs", person("    roles: iam"), ["estate.yaml:4:12 valueInvalid A list is expected here."]],
    [
      "a tier there is not",
      "applications: [{key: pay, name: Pay, owner: ada, tier: 5}]",
      ["estate.yaml:1:56 valueInvalid 5 is none of 1, 2, 3, 4."],
    ],
    [
      "a zone there is not",
      "organisation: {name: X, zone: Mars/Olympus}",
      ['estate.yaml:1:31 valueInvalid "Mars/Olympus" is not a time zone; write one such as Europe/Zurich or UTC.'],
    ],
    [
      "a day there is not",
      person("    leave: [{from: 2027-02-29, until: 2027-03-01}]"),
      ['estate.yaml:4:20 valueInvalid "2027-02-29" is not a day; write it as 2027-03-31.'],
    ],
    [
      "a day written otherwise",
      "vendors: [{key: vv, name: V, manager: m1, contracts: [{ref: R, endsOn: 31.03.2027}]}]",
      ['estate.yaml:1:72 valueInvalid "31.03.2027" is not a day; write it as 2027-03-31.'],
    ],
    ["nothing where an item belongs", "people:\n  -\n", ["estate.yaml:2:4 valueInvalid Named fields are expected here."]],
  ])("%s", (_, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  test("a role there is not, naming those there are", () => {
    expect(faultsOf(person("    roles: [iam, king]"))).toEqual([
      expect.stringMatching(/^estate\.yaml:4:18 valueInvalid "king" is none of administrator, iam, .*auditor\.$/),
    ]);
  });

  test("everything at once, in the order of the file", () => {
    const text = `${person("    roles: [king]\n    shoe: 43")}\n  - key: bob\nteams: 3\n`;
    expect(faultsOf(text).map((fault) => fault.split(" ").slice(0, 2).join(" "))).toEqual([
      "estate.yaml:4:13 valueInvalid",
      "estate.yaml:5:5 keyUnknown",
      "estate.yaml:6:5 missing",
      "estate.yaml:7:8 valueInvalid",
    ]);
  });

  test("a file that would grow a thousandfold by aliases is refused before it does", () => {
    const grow = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`).join("\n");
    expect(faultsOf(`a0: &a0 x\n${grow}`)[0]).toMatch(/^estate\.yaml:2:10 aliasUsed/);
  });
});

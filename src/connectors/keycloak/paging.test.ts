import { expect, test } from "vitest";

import { collect } from "../contract-harness.suite.ts";
import { type Asked, openToldRealm } from "./told-realm.suite.ts";

/** A realm of people who sort by their names, paged by position as the server does; `meanwhile` is told how many pages were read. */
async function people(names: string, meanwhile: (people: string[], pages: number) => void) {
  const there = Array.from(names);
  let pages = 0;
  const { connector, requests } = await openToldRealm(
    ({ path, query }: Asked) => {
      if (path !== "/users") return undefined;
      const first = Number(query.get("first"));
      const json = there.slice(first, first + Number(query.get("max"))).map((id) => ({ id, username: id }));
      meanwhile(there, ++pages);
      return { json };
    },
    { pageSize: 3 },
  );
  const read = async () => (await collect(connector.people())).map(({ subject }) => subject.key).join("");
  return { read, requests };
}

const remove = (there: string[], names: string) => {
  for (const name of names) there.splice(there.indexOf(name), 1);
};

test.each([
  ["one who was read", "a", "abcdefg"],
  ["several who were read", "ab", "abcdefg"],
  ["the last who was read", "c", "abcdefg"],
  ["all who were read", "abc", "abcdefg"],
  ["one who was not read yet", "d", "abcefg"],
])("nobody else is passed over when %s is removed meanwhile", async (_, gone, expected) => {
  const { read } = await people("abcdefg", (there, pages) => pages === 1 && remove(there, gone));
  expect(await read()).toBe(expected);
});

test("nobody is passed over, or comes twice, when somebody is created meanwhile", async () => {
  const { read } = await people("bcdefg", (there, pages) => pages === 1 && there.unshift("a"));
  expect(await read()).toBe("bcdefg");
});

test("people who change their places on and on are told as a fault, not as a list", async () => {
  const { read } = await people("abcdefgh", (there) => there.unshift(there.pop()!));
  await expect(read()).rejects.toMatchObject({ kind: "fault" });
});

test.each([
  ["gives the first page for every other", 3, "abc"],
  ["gives one person again and again", 1, "aa"],
])("a server that %s is told as a fault", async (_, pageSize, names) => {
  const json = Array.from(names).map((id) => ({ id, username: id }));
  const { connector } = await openToldRealm(({ path }) => (path === "/users" ? { json } : undefined), { pageSize });
  await expect(collect(connector.people())).rejects.toMatchObject({ kind: "fault" });
});

test("a reading that goes on where another broke off passes nobody over either", async () => {
  const credentials = [
    { id: "1", type: "password" },
    { id: "2", type: "webauthn" },
  ];
  let there = Array.from("abcdefg");
  const { connector } = await openToldRealm(
    ({ path, query }) => {
      if (path === "token") return undefined;
      if (path.endsWith("/credentials")) return { json: credentials };
      if (path === "") return { json: { realm: "acme", browserFlow: "browser" } };
      if (path === "/clients") return { json: [{ id: "holder", clientId: "postern-exemptions" }] };
      if (path !== "/users") return { json: [] };
      const first = Number(query.get("first"));
      return { json: there.slice(first, first + Number(query.get("max"))).map((id) => ({ id, username: id })) };
    },
    { pageSize: 3, policies: [] },
  );
  let from: string | undefined;
  const read = async (reached: (checkpoint: string) => Promise<void>) =>
    (await collect(connector.discover({ from, reached }))).flatMap(({ form, subject }) =>
      form === "password_usable" ? [subject.key] : [],
    );
  const broken = new Error("broke off");
  await expect(
    read(async (checkpoint) => {
      from = checkpoint;
      throw broken;
    }),
  ).rejects.toBe(broken);
  there = Array.from("bcdefg");
  expect(await read(async () => undefined)).toEqual(Array.from("defg"));
});

test("a quiet list costs a request a page", async () => {
  const { read, requests } = await people("abcdefgh", () => undefined);
  expect(await read()).toBe("abcdefgh");
  expect(requests.filter(({ path }) => path === "/users")).toHaveLength(3);
});

test("an exemption role that no list of roles shows is told as a fault, and its holders not as gone", async () => {
  const { connector } = await openToldRealm(({ path }) => {
    if (path === "token") return undefined;
    if (path === "") return { json: { realm: "acme", browserFlow: "browser" } };
    if (path === "/clients") return { json: [{ id: "holder", clientId: "postern-exemptions" }] };
    return { json: path.endsWith("/passkey-exempt") ? { id: "exemption", name: "passkey-exempt" } : [] };
  });
  await expect(collect(connector.discover())).rejects.toMatchObject({
    kind: "fault",
    message: expect.stringContaining("no list") as string,
  });
});

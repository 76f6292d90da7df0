/** Rule sets with everything planted that is free text in them. */
import { createHash } from "node:crypto";

import { checkRuleSet, putRuleSet, retireRuleSet, tryRuleSet } from "../../../src/decisions/contract-rules.ts";
import { canonicalText } from "../../../src/kernel/canonical.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import type { Browser } from "../../support/browser.ts";
import { plantOf } from "../../support/planted.ts";
import type { WholeApp } from "../../support/whole-app.ts";

interface Scene {
  readonly story: WholeApp;
  readonly plant: (
    as: Browser,
    endpoint: Endpoint,
    given?: { params?: Readonly<Record<string, string>>; over?: unknown },
  ) => Promise<Readonly<Record<string, unknown>>>;
  readonly made: { route: string; path: string }[];
}

const hashText = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const words = plantOf(500);

const textOf = (name: string) =>
  JSON.stringify({
    name,
    description: words,
    register: [words],
    subjects: { [words]: { [words]: { [words]: words } } },
    resources: { [words]: { [words]: {} } },
    actions: [words],
    rules: [
      { name: words, permit: words, when: { "subject.properties.p": words }, obligations: [{ type: "notify", whom: words }] },
      { name: plantOf(300), deny: words },
    ],
  });

/** One set in force, and one that was and is retired. */
export async function plantRules({ story, plant, made }: Scene): Promise<void> {
  const { gerda } = story.as;
  for (const name of ["planted", "planted-over"]) {
    const text = textOf(name);
    const version = { version: 1, digest: hashText(text), note: words };
    const sign = (action: string) => gerda.sign(`decisions.${action}`, name, hashText(canonicalText({ name, ...version })));
    const params = { name };
    await plant(gerda, checkRuleSet, { over: { text } });
    await plant(gerda, tryRuleSet, { params, over: { text } });
    await plant(gerda, putRuleSet, { params, over: { text, note: words, basedOn: 0, assertion: await sign("putRules") } });
    if (name === "planted-over")
      await plant(gerda, retireRuleSet, { params, over: { note: words, basedOn: 1, assertion: await sign("retireRules") } });
    made.push({ route: "/rules/$name", path: `/rules/${name}` });
  }
}

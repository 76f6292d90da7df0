import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { listSources, type Node, parse, walk } from "../test/support/source-tree.ts";
import { VARIABLES } from "./config.ts";
import { FORMS } from "./discovery/forms.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** What stands in backquotes in the first column of a page's tables below a heading, or of all its tables. */
function firstColumn(page: string, heading?: string): string[] {
  const part = heading === undefined ? page : (page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "");
  const cells = part.split("\n").flatMap((line) => /^\| (`.*?`) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)).sort();
}

const programs = listSources(ROOT, "src")
  .filter((path) => !/\.(test|suite)\.ts$/.test(path))
  .map((path) => parse(path, read(path)).program as unknown as Node);

function collect(find: (node: Node) => string | undefined): string[] {
  const found = new Set<string>();
  for (const program of programs) {
    walk(program, (node) => {
      const one = find(node);
      if (one !== undefined) found.add(one);
    });
  }
  return [...found].sort();
}

/** `log.warn("event", …)`, `deps.log.error("event", …)` */
function loggedEvent(node: Node): string | undefined {
  if (node.type !== "CallExpression") return undefined;
  const callee = node["callee"] as { object?: { name?: string; property?: { name?: string } }; property?: { name?: string } };
  const owner = callee.object?.property?.name ?? callee.object?.name;
  if (owner !== "log" || !/^(info|warn|error)$/.test(callee.property?.name ?? "")) return undefined;
  return (node["arguments"] as { value?: string }[])[0]?.value;
}

function metricName(node: Node): string | undefined {
  const value = node.type === "Literal" ? node["value"] : undefined;
  return typeof value === "string" && /^postern(_[a-z]+)+$/.test(value) ? value : undefined;
}

describe("the pages for operators", () => {
  test("explain every variable there is, and no other", () => {
    expect(firstColumn(read("docs/operate/configuration.md"))).toEqual(Object.keys(VARIABLES).sort());
  });

  test("explain every metric of ours, and no other", () => {
    const metrics = collect(metricName);
    expect(metrics.length).toBeGreaterThan(5);
    expect(firstColumn(read("docs/operate/monitoring.md"), "Metrics")).toEqual(metrics);
  });

  test("explain every event that is logged, and no other", () => {
    const events = collect(loggedEvent);
    expect(events.length).toBeGreaterThan(8);
    expect(firstColumn(read("docs/operate/monitoring.md"), "Log")).toEqual(events);
  });
});

const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
  .concat(readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((path) => join("docs", path)))
  .filter((path) => path.endsWith(".md"));

describe("every page", () => {
  test("is read: there are many", () => {
    expect(pages.length).toBeGreaterThan(150);
  });

  test("links and shows only what is there", () => {
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/(?:\]\(|src(?:set)?=")([^)"#\s]+)/g)].map(([, target]) => ({ page, target: target! })),
    );
    const ours = links.filter(({ target }) => !/^[a-z]+:/.test(target));
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter(({ page, target }) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });

  test("names only files of the repository that are there", () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/\b(?:src|web|test|scripts|bench|migrations)\/[\w./-]*\w\.(?:ts|tsx|mjs|sql)\b/g)].map(([path]) => ({
        page,
        path,
      })),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("calls only commands there are", () => {
    const help = execFileSync(process.execPath, [join(ROOT, "src", "main.ts"), "help"], { encoding: "utf8" });
    const commands = [...help.matchAll(/^ {2}([a-z-]+) {2}/gm)].map(([, name]) => name!);
    expect(commands).toContain("verify");
    const called = pages.flatMap((page) =>
      [...read(page).matchAll(/(?:bin\/|`)postern ([a-z][a-z-]+)/g)].map(([, name]) => ({ page, name: name! })),
    );
    expect(called.length).toBeGreaterThan(15);
    expect(called.filter(({ name }) => !commands.includes(name))).toEqual([]);
  });
});

test("every story the page of stories names is told, for whoever it is", () => {
  const named = [...read("docs/stories.md").matchAll(/^\| .* \| ([a-z-]+): `(.+)` \|$/gm)].map(([, file, story]) => ({
    file: file!,
    story: story!,
  }));
  expect(named.length).toBeGreaterThanOrEqual(20);
  expect(named.filter(({ file, story }) => !read(`test/e2e/${file}.test.ts`).includes(`"${story}"`))).toEqual([]);
});

test("every form of bypass has a page that says what it is, why it matters and what to do, and there is no other page", () => {
  const forms = Object.keys(FORMS).sort();
  expect(readdirSync(join(ROOT, "docs", "forms")).sort()).toEqual(forms.map((form) => `${form}.md`).sort());
  for (const form of forms) {
    const part = String.raw`\n\n\S.{40,}\n`;
    expect(read(`docs/forms/${form}.md`)).toMatch(new RegExp(`^# ${form}${part}\n## Why it matters${part}\n## What to do${part}$`));
  }
});

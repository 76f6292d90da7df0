/** Commands over what governance has to look at: what was due, what awaits a review, what comes back, who changes the design. */
import * as lists from "../exceptions/contract-lists.ts";
import { listDesignIssues } from "../governance/contract.ts";
import type { Client } from "./client.ts";
import type { Command, CommandInput } from "./command.ts";
import { jsonText, table } from "./output.ts";
import type { ConnectClient } from "./register-commands.ts";

interface Listing {
  readonly name: string;
  readonly usage?: string;
  readonly summary: string;
  readonly options?: Command["options"];
  readonly columns: readonly string[];
  /** The answer as it came, and a row for each line of the table. */
  readonly read: (
    client: Client,
    input: CommandInput,
  ) => Promise<{ readonly page: unknown; readonly rows: readonly (readonly string[])[] }>;
}

export function governanceCommands(connect: ConnectClient): readonly Command[] {
  return [DUE, REVIEWS, REPEATS, ISSUES].map((listing) => listCommand(connect, listing));
}

function listCommand(connect: ConnectClient, { name, usage, summary, options, columns, read }: Listing): Command {
  return {
    name,
    usage: [usage, "[--json]"].filter(Boolean).join(" "),
    summary,
    options: { ...options, json: { type: "boolean" } },
    async run(input) {
      const { page, rows } = await read(await connect(input), input);
      if (input.options["json"] === true) input.print(jsonText(page));
      else
        input.print(
          rows.length === 0
            ? "Nothing."
            : table(
                [...columns],
                rows.map((row) => [...row]),
              ),
        );
      return 0;
    },
  };
}

const DUE: Listing = {
  name: "due",
  summary: "Reminders and escalations that wait for somebody",
  columns: ["ref", "due", "what", "level", "to", "title"],
  async read(client) {
    const page = await client.call(lists.listDue, { query: {} });
    const rows = page.items.flatMap(({ ref, title, notices }) =>
      notices.map(({ dueAt, cause, level, to }) => [ref, dueAt, cause, level, to.join(", "), title]),
    );
    return { page, rows };
  },
};

const REVIEWS: Listing = {
  name: "reviews",
  summary: "Reviews that wait for an answer",
  columns: ["ref", "answer by", "asked of", "cause", "title"],
  async read(client) {
    const page = await client.call(lists.listReviews, { query: {} });
    const rows = page.items.flatMap(({ ref, title, reviews }) =>
      reviews.map(({ dueAt, reviewers, cause }) => [ref, dueAt, reviewers.join(", "), cause, title]),
    );
    return { page, rows };
  },
};

const REPEATS: Listing = {
  name: "repeats",
  usage: "[--level same|resource|subject|split]",
  summary: "Needs that keep coming back within 365 days",
  options: { level: { type: "string" } },
  columns: ["count", "limit", "design issue", "about", "last asked for"],
  async read(client, { options: { level } }) {
    const page = await client.call(lists.listRepeats, { query: typeof level === "string" ? { level: level as "same" } : {} });
    const rows = page.items.map(({ count, limit, designIssue, about, key, members }) => [
      String(count),
      String(limit),
      designIssue ?? "-",
      about === null ? key : `${about.kind} ${about.id}`,
      members[0]?.ref ?? "-",
    ]);
    return { page, rows };
  },
};

const ISSUES: Listing = {
  name: "issues",
  summary: "Open design issues and who answers for them",
  columns: ["id", "about", "owner", "opened", "statement"],
  async read(client) {
    const page = await client.call(listDesignIssues, { query: { state: "open" } });
    const rows = page.items.map(({ id, about, owner, ownerName, openedAt, statement }) => [
      id,
      `${about.kind} ${about.id}`,
      ownerName ?? owner,
      openedAt,
      statement.slice(0, 80),
    ]);
    return { page, rows };
  },
};

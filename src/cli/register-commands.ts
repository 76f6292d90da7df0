/** Commands over the register and what the providers hold, through the same API as the console. */
import * as bypasses from "../bypasses/contract.ts";
import * as connections from "../connections/contract.ts";
import * as exceptions from "../exceptions/contract.ts";
import type { ExceptionRowView } from "../exceptions/contract-views.ts";
import type { Client } from "./client.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { distance, jsonText, table } from "./output.ts";
import { pause, readNow } from "./read-now.ts";

const JSON_OPTION = { json: { type: "boolean" } } as const;

export type ConnectClient = (input: CommandInput) => Promise<Client>;

export function registerCommands(connect: ConnectClient): readonly Command[] {
  return [listCommand(connect), showCommand(connect), bypassesCommand(connect), connectionsCommand(connect), scanCommand(connect)];
}

function listCommand(connect: ConnectClient): Command {
  return {
    name: "exceptions",
    usage: "[--state active,revoking] [--search WORDS] [--limit 50] [--json]",
    summary: "List the register",
    options: { ...JSON_OPTION, state: { type: "string" }, search: { type: "string" }, limit: { type: "string" } },
    async run(input) {
      const client = await connect(input);
      const { state, search, limit } = input.options;
      const page = await client.call(exceptions.listExceptions, {
        query: {
          ...(typeof state === "string" && { state }),
          ...(typeof search === "string" && { search }),
          ...(typeof limit === "string" && { limit }),
        },
      });
      if (input.options["json"] === true) input.print(jsonText(page));
      else input.print(exceptionTable(page.items));
      return 0;
    },
  };
}

function exceptionTable(items: readonly ExceptionRowView[]): string {
  if (items.length === 0) return "No exceptions match.";
  const rows = items.map((item) => [
    item.ref,
    item.state,
    item.inForce ? "yes" : "no",
    item.endsAt === null ? "-" : `${item.endsAt.slice(0, 16)}Z (${distance(Date.now(), Date.parse(item.endsAt))})`,
    item.observed,
    item.ownerName ?? "-",
    item.title,
  ]);
  return table(["ref", "state", "in force", "ends", "provider", "owner", "title"], rows);
}

function showCommand(connect: ConnectClient): Command {
  return {
    name: "show",
    usage: "EXC-2026-0001 [--json]",
    summary: "One exception with its time line",
    options: JSON_OPTION,
    async run(input) {
      const [id] = input.args;
      if (id === undefined) throw new UsageFault("name the exception");
      const client = await connect(input);
      const view = await client.call(exceptions.getException, { params: { id } });
      if (input.options["json"] === true) {
        input.print(jsonText(view));
        return 0;
      }
      input.print(
        `${view.ref}  ${view.title}\n${view.state}, ${view.inForce ? "in force" : `not in force: ${view.whyNotInForce ?? ""}`}\n`,
      );
      input.print(
        table(
          ["when", "lane", "what", "who"],
          view.timeline.map((each) => [each.at, each.lane, each.words, each.actorName ?? each.actor.id]),
        ),
      );
      return 0;
    },
  };
}

function bypassesCommand(connect: ConnectClient): Command {
  return {
    name: "bypasses",
    usage: "[--status unregistered,escalated] [--json]",
    summary: "What the providers really hold",
    options: { ...JSON_OPTION, status: { type: "string" } },
    async run(input) {
      const client = await connect(input);
      const { status } = input.options;
      const page = await client.call(bypasses.listBypasses, {
        query: { limit: 200, ...(typeof status === "string" && { status }) },
      });
      if (input.options["json"] === true) {
        input.print(jsonText(page));
        return 0;
      }
      for (const { name, readAt } of page.stale)
        input.print(
          `${name} was ${readAt === null ? "never read in full" : `last read in full at ${readAt}`}: what it holds now is not known.`,
        );
      if (page.items.length === 0) input.print("No bypasses match.");
      else
        input.print(
          table(
            ["status", "form", "subject", "object", "first seen"],
            page.items.map((each) => [each.status, each.form, each.subject.name, each.object, each.firstSeenAt]),
          ),
        );
      return 0;
    },
  };
}

function connectionsCommand(connect: ConnectClient): Command {
  return {
    name: "connections",
    usage: "[--json]",
    summary: "Connections to identity providers",
    options: JSON_OPTION,
    async run(input) {
      const client = await connect(input);
      const { items } = await client.call(connections.listConnections);
      if (input.options["json"] === true) input.print(jsonText(items));
      else
        input.print(
          table(
            ["key", "kind", "name", "status", "last read in full"],
            items.map((each) => [each.key, each.kind, each.name, each.status, lastReadWords(each)]),
          ),
        );
      return 0;
    },
  };
}

function scanCommand(connect: ConnectClient): Command {
  return {
    name: "scan",
    usage: "CONNECTION_KEY",
    summary: "Read every bypass of a provider now",
    options: {},
    async run(input) {
      const [key] = input.args;
      if (key === undefined) throw new UsageFault("name the connection");
      const client = await connect(input);
      const { items } = await client.call(connections.listConnections);
      const found = items.find((each) => each.key === key && each.status === "connected");
      if (found === undefined) throw new UsageFault(`there is no connection "${key}"; known: ${items.map((each) => each.key).join(", ")}`);
      input.print(await readNow(client, found, pause));
      return 0;
    },
  };
}

function lastReadWords({ scannedAt, isStale }: connections.ConnectionView): string {
  return scannedAt === undefined ? "never" : `${scannedAt}${isStale ? " (stale)" : ""}`;
}

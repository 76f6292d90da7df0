/** `postern discover CONNECTION`: the provider is read by the server, now, and what it showed is told as of a file. */
import { type BypassView, claimBypass, listBypasses } from "../bypasses/contract.ts";
import { type ConnectionView, listConnections } from "../connections/contract.ts";
import type { Bypass } from "../connectors/port.ts";
import { readInventory } from "../discovery/contract.ts";
import type { Cover, Finding, Inventory, Source } from "../discovery/inventory.ts";
import { onOneLine } from "../discovery/text.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import type { Client } from "./client.ts";
import { type CommandInput, UsageFault } from "./command.ts";
import type { Discovered } from "./discover-output.ts";
import type { Progress } from "./progress.ts";
import { type Pause, readNow } from "./read-now.ts";

/** What the provider still shows, by who answers for it. */
const THERE = "unregistered,escalated,claimed,registered";

export interface DiscoveredConnection extends Discovered {
  /** Bypasses that nobody answers for. */
  readonly open: readonly BypassView[];
}

export async function discoverConnection(
  client: Client,
  key: string,
  { progress, pause }: { readonly progress: Progress; readonly pause: Pause },
): Promise<DiscoveredConnection> {
  const connection = await findConnection(client, key);
  progress.step(0, 0, `Reading ${connection.name}`);
  await readNow(client, connection, pause);
  const inventory = await client.call(readInventory, { query: { connection: connection.id, doors: 2000 } });
  const source: Source = { name: connection.key, kind: connection.kind, title: connection.name };
  const views: BypassView[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const query = { connection: connection.id, status: THERE, limit: 200, ...(cursor !== undefined && { cursor }) };
    const page = await client.call(listBypasses, { query });
    views.push(...page.items);
    cursor = page.next;
    progress.step(views.length, inventory.bypasses, connection.name);
  }
  progress.end();
  return {
    // What the server sends is what it made with the same types.
    inventory: inventory as Inventory,
    findings: views.map((view) => findingOf(view, source)),
    unreadable: [],
    open: views.filter(({ status }) => status === "unregistered" || status === "escalated"),
  };
}

async function findConnection(client: Client, key: string): Promise<ConnectionView> {
  const { items } = await client.call(listConnections);
  const connected = items.filter(({ status }) => status === "connected");
  const found = connected.find((each) => each.key === key);
  if (found !== undefined) return found;
  const known = connected.length === 0 ? "none is connected" : `connected are: ${connected.map((each) => each.key).join(", ")}`;
  throw new UsageFault(`"${key}" is neither a file here nor a connection; ${known}`);
}

function findingOf(view: BypassView, source: Source): Finding {
  const { id, form, subject, object, critical, opens, evidence, since, policy, addedBy, owner, cover = null } = view;
  const bypass = {
    key: id,
    form,
    subject,
    object,
    critical,
    evidence,
    ...(policy !== undefined && { policy }),
    ...(since !== undefined && { since }),
    ...(opens === false && { opens }),
    ...(addedBy !== null && { addedBy }),
  } as Bypass;
  return { source, bypass, accounts: undefined, ...(owner !== undefined && { owner }), cover: cover as Cover | null };
}

export interface Claim {
  readonly category: string;
  readonly unit: string;
}

/** Undefined: nothing is to be claimed. */
export function claimOf({ options, args }: CommandInput, isConnection: boolean): Claim | undefined {
  const { category, unit } = options;
  if (options["claim"] !== true) {
    if (category !== undefined || unit !== undefined) throw new UsageFault("--category and --unit are for --claim");
    return undefined;
  }
  if (!isConnection) throw new Refused([notClaimable(args)]);
  if (typeof category !== "string" || typeof unit !== "string")
    throw new UsageFault("--claim opens drafts: say of which --category, and for which --unit");
  return { category, unit };
}

/**
 * A draft is about a bypass of a connection: it names the policy there, is approved for a subject there, and what comes of it is ended
 * and read back there. One without could never be put forward, and would lapse as a request that came to nothing.
 */
function notClaimable(files: readonly string[]): Refusal {
  const detail =
    `Nothing in ${files.map(onOneLine).join(", ")} can be claimed: whoever claims a bypass has it ended and read back in its provider, and a file is none. ` +
    "Connect the provider and run postern discover CONNECTION --claim; a list of exceptions comes in with postern import.";
  return refusal("cli.fileNotClaimable", detail);
}

/** Opens a draft for each; what is refused is told, and the others go on. Returns how many were refused. */
export async function claimAll(
  client: Client,
  open: readonly BypassView[],
  claim: Claim,
  { note, progress }: { readonly note: (text: string) => void; readonly progress: Progress },
): Promise<number> {
  const refused: string[] = [];
  for (const [at, { id, subject }] of open.entries()) {
    progress.step(at, open.length, `Claiming: ${subject.name}`);
    try {
      await client.call(claimBypass, { params: { id }, body: claim });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(onOneLine(`not claimed, ${subject.name}: ${error.message}`));
    }
  }
  progress.end();
  const opened = open.length - refused.length;
  note(
    [...refused, `${opened} ${opened === 1 ? "draft" : "drafts"} opened: each still asks for what the provider does not know.`].join("\n"),
  );
  return refused.length;
}

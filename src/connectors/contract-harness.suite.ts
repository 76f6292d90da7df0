/** What every connector's harness brings, and what the sections of the contract suite share. */
import { inspect } from "node:util";

import { expect, test } from "vitest";

import { addDuration, type Clock, type Duration, duration, type Instant } from "../kernel/time.ts";
import { type Bypass, type BypassForm, type Connector, type GrantOrder, ProviderFault, type ProviderSubject } from "./port.ts";

/** What a planted bypass is recognised by. */
export interface Planted {
  readonly form: BypassForm;
  readonly subject: string;
  readonly policy?: string;
}

export interface ContractHarness {
  readonly connector: Connector;
  /** The connector's clock. */
  readonly clock: Clock;
  /** Everything that may never appear in an error. */
  readonly secrets: readonly string[];
  /** Every bypass the provider was prepared with, by the subject's name. More than fit in one page of the connector. */
  readonly planted: readonly Planted[];
  /** Keys of the persons it was prepared with. More than fit in one page. */
  people(): Promise<readonly string[]>;
  /** Another connector for the same provider and configuration, as after a restart. The caller closes it. */
  reopen(): Connector;
  /** One that signs in with this secret. */
  withSecret?(secret: string): Connector;
  /** One whose account may read but not change anything. */
  withReadOnlyAccount?(): Connector;
  /** A new person whom every policy holds to strong sign-in, made by an administrator. */
  freshPerson(): Promise<ProviderSubject>;
  deletePerson(subject: ProviderSubject): Promise<void>;
  /** An administrator lets the subject through by hand, in a way no exception covers. */
  bypassByHand(policy: string, subject: ProviderSubject): Promise<void>;
  /** An administrator takes away by hand what a grant of ours put there. */
  undoByHand(order: GrantOrder): Promise<void>;
  /** Whether the provider, asked without the connector, lets the subject past the policy with what the policy leaves. */
  readonly letsThrough?: (policy: string, subject: ProviderSubject) => Promise<boolean>;
  /** The provider's own expiry: a term short enough to wait for, and what brings the provider's time past that end. */
  readonly expiry?: { readonly term: Duration; readonly pass: (end: Instant) => Promise<void> };
  /** Names by which people would look for one account: sign-in name, mail, full name. */
  readonly typed?: { readonly key: string; readonly names: readonly string[] };
  /** How an administrator is called in the provider's log. */
  readonly administrator: string;
  /** Subjects that cannot be governed, and why. */
  readonly refused: readonly { readonly policy: string; readonly name: string; readonly words: RegExp }[];
  /** A group by its name and the people it stands for. */
  readonly group?: { readonly name: string; readonly people: number };
  /** Takes the whole provider down, and brings it back. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Trouble on the way there; undefined when there is no network between. */
  readonly network?: {
    /** Breaks every connection and refuses new ones. */
    cut(): void;
    /** Breaks connections once this many bytes went to the provider. */
    cutAfter(bytes: number): void;
    /** Answers nothing any more, without closing. */
    stall(): void;
    heal(): void;
  };
  close(): Promise<void>;
}

export interface ContractDescription {
  /** Keys of the policies to try. */
  readonly policies: readonly string[];
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  /** What this provider has not, in the suite's words: such guarantees have nothing to be tried on. Anything else that is left out fails. */
  readonly beyond?: readonly string[];
  readonly start: () => Promise<ContractHarness>;
}

const TERM = duration("PT4H");

export type Kit = ReturnType<typeof createKit>;

/** What the tests of one connector share. The provider is started once; every test works on persons of its own. */
export function createKit({ policies, missing, beyond = [], start }: ContractDescription) {
  let harness: ContractHarness | undefined;
  let refs = 0;
  const errors: unknown[] = [];
  const met = new Set<string>();

  function current(): ContractHarness {
    if (harness === undefined) throw new Error("the provider was not started");
    return harness;
  }

  async function found(connector = current().connector): Promise<Bypass[]> {
    return collect(connector.discover());
  }

  /** Runs where the provider does; else says why not. A test that has nothing to be tried on tells `beyond` why, and returns. */
  function it(words: string, run: (harness: ContractHarness, beyond: (why: string) => void) => Promise<void>): void {
    test(words, async (context) => {
      if (missing !== undefined) context.skip(missing);
      await run(current(), (why) => {
        expect(beyond).toContain(why);
        met.add(why);
      });
    });
  }

  /** A new order, for a new person unless one is given. */
  async function orderFor(policy: string, subject?: ProviderSubject): Promise<GrantOrder> {
    refs += 1;
    const now = current().clock.now();
    const ref = `EXC-2026-${String(refs).padStart(4, "0")}`;
    return { ref, policy, subject: subject ?? (await current().freshPerson()), validFrom: now, validUntil: addDuration(now, TERM) };
  }

  async function foundFor(subject: ProviderSubject): Promise<Bypass[]> {
    return (await found()).filter((bypass) => bypass.subject.key === subject.key);
  }

  /** The fault the work ends in; anything else fails the test. */
  async function faultOf(work: () => Promise<unknown>): Promise<ProviderFault> {
    const error = await work().then(
      (value) => expect.fail(`expected a fault, got ${inspect(value)}`),
      (reason: unknown) => reason,
    );
    errors.push(error);
    if (!(error instanceof ProviderFault)) throw error;
    return error;
  }

  const begin = async () => {
    if (missing === undefined) harness = await start();
  };
  const end = async () => harness?.close();
  const beyondInVain = () => beyond.filter((why) => !met.has(why));
  return { policies, errors, begin, end, beyondInVain, it, orderFor, found, foundFor, faultOf };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

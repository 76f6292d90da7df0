/**
 * An LDAP client that is always encrypted and bound, and opens a new connection when one was lost. Requests are written with the
 * ldapts message types rather than its methods, for three reasons seen in its source: its paged search stops at an empty page
 * although the server gave a cookie (Active Directory does that), its methods reconnect by themselves without StartTLS and
 * without a bind, and they decode values to text that must stay bytes.
 */
import {
  AddRequest,
  Attribute,
  type BerWriter,
  type Change,
  Control,
  DeleteRequest,
  ExtendedRequest,
  type ExtendedResponse,
  FilterParser,
  type Message,
  type MessageResponse,
  ModifyRequest,
  PagedResultsControl,
  SearchRequest,
  type SearchResponse,
} from "ldapts";

import { ProviderFault } from "../port.ts";
import { createEntry, type LdapEntry } from "./entry.ts";
import { faultOfResult } from "./fault.ts";
import { openWire, type Wire, type WireSettings } from "./wire.ts";

export interface LdapSettings extends WireSettings {
  /** Waits before asking a busy directory again; after the last one the fault is passed on. */
  readonly backOffMs?: readonly number[] | undefined;
}

export interface SearchOptions {
  readonly scope?: "base" | "one" | "sub";
  readonly filter?: string;
  readonly attributes: readonly string[];
  readonly pageSize?: number;
  readonly controls?: readonly Control[];
}

/** What the server answered to a write: 0 is success; the words are its diagnostic message. */
export interface LdapResult {
  readonly code: number;
  readonly words: string;
}

export type AttributeValues = Readonly<Record<string, string | Uint8Array | readonly (string | Uint8Array)[]>>;

export interface LdapClient {
  /** Every match, page by page. A search without a base to start from (32) is empty. Faults throw {@link ProviderFault}. */
  search(base: string, options: SearchOptions): AsyncGenerator<LdapEntry>;
  /** One entry by its DN; undefined when there is none or the filter does not match it. */
  find(
    dn: string,
    attributes: readonly string[],
    more?: { filter?: string; controls?: readonly Control[] },
  ): Promise<LdapEntry | undefined>;
  modify(dn: string, changes: readonly Change[], controls?: readonly Control[]): Promise<LdapResult>;
  add(dn: string, attributes: AttributeValues, controls?: readonly Control[]): Promise<LdapResult>;
  remove(dn: string, controls?: readonly Control[]): Promise<LdapResult>;
  /** An extended operation by its OID; `value` is the answer's, where it is text. */
  extended(oid: string, value?: Uint8Array): Promise<LdapResult & { readonly value?: string }>;
  close(): Promise<void>;
}

export const RESULT = {
  success: 0,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  adminLimitExceeded: 11,
  noSuchAttribute: 16,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  invalidCredentials: 49,
  insufficientAccess: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  entryAlreadyExists: 68,
  assertionFailed: 122,
} as const;

const PAGE_SIZE = 500;
/** LDAP never says when to come back. Three tries within a second and a half ride out a full queue; a longer wait is the caller's. */
const BACK_OFF_MS: readonly number[] = [100, 400, 1000];

/** A control whose value is given as bytes. */
export class RawControl extends Control {
  readonly value: Uint8Array | undefined;

  constructor(oid: string, value?: Uint8Array, options: { critical?: boolean } = {}) {
    super(oid, options);
    this.value = value;
  }

  protected override writeControl(writer: BerWriter): void {
    const OCTET_STRING = 0x04;
    if (this.value !== undefined) writer.writeBuffer(Buffer.from(this.value), OCTET_STRING);
  }
}

type Make = (messageId: number) => Message;

/** Opens nothing yet; the first request does. */
export function createLdapClient(settings: LdapSettings): LdapClient {
  const wires = createWires(settings);
  const waits = settings.backOffMs ?? BACK_OFF_MS;

  /** Asks again while the directory says that it did nothing because it is busy. */
  async function patiently<T extends MessageResponse>(ask: () => Promise<T>): Promise<T> {
    for (const wait of waits) {
      const response = await ask();
      if (faultOfResult(response.status, response.errorMessage)?.kind !== "throttled") return response;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    return ask();
  }

  async function write(make: Make): Promise<MessageResponse> {
    const response = await patiently(async () => (await wires.shared()).send(make));
    const fault = faultOfResult(response.status, response.errorMessage, { onlyTransient: true });
    if (fault !== undefined) throw fault;
    return response;
  }

  return {
    async *search(base, options) {
      const size = options.pageSize ?? PAGE_SIZE;
      const paging = new PagedResultsControl({ critical: true, value: { size } });
      const make: Make = (messageId) => searchRequest(messageId, base, options, [paging]);
      await using lane = await wires.lane();
      let response = (await patiently(() => lane.first(make))) as SearchResponse;
      for (;;) {
        if (response.status === RESULT.noSuchObject) return;
        refuseUnlessDone(response);
        for (const entry of response.searchEntries) yield createEntry(entry);
        const cookie = response.controls?.find((control) => control instanceof PagedResultsControl)?.value?.cookie;
        if (cookie === undefined || cookie.length === 0) return;
        paging.value = { size, cookie };
        response = (await lane.next(make)) as SearchResponse;
      }
    },

    async find(dn, attributes, { filter, controls = [] } = {}) {
      const options: SearchOptions = { scope: "base", attributes, controls, ...(filter !== undefined && { filter }) };
      const make: Make = (messageId) => searchRequest(messageId, dn, options, []);
      const response = (await patiently(() => wires.read(make))) as SearchResponse;
      if (response.status === RESULT.noSuchObject) return undefined;
      refuseUnlessDone(response);
      const [first] = response.searchEntries;
      return first === undefined ? undefined : createEntry(first);
    },

    modify: async (dn, changes, controls = []) =>
      resultOf(await write((messageId) => new ModifyRequest({ messageId, dn, changes: [...changes], controls: [...controls] }))),
    add: async (dn, attributes, controls = []) =>
      resultOf(
        await write((messageId) => new AddRequest({ messageId, dn, attributes: attributesOf(attributes), controls: [...controls] })),
      ),
    remove: async (dn, controls = []) =>
      resultOf(await write((messageId) => new DeleteRequest({ messageId, dn, controls: [...controls] }))),

    async extended(oid, value) {
      const response = (await write(
        (messageId) => new ExtendedRequest({ messageId, oid, ...(value !== undefined && { value: Buffer.from(value) }) }),
      )) as ExtendedResponse;
      return { ...resultOf(response), ...(response.value !== undefined && { value: response.value }) };
    },

    close: () => wires.close(),
  };
}

/**
 * The connections of one client: one that single requests share, and a lane of its own for each paged search, because a server
 * may remember one paged search a connection (slapd does: a second one makes the first one's cookie invalid).
 */
function createWires(settings: LdapSettings) {
  let current: Wire | undefined;
  let opening: Promise<Wire> | undefined;
  const idle: Wire[] = [];
  const busy = new Set<Wire>();

  async function shared(): Promise<Wire> {
    if (current?.isOpen === true) return current;
    opening ??= openWire(settings).finally(() => {
      opening = undefined;
    });
    current = await opening;
    return current;
  }

  return {
    shared,

    async read(make: Make): Promise<MessageResponse> {
      const reused = current;
      return onceMore(reused, await shared(), make, shared);
    },

    async lane() {
      const reused = idle.pop();
      let wire = reused?.isOpen === true ? reused : await openWire(settings);
      busy.add(wire);
      const replace = async () => {
        busy.delete(wire);
        wire = await openWire(settings);
        busy.add(wire);
        return wire;
      };
      return {
        first: (make: Make) => onceMore(reused, wire, make, replace),
        /** A cookie belongs to the connection it was given on: a search never continues on another one. */
        next: (make: Make) => wire.send(make),
        async [Symbol.asyncDispose]() {
          busy.delete(wire);
          if (wire.isOpen && idle.length === 0) idle.push(wire);
          else await wire.close();
        },
      };
    },

    async close(): Promise<void> {
      const open = current ?? (await opening?.catch(() => undefined));
      const all = [...(open === undefined ? [] : [open]), ...idle, ...busy];
      current = undefined;
      idle.length = 0;
      busy.clear();
      await Promise.all(all.map((wire) => wire.close()));
    },
  };
}

/** Reads may be asked twice: a connection that the server closed while it was idle is noticed only by using it. */
async function onceMore(reused: Wire | undefined, wire: Wire, make: Make, replace: () => Promise<Wire>): Promise<MessageResponse> {
  try {
    return await wire.send(make);
  } catch (error) {
    if (!(error instanceof ProviderFault) || error.kind !== "unreachable" || wire !== reused) throw error;
    return (await replace()).send(make);
  }
}

function searchRequest(messageId: number, base: string, options: SearchOptions, paging: readonly Control[]): SearchRequest {
  const { scope = "sub", filter = "(objectClass=*)", attributes, controls = [] } = options;
  return new SearchRequest({
    messageId,
    baseDN: base,
    scope,
    filter: FilterParser.parseString(filter),
    attributes: [...attributes],
    timeLimit: 0,
    controls: [...controls, ...paging],
  });
}

function refuseUnlessDone({ status, errorMessage }: MessageResponse): void {
  const fault = faultOfResult(status, errorMessage);
  if (fault !== undefined) throw fault;
}

function resultOf({ status, errorMessage }: MessageResponse): LdapResult {
  return { code: status, words: (errorMessage ?? "").replaceAll("\u0000", "").trim() };
}

function attributesOf(values: AttributeValues): Attribute[] {
  return Object.entries(values).map(([type, value]) =>
    attribute(type, typeof value === "string" || value instanceof Uint8Array ? [value] : value),
  );
}

/** An attribute for a modification, as text or bytes. */
export function attribute(type: string, values: readonly (string | Uint8Array)[]): Attribute {
  const made = new Attribute({ type });
  made.values = values.map((value) => (typeof value === "string" ? value : Buffer.from(value))) as string[];
  return made;
}

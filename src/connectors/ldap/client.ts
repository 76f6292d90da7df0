/**
 * One authenticated, encrypted connection to an LDAP server, reopened when it was lost. Requests are written with the ldapts
 * message types rather than its methods, for three reasons seen in its source: its paged search stops at an empty page although
 * the server gave a cookie (Active Directory does that), its methods reconnect by themselves without StartTLS and without
 * a bind, and they decode values to text that must stay bytes.
 */
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";

import {
  AddRequest,
  Attribute,
  type BerWriter,
  BindRequest,
  type Change,
  Client,
  Control,
  DeleteRequest,
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
import { faultOfError, faultOfResult } from "./fault.ts";

export interface LdapSettings {
  /** `ldaps://host[:port]`, or `ldap://host[:port]` together with `startTls`. Anything else is refused: the bind sends a secret. */
  readonly url: string;
  readonly startTls?: boolean | undefined;
  /** Certificates to trust instead of the machine's own store. */
  readonly caPem?: string | undefined;
  readonly bindDn: string;
  readonly secret: string;
  readonly connectTimeoutMs?: number | undefined;
  /** How long one request may take before the connection is given up. */
  readonly timeoutMs?: number | undefined;
  /** Words for a refused bind, from the server's diagnostic message. */
  readonly explainBind?: ((diagnostic: string) => string | undefined) | undefined;
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
  close(): Promise<void>;
}

export const RESULT = {
  success: 0,
  timeLimitExceeded: 3,
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
  entryAlreadyExists: 68,
} as const;

const PAGE_SIZE = 500;
const CONNECT_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 30_000;

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

/** What ldapts keeps private and is needed to send a message on exactly the connection that was secured and bound. */
interface Wire {
  _connect(): Promise<void>;
  _send(message: Message): Promise<MessageResponse | undefined>;
  _nextMessageId(): number;
}

/** Opens nothing yet; the first request does. */
export function createLdapClient(settings: LdapSettings): LdapClient {
  let current: Client | undefined;
  let opening: Promise<Client> | undefined;

  async function connected(): Promise<Client> {
    if (current?.isConnected === true) return current;
    opening ??= open(settings).finally(() => {
      opening = undefined;
    });
    current = await opening;
    return current;
  }

  /** Reads may be asked twice: a connection that the server closed while it was idle is noticed only by using it. */
  async function read(make: (messageId: number) => Message): Promise<{ response: SearchResponse; client: Client }> {
    const reused = current;
    const client = await connected();
    try {
      return { response: (await sendOn(client, make, settings)) as SearchResponse, client };
    } catch (error) {
      const lost = error instanceof ProviderFault && error.kind === "unreachable" && client === reused;
      if (!lost) throw error;
      const again = await connected();
      return { response: (await sendOn(again, make, settings)) as SearchResponse, client: again };
    }
  }

  async function write(make: (messageId: number) => Message): Promise<LdapResult> {
    const { status, errorMessage } = await sendOn(await connected(), make, settings);
    const fault = faultOfResult(status, errorMessage, { onlyTransient: true });
    if (fault !== undefined) throw fault;
    return { code: status, words: cleaned(errorMessage) };
  }

  return {
    async *search(base, options) {
      const paging = new PagedResultsControl({ critical: true, value: { size: options.pageSize ?? PAGE_SIZE } });
      const make = (messageId: number) => searchRequest(messageId, base, options, [paging]);
      let { response, client } = await read(make);
      for (;;) {
        if (response.status === RESULT.noSuchObject) return;
        const fault = faultOfResult(response.status, response.errorMessage);
        if (fault !== undefined) throw fault;
        for (const entry of response.searchEntries) yield createEntry(entry);
        const cookie = response.controls?.find((control) => control instanceof PagedResultsControl)?.value?.cookie;
        if (cookie === undefined || cookie.length === 0) return;
        paging.value = { size: options.pageSize ?? PAGE_SIZE, cookie };
        // A cookie belongs to the connection it was given on: a search never continues on another one.
        response = (await sendOn(client, make, settings)) as SearchResponse;
      }
    },

    async find(dn, attributes, { filter, controls = [] } = {}) {
      const options: SearchOptions = { scope: "base", attributes, controls, ...(filter !== undefined && { filter }) };
      const { response } = await read((messageId) => searchRequest(messageId, dn, options, []));
      if (response.status === RESULT.noSuchObject) return undefined;
      const fault = faultOfResult(response.status, response.errorMessage);
      if (fault !== undefined) throw fault;
      const [first] = response.searchEntries;
      return first === undefined ? undefined : createEntry(first);
    },

    modify: (dn, changes, controls = []) =>
      write((messageId) => new ModifyRequest({ messageId, dn, changes: [...changes], controls: [...controls] })),
    add: (dn, attributes, controls = []) =>
      write((messageId) => new AddRequest({ messageId, dn, attributes: attributesOf(attributes), controls: [...controls] })),
    remove: (dn, controls = []) => write((messageId) => new DeleteRequest({ messageId, dn, controls: [...controls] })),

    async close() {
      const open = current ?? (await opening?.catch(() => undefined));
      current = undefined;
      await open?.unbind().catch(() => undefined);
    },
  };
}

/** Connects, secures and binds; a connection that did not get that far is closed again. */
async function open(settings: LdapSettings): Promise<Client> {
  const url = new URL(settings.url);
  const secure = url.protocol === "ldaps:";
  if (!secure && settings.startTls !== true) {
    throw new ProviderFault("denied", `${settings.url} would send the bind secret in clear: use ldaps:// or StartTLS.`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const tls: ConnectionOptions = {
    host,
    minVersion: "TLSv1.2",
    ...(settings.caPem !== undefined && { ca: settings.caPem }),
    ...(isIP(host) === 0 && { servername: host }),
  };
  const client = new Client({
    url: settings.url,
    connectTimeout: settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    timeout: settings.timeoutMs ?? TIMEOUT_MS,
    ...(secure && { tlsOptions: tls }),
  });
  try {
    if (secure) await (client as unknown as Wire)["_connect"]();
    else await client.startTLS(tls);
    const bound = await sendOn(
      client,
      (messageId) => new BindRequest({ messageId, dn: settings.bindDn, password: settings.secret }),
      settings,
    );
    const fault = faultOfResult(bound.status, bound.errorMessage, { explainBind: settings.explainBind });
    if (fault !== undefined) throw fault;
    return client;
  } catch (error) {
    await client.unbind().catch(() => undefined);
    throw faultOfError(error, settings.url);
  }
}

async function sendOn(client: Client, make: (messageId: number) => Message, settings: LdapSettings): Promise<MessageResponse> {
  const wire = client as unknown as Wire;
  try {
    const response = await wire["_send"](make(wire["_nextMessageId"]()));
    if (response === undefined) throw new ProviderFault("fault", `${settings.url} gave no answer.`);
    return response;
  } catch (error) {
    throw faultOfError(error, settings.url);
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

function cleaned(words: string | undefined): string {
  return (words ?? "").replaceAll("\u0000", "").trim();
}

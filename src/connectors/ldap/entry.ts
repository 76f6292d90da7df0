/** An entry as the server sent it: bytes, read as what the caller knows them to be. */

export interface LdapEntry {
  readonly dn: string;
  /** Attribute names as the server wrote them, options such as `;range=0-1499` included. */
  readonly names: readonly string[];
  /** Values of an attribute; the name in any case. Empty when there are none. */
  bytes(name: string): readonly Uint8Array[];
  texts(name: string): readonly string[];
  text(name: string): string | undefined;
}

/** The part of a decoded search answer that matters here. */
interface DecodedEntry {
  readonly name: string;
  readonly attributes: readonly { readonly type: string; readonly parsedBuffers: readonly Uint8Array[] }[];
}

const UTF8 = new TextDecoder();

export function createEntry(entry: DecodedEntry): LdapEntry {
  const values = new Map(entry.attributes.map((attribute) => [attribute.type.toLowerCase(), attribute.parsedBuffers]));
  const bytes = (name: string) => values.get(name.toLowerCase()) ?? [];
  const texts = (name: string) => bytes(name).map((value) => UTF8.decode(value));
  return {
    dn: entry.name,
    names: entry.attributes.map((attribute) => attribute.type),
    bytes,
    texts,
    text: (name) => texts(name)[0],
  };
}

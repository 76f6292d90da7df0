/** An entry as the server sent it: bytes, read as what the caller knows them to be. */
import type { SearchEntry } from "ldapts";

export interface LdapEntry {
  readonly dn: string;
  /** Attribute names as the server wrote them, options such as `;range=0-1499` included. */
  readonly names: readonly string[];
  /** Values of an attribute; the name in any case. Empty when there are none. */
  bytes(name: string): readonly Uint8Array[];
  texts(name: string): readonly string[];
  text(name: string): string | undefined;
}

export function createEntry(entry: SearchEntry): LdapEntry {
  const values = new Map(entry.attributes.map((attribute) => [attribute.type.toLowerCase(), attribute.parsedBuffers]));
  const bytes = (name: string) => values.get(name.toLowerCase()) ?? [];
  return {
    dn: entry.name,
    names: entry.attributes.map((attribute) => attribute.type),
    bytes,
    texts: (name) => bytes(name).map((value) => value.toString("utf8")),
    text: (name) => bytes(name)[0]?.toString("utf8"),
  };
}

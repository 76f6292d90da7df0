/** A layer in packed words: read where it lies, nothing of it is unpacked but what is answered. Pure. */
import type { GrantRow } from "./grant-row.ts";
import type { Layer, PlacedKey } from "./layer.ts";
import type { ExceptionRow } from "./pack-rows.ts";
import { ACTIVE, AT, DOMAIN, EXCEPTION, IS, KEY, RESOURCE, resourceHashed, ROW, ROW_WORDS } from "./packed-format.ts";
import { candidateAt, personAt } from "./packed-people.ts";
import { createRowReader, firstRowOn, kindAt } from "./packed-rows.ts";
import { isExactly, openTable, type PackedTable } from "./packed-table.ts";
import { isTextAt, textAt } from "./packed-words.ts";
import { fold, type PersonRow } from "./person-row.ts";
import type { SubjectKey } from "./register.ts";
import { textOfKey } from "./text-of-key.ts";

export interface PackedLayer extends Layer {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Rows that are not hidden. */
  size(): number;
  /** They are held by a newer layer from now on. */
  hideException(id: string): void;
  hidePerson(id: string): void;
  /** Everything that is not hidden, to be packed anew: persons, exceptions by their places, and rows with the place of theirs. */
  persons(): Iterable<PersonRow>;
  exceptions(): Iterable<readonly [number, ExceptionRow]>;
  rows(): Iterable<readonly [number, GrantRow]>;
}

export function createPackedLayer(words: Uint32Array<ArrayBuffer>): PackedLayer {
  const table = openTable(words);
  const find = createFinder(words, table);
  const readRow = createRowReader(words);
  const hiddenExceptions = new Set<number>();
  const hiddenPersons = new Set<number>();
  let hiddenRows = 0;
  const isHidden = (row: number): boolean => hiddenExceptions.size > 0 && hiddenExceptions.has(words[row + ROW.exception]!);

  function* rowsAt(key: number): Iterable<GrantRow> {
    const first = words[key + KEY.rows]!;
    const end = first + words[key + KEY.rowCount]! * ROW_WORDS;
    for (let row = first; row < end; row += ROW_WORDS) if (!isHidden(row)) yield readRow(row, key);
  }
  function pushRows(key: number, on: number, into: GrantRow[]): void {
    const end = words[key + KEY.rows]! + words[key + KEY.rowCount]! * ROW_WORDS;
    for (let row = firstRowOn(words, key, on); row < end && words[row] === on; row += ROW_WORDS) {
      if (!isHidden(row)) into.push(readRow(row, key));
    }
  }

  return {
    words,
    size: () => words[AT.rows]! - hiddenRows,
    findCandidates(kind, name, into) {
      const asked = { kind, name, folded: fold(name) };
      table.visit(DOMAIN.name, asked.folded, (...entry) => {
        const candidate = candidateAt(words, hiddenPersons, asked, entry);
        if (candidate !== undefined) into.push(candidate);
      });
    },
    isActive(id) {
      const place = find.person(id);
      return place === 0 || hiddenPersons.has(place) ? undefined : (words[place]! & ACTIVE) !== 0;
    },
    findRows(key, resource, into) {
      const on = find.resource(resource);
      const place = on === 0 ? 0 : find.key(key);
      if (place !== 0) pushRows(place, on, into);
    },
    *rowsOf(key) {
      const place = find.key(key);
      if (place !== 0) yield* rowsAt(place);
    },
    *rowsOn(resource) {
      const place = find.resource(resource);
      const keys =
        place === 0 ? [] : words.subarray(words[place + RESOURCE.keys], words[place + RESOURCE.keys]! + words[place + RESOURCE.keyCount]!);
      for (const key of keys) {
        const rows: GrantRow[] = [];
        pushRows(key, place, rows);
        yield* rows;
      }
    },
    hideException(id) {
      const place = find.exception(id);
      if (place === 0 || hiddenExceptions.has(place)) return;
      hiddenExceptions.add(place);
      hiddenRows += words[place + EXCEPTION.rows]!;
    },
    hidePerson(id) {
      const place = find.person(id);
      if (place !== 0) hiddenPersons.add(place);
    },
    *persons() {
      for (const place of table.all(IS.personId)) if (!hiddenPersons.has(place)) yield personAt(words, place);
    },
    *exceptions() {
      for (const place of table.all(IS.exception)) if (!hiddenExceptions.has(place)) yield [place, exceptionAt(words, place)];
    },
    *rows() {
      for (const key of table.all(IS.key)) {
        // A key of two persons has its rows with the first of them.
        if (words[key + KEY.rows]! < key) continue;
        const end = words[key + KEY.rows]! + words[key + KEY.rowCount]! * ROW_WORDS;
        for (let row = words[key + KEY.rows]!; row < end; row += ROW_WORDS) {
          if (!isHidden(row)) yield [words[row + ROW.exception]!, readRow(row, key)];
        }
      }
    },
  };
}

function exceptionAt(words: Uint32Array, place: number): ExceptionRow {
  const owner = words[place + EXCEPTION.owner]!;
  return {
    id: textAt(words, words[place + EXCEPTION.id]!),
    ref: textAt(words, words[place + EXCEPTION.ref]!),
    owner: owner === 0 ? null : textAt(words, owner),
    rows: words[place + EXCEPTION.rows]!,
  };
}

interface Finder {
  person(id: string): number;
  exception(id: string): number;
  key(key: SubjectKey): number;
  resource(resource: GrantRow["resource"]): number;
}

/** Places of records; 0 where there is none. */
function createFinder(words: Uint32Array, table: PackedTable): Finder {
  let last: { readonly asked: GrantRow["resource"]; readonly place: number } | undefined;
  return {
    person: (id) => table.findOne(DOMAIN.name, fold(id), IS.personId, isExactly(words, id)),
    exception: (id) => table.findOne(DOMAIN.exception, id, IS.exception, isExactly(words, id)),
    key(key) {
      if ((key as PlacedKey).words === words) return (key as PlacedKey).place;
      const isIt = (record: number, text: number): boolean =>
        isTextAt(words, text, key.key) &&
        isTextAt(words, words[record + KEY.connection]!, key.connection) &&
        kindAt(words, record) === key.kind;
      return table.findOne(DOMAIN.key, textOfKey(key), IS.key, isIt);
    },
    // One question asks for the same resource by each of its keys.
    resource(asked) {
      if (last?.asked === asked) return last.place;
      const { kind, id } = asked;
      const isIt = (record: number, text: number): boolean =>
        isTextAt(words, text, id) && isTextAt(words, words[record + RESOURCE.kind]!, kind);
      last = { asked, place: table.findOne(DOMAIN.resource, resourceHashed(kind, id), IS.resource, isIt) };
      return last.place;
    },
  };
}

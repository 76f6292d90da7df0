/** Folds what changed into what was packed before. Pure. */
import type { GrantRow } from "./grant-row.ts";
import { createPacker, type Packer, type Seed } from "./pack.ts";
import { createPackedLayer } from "./packed-layer.ts";
import type { PersonRow } from "./person-row.ts";

/** Exceptions and persons as they are now, whole; they take the place of what was packed of them. */
export interface Changes {
  readonly exceptions: ReadonlyMap<string, readonly GrantRow[]>;
  readonly persons: ReadonlyMap<string, PersonRow>;
}

/** `before` undefined: there is nothing but the changes. `about` is kept with it, and read again by {@link aboutPacked}. */
export function repack(
  before: Uint32Array<ArrayBuffer> | undefined,
  changes: Changes,
  seed: Seed,
  about: unknown,
): Uint32Array<ArrayBuffer> {
  const packer = createPacker(seed);
  if (before !== undefined) copyRest(before, changes, packer);
  for (const person of changes.persons.values()) packer.putPerson(person);
  for (const [id, rows] of changes.exceptions) {
    const [first] = rows;
    // One of which nothing is left is found by nobody, and needs no place.
    if (first === undefined) continue;
    const at = packer.putException({ id, ref: first.ref, owner: first.owner, rows: rows.length });
    for (const row of rows) packer.putRow(at, row);
  }
  return packer.finish(about);
}

function copyRest(before: Uint32Array<ArrayBuffer>, { exceptions, persons }: Changes, packer: Packer): void {
  const layer = createPackedLayer(before);
  for (const id of exceptions.keys()) layer.hideException(id);
  for (const id of persons.keys()) layer.hidePerson(id);
  for (const person of layer.persons()) packer.putPerson(person);
  const places = new Map<number, number>();
  for (const [place, exception] of layer.exceptions()) places.set(place, packer.putException(exception));
  for (const [place, row] of layer.rows()) packer.putRow(places.get(place)!, row);
}

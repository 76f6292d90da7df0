/** The model of the lock-out analysis as a whole: read at one moment, counted, and taken on from the version it was read at. */
import { sql } from "kysely";

import { VersionConflict } from "../journal/append.ts";
import type { LockoutModel } from "../lockout/model.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { CommonCause, Component } from "./component.ts";
import type { Operation } from "./operation.ts";

/** The model, and how many changes it took to become so: whoever keeps what follows from it compares that. */
export interface VersionedModel extends LockoutModel {
  readonly version: number;
}

export interface ComponentNode {
  readonly key: string;
  readonly status: "active" | "retired";
  readonly needs: readonly string[];
}

/** What needs a component by its key, itself: not what hangs on it further up. */
export interface NeedingItem {
  readonly kind: "component" | "commonCause" | "operation";
  readonly key: string;
  readonly name: string;
}

type Row = { kind: "component" | "commonCause" | "operation" | "version"; state: unknown };

export async function loadModel(db: Db): Promise<VersionedModel> {
  // One statement sees one moment: a model put together of two would be nobody's.
  const { rows } = await sql<Row>`
    select 'component' as kind, key, state from component where status = 'active'
    union all select 'commonCause', key, state from common_cause where status = 'active'
    union all select 'operation', key, state from operation where status = 'active'
    union all select 'version', '', to_jsonb(version) from lockout_model
    order by key`.execute(db);
  const of = <State>(kind: Row["kind"]) => rows.flatMap((row) => (row.kind === kind ? [row.state as State] : []));
  return {
    components: of<Component>("component"),
    commonCauses: of<CommonCause>("commonCause"),
    operations: of<Operation>("operation"),
    version: Number(of<number>("version")[0]),
  };
}

export async function modelVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`select version from lockout_model`.execute(db);
  return rows[0]!.version;
}

/** Counts a change decided on the model at `version`; throws {@link VersionConflict} when somebody changed it meanwhile. */
export async function takeModelOn(tx: Tx, version: number): Promise<void> {
  const { numAffectedRows } = await sql`update lockout_model set version = version + 1 where version = ${version}`.execute(tx);
  if (numAffectedRows !== 1n) throw new VersionConflict("the model changed meanwhile");
}

/** These components and everything they need, however far down. */
export async function componentsBelow(db: Db, keys: readonly string[]): Promise<readonly ComponentNode[]> {
  const { rows } = await sql<ComponentNode>`
    with recursive below as (
      select key, status, needs from component where key = any(${[...keys]}::text[])
      union
      select component.key, component.status, component.needs
      from below cross join lateral unnest(below.needs) as need (key) join component on component.key = need.key
    ) select key, status, needs from below`.execute(db);
  return rows;
}

/** What is active and needs a component directly, by name. */
export async function listNeeding(db: Db, key: string): Promise<readonly NeedingItem[]> {
  const asked = sql`status = 'active' and needs @> array[${key}]::text[]`;
  const { rows } = await sql<NeedingItem & { sort_name: string }>`
    select 'operation' as kind, key, state ->> 'name' as name, sort_name from operation where ${asked}
    union all select 'component', key, state ->> 'name', sort_name from component where ${asked}
    union all select 'commonCause', key, state ->> 'name', sort_name from common_cause where ${asked}
    order by sort_name, key`.execute(db);
  return rows.map(({ kind, key: own, name }) => ({ kind, key: own, name }));
}

/** What components are called, by their keys; also those that are retired. */
export async function namesOfComponents(db: Db, keys: readonly string[]): Promise<readonly { key: string; name: string }[]> {
  const { rows } = await sql<{ key: string; name: string }>`
    select key, state ->> 'name' as name from component where key = any(${[...keys]}::text[]) order by sort_name, key`.execute(db);
  return rows;
}

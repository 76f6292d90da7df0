/**
 * Cases of ScubaGear about the settings of an Entra tenant: which of them an exclusion, documented or not, makes right or wrong.
 * The policies and their exclusions are read, and held against the register, by the product's own code. The base configuration
 * that cases patch lies beside them as base-config.json, or where POSTERN_SHARED has it.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { z } from "zod";

import type { Documented } from "../../src/bypasses/documented.ts";
import { instant } from "../../src/kernel/time.ts";
import type { Oracle, Verdict } from "../oracle.ts";
import { ACCESS, accessFaults } from "./scubagear-access.ts";
import { SETTINGS } from "./scubagear-settings.ts";
import { type Register, said, type Tenant, tenantOf } from "./scubagear-tenant.ts";

const operation = z.object({ op: z.enum(["add", "replace", "remove"]), path: z.string(), value: z.unknown().optional() });
const oneCase = z.object({
  file: z.string().optional(),
  test: z.string(),
  policy: z.string().nullable(),
  expectCompliant: z.boolean().nullable(),
  patches: z.array(z.object({ var: z.string(), base: z.string(), ops: z.array(operation).nullable() })).nullable(),
  inputs: z.array(z.object({ path: z.string(), value: z.unknown().optional(), ref: z.string().nullable() })).nullable(),
  documentedExclusions: z.array(z.tuple([z.string(), z.array(z.string())])).nullish(),
});
const caseFile = z.array(z.unknown());
type Case = z.infer<typeof oneCase>;

export const scubagear: Oracle = { files: /^(?!base-config|aad-provider-export).*\.json$/, judge };

function judge(path: string): Verdict[] {
  try {
    const base = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(basePath(path), "utf8")));
    return caseFile.parse(JSON.parse(readFileSync(path, "utf8"))).map((json, index) => {
      const parsed = oneCase.safeParse(json);
      if (!parsed.success)
        return { name: `${path} (${index})`, disagreement: `cannot be read as a case: ${parsed.error.issues[0]?.message}` };
      return verdictOf(parsed.data, base);
    });
  } catch (error) {
    return [{ name: path, disagreement: `cannot be read: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}` }];
  }
}

function basePath(path: string): string {
  const beside = join(dirname(path), "base-config.json");
  const shared = process.env["POSTERN_SHARED"] ?? join(import.meta.dirname, "../../../shared/data");
  return existsSync(beside) ? beside : join(shared, "entra-ca/scubagear/base-config.json");
}

type Judgement = "right" | "wrong" | "no verdict";

function verdictOf(it: Case, base: Tenant): Verdict {
  const theirs: Judgement = it.expectCompliant === null ? "no verdict" : it.expectCompliant ? "right" : "wrong";
  const { ours, why } = judged(it, base);
  const name = `${it.policy ?? "no policy"} ${it.test}`;
  const disagreement =
    theirs === ours ? {} : { disagreement: `they say ${theirs}; we say ${ours}${why.length > 0 ? `: ${why.join("; ")}` : ""}` };
  return { name, theirs, ours, ...disagreement };
}

function judged({ policy, patches, inputs, documentedExclusions }: Case, base: Tenant) {
  if (policy === null) return { ours: "no verdict", why: [] } as const;
  const tenant = tenantOf(base, patches ?? [], inputs ?? []);
  const id = policy.replace(/v\d+$/, "");
  const [access, setting] = [ACCESS.get(id), SETTINGS.get(id)];
  if (access === undefined && setting === undefined) return { ours: "no verdict", why: [`${policy} is not known`] } as const;
  // What is not known is never called right.
  if (tenant === undefined) return { ours: "wrong", why: ["the tenant is not told"] } as const;
  const register: Register = {
    documented: (documentedExclusions ?? []).flatMap(([kind, ids]) => ids.map((each) => documentedBy(kind, each))),
    now: NOW,
  };
  const why = access === undefined ? said(setting!(tenant, register)) : accessFaults(access, tenant, register);
  return { ours: why.length === 0 ? "right" : "wrong", why } as const;
}

/** Any moment will do: the cases know none. */
const NOW = instant("2026-01-01T00:00:00.000Z");

const KINDS: Readonly<Record<string, (id: string) => Documented["subject"]>> = {
  Users: (key) => ({ kind: "user", key }),
  Groups: (key) => ({ kind: "group", key }),
  Roles: (key) => ({ kind: "role", key }),
  Applications: (key) => ({ kind: "application", key }),
  GuestUserTypes: (key) => ({ kind: "everyone", key: `guests:${key}` }),
};

/** An exception for a kind of subject that nobody knows covers nothing. */
function documentedBy(kind: string, id: string): Documented {
  const subject = Object.hasOwn(KINDS, kind) ? KINDS[kind]!(id) : ({ kind: "device", key: `${kind}:${id}` } as const);
  return { exception: `${kind} ${id}`, subject, from: NOW, until: instant("2027-01-01T00:00:00.000Z") };
}

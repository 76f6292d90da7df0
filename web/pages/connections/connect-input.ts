/** What was typed into a connection's form, and the configuration it means. */
import type { ConnectForm } from "./connect-forms.ts";

export interface GroupPolicy {
  readonly title: string;
  readonly object: string;
}

export interface Typed {
  readonly name: string;
  readonly secret: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly groups: readonly GroupPolicy[];
  readonly hasFixedPolicy: boolean;
  /** For kinds without a form. */
  readonly json: string;
}

export const EMPTY_POLICY: GroupPolicy = { title: "", object: "" };

/** `Corp AD` → `corp-ad`: what files and the command line call it. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return slug.length < 2 ? `provider-${slug}`.replace(/-$/, "") : slug;
}

/** The configuration as the connector takes it. Whatever is wrong with it is for the server to say. */
export function configOf(form: ConnectForm | undefined, typed: Typed): Record<string, unknown> {
  if (form === undefined) return parsed(typed.json);
  const config: Record<string, unknown> = {};
  for (const field of form.fields) {
    const value = typed.fields[field.name]?.trim() ?? "";
    if (field.isYesNo === true) config[field.name] = value === "true";
    else if (value !== "") config[field.name] = value;
  }
  const policies = policiesOf(form, typed);
  if (form.fixedPolicy !== undefined || form.groupPolicies !== undefined) config["policies"] = policies;
  return config;
}

function policiesOf({ fixedPolicy, groupPolicies }: ConnectForm, typed: Typed): Record<string, string>[] {
  const fixed = fixedPolicy !== undefined && typed.hasFixedPolicy ? [{ ...fixedPolicy.value }] : [];
  if (groupPolicies === undefined) return fixed;
  const groups = typed.groups.map(({ title, object }) => ({
    key: slugOf(title),
    shape: "group",
    title: title.trim(),
    [groupPolicies.objectField]: object.trim(),
  }));
  return [...fixed, ...groups];
}

function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Where errors are shown beside a field; those elsewhere go below the form. */
export function pointersOf(form: ConnectForm | undefined): string[] {
  if (form === undefined) return ["/name", "/key", "/secret", "/config"];
  return ["/name", "/key", "/secret", "/config/policies", ...form.fields.map((field) => `/config/${field.name}`)];
}

/** Microsoft's own schema (CSDL), to hold the fake's answers to: every property is declared there and of that type. */
import { XMLParser } from "fast-xml-parser";

interface Property {
  readonly Name: string;
  readonly Type: string;
  readonly Nullable?: string;
}

interface Declared {
  readonly properties: ReadonlyMap<string, Property>;
}

export interface Schema {
  readonly types: ReadonlyMap<string, Declared>;
  readonly enums: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Properties of base types that the selection of types does not hold. */
const INHERITED: readonly Property[] = [
  { Name: "id", Type: "Edm.String" },
  { Name: "deletedDateTime", Type: "Edm.DateTimeOffset" },
  { Name: "createdDateTime", Type: "Edm.DateTimeOffset" },
];

const LISTS: ReadonlySet<string> = new Set(["EntityType", "ComplexType", "EnumType", "Property", "NavigationProperty", "Member"]);

type Node = Readonly<Record<string, unknown>>;

export function schemaOf(xml: string): Schema {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name, _, __, isAttribute) => !isAttribute && LISTS.has(name),
  });
  const schema = (parser.parse(xml) as { readonly Schema: Node }).Schema;
  const list = (node: Node, name: string) => (node[name] ?? []) as readonly Node[];
  const types = [...list(schema, "EntityType"), ...list(schema, "ComplexType")].map((type): [string, Declared] => {
    const own = [...list(type, "Property"), ...list(type, "NavigationProperty")] as unknown as readonly Property[];
    const inherited = type["BaseType"] === undefined ? [] : INHERITED;
    return [String(type["Name"]), { properties: new Map([...inherited, ...own].map((one) => [one.Name, one])) }];
  });
  const enums = list(schema, "EnumType").map((one): [string, ReadonlySet<string>] => {
    return [String(one["Name"]), new Set(list(one, "Member").map(({ Name }) => String(Name)))];
  });
  return { types: new Map(types), enums: new Map(enums) };
}

const EDM: Readonly<Record<string, (value: unknown) => boolean>> = {
  "Edm.String": (value) => typeof value === "string",
  "Edm.Boolean": (value) => typeof value === "boolean",
  "Edm.Int32": (value) => Number.isInteger(value),
  "Edm.DateTimeOffset": (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value),
};

/** Where an object departs from its type. What the schema's selection does not hold cannot be checked, and is let pass. */
export function departures(schema: Schema, type: string, value: unknown, at = type): readonly string[] {
  const declared = schema.types.get(type);
  if (declared === undefined) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is no object`];
  const given = Object.entries(value).filter(([name]) => !name.includes("@"));
  const missing = [...declared.properties.values()].filter(({ Name, Nullable }) => Nullable === "false" && !(Name in value));
  return [
    ...missing.map(({ Name }) => `${at}/${Name} is missing`),
    ...given.flatMap(([name, each]) => {
      const property = declared.properties.get(name);
      return property === undefined ? [`${at}/${name} is not declared`] : ofProperty(schema, property, each, `${at}/${name}`);
    }),
  ];
}

function ofProperty(schema: Schema, { Type, Nullable }: Property, value: unknown, at: string): readonly string[] {
  const item = /^Collection\((.+)\)$/.exec(Type)?.[1];
  if (value === null) return Nullable === "false" ? [`${at} is null`] : [];
  if (item === undefined) return ofType(schema, Type, value, at);
  if (!Array.isArray(value)) return [`${at} is no list`];
  return value.flatMap((each: unknown, index) => ofType(schema, item, each, `${at}/${index}`));
}

function ofType(schema: Schema, type: string, value: unknown, at: string): readonly string[] {
  const check = EDM[type];
  if (check !== undefined) return check(value) ? [] : [`${at} is no ${type}`];
  const name = type.replace(/^graph\./, "");
  const members = schema.enums.get(name);
  if (members === undefined) return departures(schema, name, value, at);
  // Flags are joined by commas.
  const isMember = typeof value === "string" && value.split(",").every((one) => members.has(one.trim()));
  return isMember ? [] : [`${at} is no ${name}`];
}

/** Holds every request and answer of the fake against the vendor's own OpenAPI description, where that is at hand. */
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";

import { Ajv, type ValidateFunction } from "ajv";

import { SHARED_DATA } from "../shared-data.ts";

const FOLDER = join(SHARED_DATA, "okta");
const NAME = /^okta-management-openapi-.*\.json$/;

export interface Exchange {
  readonly method: string;
  /** As the description has it: `/api/v1/groups/{groupId}`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly status: number;
  readonly reply: unknown;
}

export interface Description {
  /** What does not fit, in words; undefined when all does. */
  readonly check: (exchange: Exchange) => string | undefined;
  readonly checked: () => number;
}

type Json = Record<string, unknown>;

/** Paths that the cut-down description leaves out, with the schemas it has for them. */
const BESIDE: Readonly<Record<string, { readonly body?: string; readonly reply: string; readonly within?: string }>> = {
  "GET /api/v1/policies/{policyId}/mappings": { reply: "PolicyMapping" },
  "POST /api/v1/policies/simulate": { body: "SimulatePolicyBody", reply: "SimulatePolicyEvaluations", within: "evaluation" },
  "GET /api/v1/apps": { reply: "Application" },
  "GET /api/v1/groups/rules": { reply: "GroupRule" },
  "GET /api/v1/users/{id}/groups": { reply: "Group" },
};

export function descriptionMissing(): string | undefined {
  const found = existsSync(FOLDER) && readdirSync(FOLDER).some((name) => NAME.test(name));
  return found ? undefined : `no OpenAPI description of Okta at ${FOLDER} (POSTERN_SHARED names the folder): nothing is held against it`;
}

/** It is long: read once, whoever asks. */
let whole: ((exchange: Exchange) => string | undefined) | undefined;

export function openDescription(): Description | undefined {
  if (descriptionMissing() !== undefined) return undefined;
  const check = (whole ??= readDescription());
  let checked = 0;
  return {
    check: (exchange) => {
      checked += 1;
      return prefixed(exchange, check(exchange));
    },
    checked: () => checked,
  };
}

function readDescription(): (exchange: Exchange) => string | undefined {
  const file = readdirSync(FOLDER).find((name) => NAME.test(name))!;
  const document = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Json;
  const schemas = (document["components"] as Json)["schemas"] as Record<string, Json>;
  // Of a simulation it says "either a person or groups", and requires both; and it has lists of requests and of answers, where Okta's
  // guide shows one of each, and the tests of its Java SDK say that a list is refused. The parts are held to it.
  delete schemas["PolicyContext"]!["required"];
  for (const name of ["policyType", "status"]) delete (schemas["SimulatePolicyEvaluations"]!["properties"] as Json)[name];
  // Of any policy it says that all that is embedded is an object; and of an access policy that a text is.
  for (const properties of [schemas["Policy"]!["properties"], ((schemas["AccessPolicy"]!["allOf"] as Json[])[1] as Json)["properties"]])
    delete ((properties as Json)["_embedded"] as Json)["additionalProperties"];
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(spread(document, schemas, false) as Json, "okta");
  const compiled = new Map<string, ValidateFunction>();

  function fits(schema: Json | undefined, value: unknown): string | undefined {
    if (schema === undefined) return undefined;
    const text = JSON.stringify(schema);
    const validate = compiled.get(text) ?? ajv.compile(absolute(spread(schema, schemas, false)) as Json);
    compiled.set(text, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  }
  const resolve = (node: Json): Json => {
    const ref = node["$ref"];
    if (typeof ref !== "string") return node;
    return ref
      .split("/")
      .slice(1)
      .reduce<Json>((at, part) => at[part] as Json, document);
  };
  const error = { $ref: "#/components/schemas/Error" };

  function checkBeside({ method, path, body, status, reply }: Exchange): string | undefined {
    const beside = BESIDE[`${method} ${path}`]!;
    if (status >= 400) return fits(error, reply);
    const sent = beside.body === undefined ? undefined : fits(referTo(beside.body), body);
    const replied = beside.within === undefined ? reply : (reply as Json)[beside.within];
    return sent ?? fits({ type: "array", items: referTo(beside.reply) }, replied);
  }

  function checkRequest({ query, body }: Exchange, operations: Json, operation: Json): string | undefined {
    const parameters = [operations, operation].flatMap((one) => (one["parameters"] ?? []) as Json[]).map(resolve);
    const known = new Set(parameters.map(({ name }) => name));
    const stranger = [...query.keys()].find((name) => !known.has(name));
    if (stranger !== undefined) return `there is no parameter ${stranger}`;
    const request = operation["requestBody"] as Json | undefined;
    if (request === undefined) return body === undefined ? undefined : "it takes no body";
    return fits(schemaIn(resolve(request)), body);
  }

  function checkAnswer({ status, reply }: Exchange, operation: Json): string | undefined {
    // What goes for every operation, and is told in the text beside them.
    if (status === 401 || status >= 500) return fits(error, reply);
    const response = (operation["responses"] as Json)[String(status)] as Json | undefined;
    if (response === undefined) return `it never answers ${status}`;
    return status === 204 && reply === undefined ? undefined : fits(schemaIn(resolve(response)), reply);
  }

  function check(exchange: Exchange): string | undefined {
    const { method, path } = exchange;
    if (`${method} ${path}` in BESIDE) return checkBeside(exchange);
    const operations = (document["paths"] as Json)[path] as Json | undefined;
    const operation = operations?.[method.toLowerCase()] as Json | undefined;
    if (operations === undefined || operation === undefined) return "there is no such operation";
    return checkRequest(exchange, operations, operation) ?? checkAnswer(exchange, operation);
  }

  return check;
}

function referTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function schemaIn({ content }: Json): Json | undefined {
  return ((content as Json | undefined)?.["application/json"] as Json | undefined)?.["schema"] as Json | undefined;
}

function prefixed({ method, path, status }: Exchange, wrong: string | undefined): string | undefined {
  return wrong === undefined ? undefined : `${method} ${path} ${status}: ${wrong}`;
}

/** References, seen from outside the document. */
function absolute(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(absolute);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "$ref" && String(value).startsWith("#/") ? `okta${String(value)}` : absolute(value),
    ]),
  );
}

/**
 * A validator of JSON Schema does not know `discriminator`: it would take an access policy for any policy, and a list of such for
 * nothing. Wherever one is meant, the schema that its type names is asked for as well.
 */
function spread(node: unknown, schemas: Record<string, Json>, inAllOf: boolean): unknown {
  if (Array.isArray(node)) return node.map((one) => spread(one, schemas, inAllOf));
  if (typeof node !== "object" || node === null) return node;
  const object = node as Json;
  if (typeof object["nullable"] === "boolean" && object["type"] === undefined) return orNull(object, schemas);
  return dispatch(object, schemas, inAllOf) ?? mapped(object, (value, key) => spread(value, schemas, key === "allOf"));
}

function mapped(object: Json, change: (value: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** The validator takes the word only beside a type. */
function orNull({ nullable, ...rest }: Json, schemas: Record<string, Json>): unknown {
  const schema = spread(rest, schemas, false);
  return nullable === true ? { anyOf: [{ enum: [null] }, schema] } : schema;
}

/** Undefined: it is meant as it stands. */
function dispatch(object: Json, schemas: Record<string, Json>, inAllOf: boolean): Json | undefined {
  const told = object["discriminator"] as Json | undefined;
  if (Array.isArray(object["oneOf"]) && told !== undefined) return chosenBy(told);
  const { $ref } = object;
  if (typeof $ref !== "string" || inAllOf) return undefined;
  const named = schemas[$ref.split("/").at(-1)!]?.["discriminator"] as Json | undefined;
  return named?.["mapping"] === undefined ? undefined : { allOf: [{ $ref }, chosenBy(named)] };
}

function chosenBy({ propertyName, mapping }: Json): Json {
  const name = propertyName as string;
  const cases = Object.entries((mapping ?? {}) as Record<string, string>).map(([value, $ref]) => {
    return { anyOf: [{ properties: { [name]: { not: { const: value } } } }, { $ref }] };
  });
  return { required: [name], allOf: cases };
}

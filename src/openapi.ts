/** OpenAPI 3.1 out of the contracts, so that it cannot say anything else than what is served. Pure. */
import { z } from "zod";

import type { Endpoint } from "./kernel/contract.ts";

type Json = Record<string, unknown>;

/** The document for a list of endpoints. */
export function openApiOf(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:([A-Za-z]+)(\{\.\+\})?/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Postern", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths,
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-postern", description: "A browser signed in by passkey" },
        token: { type: "http", scheme: "bearer", description: "A command line signed in through the browser, 8 hours at most" },
      },
      responses: {
        Problem: { description: "Refused: every reason at once (RFC 9457)", content: { "application/problem+json": { schema: PROBLEM } } },
      },
    },
  };
}

const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "detail", "instance", "reasons"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    reasons: {
      type: "array",
      items: {
        type: "object",
        required: ["code", "detail"],
        properties: { code: { type: "string" }, detail: { type: "string" }, at: { type: "string" } },
      },
    },
  },
};

function operationOf(endpoint: Endpoint): Json {
  const takesBody = endpoint.method === "POST" || endpoint.method === "PUT";
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    ...(endpoint.access === "anyone" ? { security: [] } : { security: [{ session: [] }, { token: [] }] }),
    ...(typeof endpoint.access !== "string" && { "x-roles": endpoint.access }),
    ...(endpoint.makesDeciders && { "x-takes-passkey-session": true }),
    "x-refusals": endpoint.refusals,
    parameters: [...parametersOf(endpoint.params, "path"), ...parametersOf(endpoint.query, "query")],
    ...(takesBody && { requestBody: { content: { "application/json": { schema: schemaOf(endpoint.body, "input") } } } }),
    responses: {
      [endpoint.status]: { description: "Done", content: { "application/json": { schema: schemaOf(endpoint.reply, "output") } } },
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

function schemaOf(type: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: "any" }) as Json;
  return schema;
}

function parametersOf(type: z.ZodType, place: "path" | "query"): Json[] {
  const { properties = {}, required = [] } = schemaOf(type, "input") as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema,
  }));
}

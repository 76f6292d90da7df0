/** The limit: node:http that reads what is sent and answers bytes that were there before, as long as ours. `echo.ts SINGLE BATCH`. */
import { createServer } from "node:http";

const [single, batch] = process.argv.slice(2).map((size) => Buffer.alloc(Number(size), "x"));

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = request.url === "/access/v1/evaluation" ? single! : batch!;
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as { port: number }).port}\n`);
});

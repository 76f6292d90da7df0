/** A chat tool of ours: keeps every post, and answers as it is told to. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ChatPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Chat {
  readonly url: string;
  readonly posts: readonly ChatPost[];
  answer: (response: ServerResponse) => void;
  close(): void;
}

export async function startChat(): Promise<Chat> {
  const posts: ChatPost[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      posts.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString("utf8") });
      chat.answer(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const chat: Chat = {
    url: `http://localhost:${(server.address() as AddressInfo).port}/hook`,
    posts,
    answer: (response) => void response.writeHead(200).end("ok"),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return chat;
}

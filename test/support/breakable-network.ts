/** A stretch of network that a test can break: it passes bytes on to a server until it is told otherwise. */
import { connect, createServer, type Socket } from "node:net";

export type BreakableNetwork = Awaited<ReturnType<typeof openNetwork>>;

/** Listens on a port of its own of the same address as the server, so that the server's certificate still fits. */
export async function openNetwork(host: string, serverPort: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "whole" | "cut" | "stalled" = "whole";
  let bytesLeft = Number.POSITIVE_INFINITY;

  function cut(): void {
    state = "cut";
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    pairs.clear();
  }

  const server = createServer((near) => {
    if (state === "cut") {
      near.destroy();
      return;
    }
    const far = connect({ host, port: serverPort });
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    near.on("data", (bytes) => {
      if (state === "stalled") return;
      bytesLeft -= bytes.length;
      if (bytesLeft < 0) cut();
      else far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (state !== "stalled") near.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };

  return {
    port,
    cut,
    cutAfter(bytes: number): void {
      bytesLeft = bytes;
    },
    stall(): void {
      state = "stalled";
    },
    heal(): void {
      // What was swallowed while stalled is lost for good: those connections are of no more use.
      if (state === "stalled") cut();
      state = "whole";
      bytesLeft = Number.POSITIVE_INFINITY;
    },
    async close(): Promise<void> {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

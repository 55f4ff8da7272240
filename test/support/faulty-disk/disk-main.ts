/**
 * The process that is a faulty disk: an NBD server, what attaches it to this machine, and commands on stdin. It takes all
 * of it away when its stdin ends, so that nothing is left behind by a test that was killed.
 *
 *   node disk-main.js FOLDER SIZE_BYTES
 */
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { attachDisk } from "./attach-disk.ts";
import type { DiskAnswer, DiskCommand } from "./disk-faults.ts";
import { openFaultyStore } from "./faulty-store.ts";
import { serveNbd } from "./nbd-session.ts";

async function main(folder: string, sizeBytes: number): Promise<void> {
  const store = openFaultyStore(join(folder, "cells"), sizeBytes);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    // Its end is that of the connection; nothing waits for it.
    serveNbd(socket, store, sizeBytes).catch(() => socket.destroy());
  });
  const socketPath = join(folder, "nbd.sock");
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const disk = await attachDisk(socketPath, join(folder, "mount"));
  const answer = (): void =>
    say({ kind: "ready", path: disk.path, statistics: store.statistics() });
  const yank = async (): Promise<void> => {
    await disk.detach();
    for (const socket of sockets) socket.destroy();
  };
  answer();
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as DiskCommand;
    if (command.kind === "set") store.set(command.faults);
    if (command.kind === "yank") await yank();
    answer();
  }
  await yank();
  server.close();
  store.close();
  rmSync(socketPath, { force: true });
}

function say(answer: DiskAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

const [folder = "", sizeBytes = ""] = process.argv.slice(2);
main(folder, Number(sizeBytes)).then(
  () => process.exit(0),
  (error: Error) => {
    say({ kind: "failed", detail: error.message });
    process.exit(1);
  },
);

import type { Socket } from "node:net";

/** Reads exact lengths from a socket, one read at a time. Rejects when the socket closes before. */
export function openByteReader(socket: Socket): (lengthBytes: number) => Promise<Buffer> {
  let chunks: Buffer[] = [];
  let heldBytes = 0;
  let isClosed = false;
  let look: () => void = () => undefined;
  socket.on("data", (bytes) => {
    chunks.push(bytes);
    heldBytes += bytes.length;
    look();
  });
  socket.on("close", () => {
    isClosed = true;
    look();
  });
  const take = (lengthBytes: number): Buffer => {
    const all = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
    heldBytes -= lengthBytes;
    chunks = heldBytes === 0 ? [] : [all.subarray(lengthBytes)];
    return all.subarray(0, lengthBytes);
  };
  return (lengthBytes) =>
    new Promise((resolve, reject) => {
      look = () => {
        if (heldBytes < lengthBytes && !isClosed) return;
        look = () => undefined;
        if (heldBytes >= lengthBytes) resolve(take(lengthBytes));
        else reject(new Error("The client went away"));
      };
      look();
    });
}

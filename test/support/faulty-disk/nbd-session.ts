/**
 * The server's side of the Network Block Device protocol, as much of it as nbdfuse and QEMU use: fixed newstyle handshake,
 * simple replies, no TLS.
 *
 * Source: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
 */
import type { Socket } from "node:net";
import { openByteReader } from "./byte-reader.ts";
import type { FaultyStore } from "./faulty-store.ts";

const FIXED_NEWSTYLE = 1;
const NO_ZEROES = 2;
const HANDSHAKE_FLAGS = FIXED_NEWSTYLE | NO_ZEROES;
/** HAS_FLAGS, SEND_FLUSH, SEND_TRIM, CAN_MULTI_CONN. */
const TRANSMISSION_FLAGS = 0x1 | 0x4 | 0x20 | 0x100;
const OPTION = { exportName: 1, abort: 2, info: 6, go: 7 } as const;
const REPLY = { ack: 1, info: 3, unsupported: 0x80000001 } as const;
const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4 } as const;
const EINVAL = 22;

type Read = (lengthBytes: number) => Promise<Buffer>;

/** Serve one connection until it ends. Rejects when it breaks or does not keep to the protocol. */
export async function serveNbd(
  socket: Socket,
  store: FaultyStore,
  sizeBytes: number,
): Promise<void> {
  const read = openByteReader(socket);
  if (!(await shakeHands(socket, read, sizeBytes))) return void socket.end();
  for (;;) {
    const request = await read(28);
    const type = request.readUInt16BE(6);
    if (type === COMMAND.disconnect) return void socket.end();
    const lengthBytes = request.readUInt32BE(24);
    const payload = type === COMMAND.write ? await read(lengthBytes) : Buffer.alloc(0);
    const atBytes = Number(request.readBigUInt64BE(16));
    const cookie = request.subarray(8, 16);
    void carryOut(store, { type, atBytes, lengthBytes, payload }).then(({ errno, bytes }) => {
      const header = Buffer.alloc(16);
      header.writeUInt32BE(0x67446698);
      header.writeUInt32BE(errno, 4);
      cookie.copy(header, 8);
      if (!socket.destroyed) socket.write(Buffer.concat([header, bytes]));
    });
  }
}

type Request = {
  readonly type: number;
  readonly atBytes: number;
  readonly lengthBytes: number;
  readonly payload: Buffer;
};

async function carryOut(
  store: FaultyStore,
  { type, atBytes, lengthBytes, payload }: Request,
): Promise<{ readonly errno: number; readonly bytes: Buffer }> {
  const none = Buffer.alloc(0);
  switch (type) {
    case COMMAND.read: {
      const bytes = Buffer.alloc(lengthBytes);
      const errno = await store.read(bytes, atBytes);
      return { errno, bytes: errno === 0 ? bytes : none };
    }
    case COMMAND.write:
      return { errno: await store.write(Buffer.from(payload), atBytes), bytes: none };
    case COMMAND.flush:
      return { errno: await store.flush(), bytes: none };
    case COMMAND.trim:
      return { errno: await store.trim(lengthBytes, atBytes), bytes: none };
    default:
      return { errno: EINVAL, bytes: none };
  }
}

/** False when the client wants no more. */
async function shakeHands(socket: Socket, read: Read, sizeBytes: number): Promise<boolean> {
  const hello = Buffer.alloc(18);
  hello.write("NBDMAGICIHAVEOPT", "latin1");
  hello.writeUInt16BE(HANDSHAKE_FLAGS, 16);
  socket.write(hello);
  const clientFlags = (await read(4)).readUInt32BE();
  for (;;) {
    const header = await read(16);
    const option = header.readUInt32BE(8);
    await read(header.readUInt32BE(12));
    const reply = (type: number, body = Buffer.alloc(0)) =>
      socket.write(optionReply(option, type, body));
    if (option === OPTION.exportName) {
      const padding = Buffer.alloc((clientFlags & NO_ZEROES) === 0 ? 124 : 0);
      socket.write(Buffer.concat([exportInfo(sizeBytes), padding]));
      return true;
    }
    if (option === OPTION.abort) {
      reply(REPLY.ack);
      return false;
    }
    if (option === OPTION.go || option === OPTION.info) {
      reply(REPLY.info, Buffer.concat([Buffer.alloc(2), exportInfo(sizeBytes)]));
      reply(REPLY.ack);
      if (option === OPTION.go) return true;
    } else reply(REPLY.unsupported);
  }
}

/** Size and flags; behind the type NBD_INFO_EXPORT, which is 0, it is the body of an information reply. */
function exportInfo(sizeBytes: number): Buffer {
  const info = Buffer.alloc(10);
  info.writeBigUInt64BE(BigInt(sizeBytes));
  info.writeUInt16BE(TRANSMISSION_FLAGS, 8);
  return info;
}

function optionReply(option: number, type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeBigUInt64BE(0x3e889045565a9n);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(type, 12);
  header.writeUInt32BE(body.length, 16);
  return Buffer.concat([header, body]);
}

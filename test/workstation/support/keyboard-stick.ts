/**
 * A stick that is a keyboard as well, as an attacker's stick is: served over USB/IP to this kernel's own virtual host
 * controller, since the kernel has no gadget of that kind.
 *
 * Source: Documentation/usb/usbip_protocol.rst; USB Mass Storage Class, Bulk-Only Transport 1.0; SPC-4, SBC-3.
 */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export type KeyboardStick = {
  /** As the agent names its place. */
  readonly port: number;
  readonly serial: string;
  /** Commands that asked it to write. */
  readonly writes: () => number;
};

const VHCI = "/sys/devices/platform/vhci_hcd.0";
const HIGH_SPEED = 3;
const BLOCKS = 131_072;
const BLOCK_BYTES = 512;
const [SUBMIT, UNLINK, SUBMITTED, UNLINKED] = [1, 2, 3, 4];
const [STALL, RESET] = [-32, -104];
const [STORAGE_IN, STORAGE_OUT, KEYS_IN] = [1, 2, 3];

/** Plugs it into a port of the virtual controller; it goes with the test. */
export async function plugKeyboardStick(port: number, serial: string): Promise<KeyboardStick> {
  const device = newDevice(serial);
  const server = createServer((socket) => serve(socket, device));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It listens on a port");
  const client = connect({ port: address.port, host: "127.0.0.1" });
  // From here on the kernel reads from it.
  client.pause();
  await once(client, "connect");
  await writeFile(`${VHCI}/attach`, `${port} ${descriptorOf(client)} 65538 ${HIGH_SPEED}`);
  onTestFinished(async () => {
    await writeFile(`${VHCI}/detach`, `${port}`);
    client.destroy();
    server.close();
  });
  return { port, serial, writes: () => device.writes };
}

/** Node tells the number of a socket's descriptor by no documented way. */
function descriptorOf(socket: Socket): number {
  const { _handle } = socket as unknown as { readonly _handle: { readonly fd: number } };
  return _handle.fd;
}

type Device = {
  readonly serial: string;
  /** What the next reads from the storage interface get. */
  readonly answers: Buffer[];
  /** Bytes that a command said would follow, and what ends it. */
  expected: { bytes: number; readonly status: Buffer } | null;
  writes: number;
};

function newDevice(serial: string): Device {
  return { serial, answers: [], expected: null, writes: 0 };
}

const HEADER_BYTES = 48;

function serve(socket: Socket, device: Device): void {
  let held = Buffer.alloc(0);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const taken = takeRequest(held);
      if (taken === null) return;
      held = held.subarray(taken.bytes);
      const answer = reply(device, taken.header, taken.sent);
      if (answer !== null) socket.write(answer);
    }
  });
}

function takeRequest(
  held: Buffer,
): { readonly header: Buffer; readonly sent: Buffer; readonly bytes: number } | null {
  if (held.length < HEADER_BYTES) return null;
  const isOut = held.readUInt32BE(0) === SUBMIT && held.readUInt32BE(12) === 0;
  const bytes = HEADER_BYTES + (isOut ? held.readUInt32BE(24) : 0);
  if (held.length < bytes) return null;
  const [header, sent] = [held.subarray(0, HEADER_BYTES), held.subarray(HEADER_BYTES, bytes)];
  return { header, sent, bytes };
}

function reply(device: Device, header: Buffer, sent: Buffer): Buffer | null {
  const sequence = header.readUInt32BE(4);
  if (header.readUInt32BE(0) === UNLINK) return renderReply(UNLINKED, sequence, RESET);
  const endpoint = header.readUInt32BE(16);
  const isIn = header.readUInt32BE(12) === 1;
  const lengthMax = header.readUInt32BE(24);
  // Nobody presses a key.
  if (endpoint === KEYS_IN) return null;
  if (endpoint === 0) {
    const data = control(device, header.subarray(40, 48));
    if (data === null) return renderReply(SUBMITTED, sequence, STALL);
    return isIn ? renderData(sequence, data.subarray(0, lengthMax)) : renderTaken(sequence, sent);
  }
  if (isIn && endpoint === STORAGE_IN)
    return renderData(sequence, (device.answers.shift() ?? Buffer.alloc(0)).subarray(0, lengthMax));
  takeStorage(device, sent);
  return renderTaken(sequence, sent);
}

function renderReply(command: number, sequence: number, status: number, bytes = 0): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(command, 0);
  header.writeUInt32BE(sequence, 4);
  header.writeInt32BE(status, 20);
  header.writeUInt32BE(bytes, 24);
  return header;
}

function renderData(sequence: number, data: Buffer): Buffer {
  return Buffer.concat([renderReply(SUBMITTED, sequence, 0, data.length), data]);
}

function renderTaken(sequence: number, sent: Buffer): Buffer {
  return renderReply(SUBMITTED, sequence, 0, sent.length);
}

// biome-ignore format: one descriptor a line
const CONFIGURATION = Buffer.from([
  9, 2, 57, 0, 2, 1, 0, 0x80, 50,
  9, 4, 0, 0, 2, 8, 6, 0x50, 0,
  7, 5, 0x80 | STORAGE_IN, 2, 0, 2, 0,
  7, 5, STORAGE_OUT, 2, 0, 2, 0,
  9, 4, 1, 0, 1, 3, 1, 1, 0,
  9, 0x21, 0x11, 1, 0, 1, 0x22, 63, 0,
  7, 5, 0x80 | KEYS_IN, 3, 8, 0, 10,
]);
const DEVICE = Buffer.from([18, 1, 0, 2, 0, 0, 0, 64, 0x51, 9, 0x66, 0x16, 0, 1, 1, 2, 3, 1]);

/** What a request to the device itself gets; `null` refuses it. */
function control({ serial }: Device, setup: Buffer): Buffer | null {
  const [type = 0, request = 0, index = 0, kind = 0] = setup;
  if ((type & 0x80) === 0) return Buffer.alloc(0);
  if (type === 0xa1 && request === 0xfe) return Buffer.of(0);
  if (request === 0) return Buffer.alloc(2);
  if (request !== 6) return null;
  if (kind === 1) return DEVICE;
  if (kind === 2) return CONFIGURATION;
  if (kind !== 3) return null;
  if (index === 0) return Buffer.of(4, 3, 9, 4);
  const text = Buffer.from(["Kingston", "DataTraveler 3.0", serial][index - 1] ?? "", "utf16le");
  return Buffer.concat([Buffer.of(2 + text.length, 3), text]);
}

function takeStorage(device: Device, sent: Buffer): void {
  const { expected } = device;
  if (expected !== null) {
    expected.bytes -= sent.length;
    if (expected.bytes > 0) return;
    device.answers.push(expected.status);
    device.expected = null;
    return;
  }
  const isIn = ((sent[12] ?? 0) & 0x80) !== 0;
  const bytes = sent.readUInt32LE(8);
  const command = sent.subarray(15, 31);
  const data = command[0] === WRITE ? null : scsi(command);
  if (command[0] === WRITE) device.writes += 1;
  const status = renderStatus(sent.readUInt32LE(4), data === null && command[0] !== WRITE ? 1 : 0);
  if (!isIn && bytes > 0) {
    device.expected = { bytes, status };
    return;
  }
  if (bytes > 0) device.answers.push((data ?? Buffer.alloc(0)).subarray(0, bytes));
  device.answers.push(status);
}

function renderStatus(tag: number, code: number): Buffer {
  const status = Buffer.alloc(13);
  status.write("USBS", 0);
  status.writeUInt32LE(tag, 4);
  status.writeUInt8(code, 12);
  return status;
}

const WRITE = 0x2a;

/** What a command reads; `null` when the stick does not know it. */
function scsi(command: Buffer): Buffer | null {
  switch (command[0]) {
    case 0x00:
    case 0x1e:
    case 0x35:
      return Buffer.alloc(0);
    case 0x03:
      return Buffer.of(0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0);
    case 0x12:
      return Buffer.concat([
        Buffer.of(0, 0x80, 4, 2, 31, 0, 0, 0),
        Buffer.from("KingstonDataTraveler 3.01.00"),
      ]);
    case 0x1a:
      return Buffer.of(3, 0, 0, 0);
    case 0x25: {
      const capacity = Buffer.alloc(8);
      capacity.writeUInt32BE(BLOCKS - 1, 0);
      capacity.writeUInt32BE(BLOCK_BYTES, 4);
      return capacity;
    }
    case 0x28:
      return Buffer.alloc(command.readUInt16BE(7) * BLOCK_BYTES);
    default:
      return null;
  }
}

import { once } from "node:events";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";

/** QEMU's monitor: how sticks are plugged and pulled from outside. */
export type Monitor = {
  /** Fails with what QEMU says. */
  readonly call: (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** Waits until the machine has let go of a device; to be called before it is told to. */
  readonly deleted: (device: string) => Promise<void>;
  readonly close: () => void;
};

const CALL_LIMIT_MS = 30_000;
const DELETED_LIMIT_MS = 60_000;

type Message = {
  readonly QMP?: unknown;
  readonly event?: string;
  readonly data?: { readonly device?: string };
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
};

/** Source: QEMU's docs/interop/qmp-spec.txt: a line of JSON for each call, answered in order, with events between. */
export async function openMonitor(socketPath: string): Promise<Monitor> {
  const socket = createConnection(socketPath);
  await once(socket, "connect");
  const waiting: ((message: Message) => void)[] = [];
  const leaving = new Map<string, () => void>();
  const take = (message: Message): void => {
    const device = message.data?.device;
    if (message.event === "DEVICE_DELETED" && device !== undefined) leaving.get(device)?.();
    if (message.event === undefined && message.QMP === undefined) waiting.shift()?.(message);
  };
  // Its end is the machine's end, which is told with the machine's last words.
  createInterface({ input: socket })
    .on("line", (line) => take(JSON.parse(line) as Message))
    .on("error", () => undefined);
  const call: Monitor["call"] = async (command, args = {}) => {
    const answer = await within(`the answer to ${command}`, CALL_LIMIT_MS, (resolve) => {
      waiting.push(resolve);
      socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
    if (answer.error === undefined) return answer.return;
    throw new Error(`QEMU refused ${command} ${JSON.stringify(args)}: ${answer.error.desc}`);
  };
  await call("qmp_capabilities");
  return {
    call,
    deleted: (device) =>
      within<void>(`the end of device ${device}`, DELETED_LIMIT_MS, (resolve) => {
        leaving.set(device, resolve);
      }).finally(() => leaving.delete(device)),
    close: () => socket.destroy(),
  };
}

function within<Value = Message>(
  what: string,
  limitMs: number,
  begin: (resolve: (value: Value) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Waited ${limitMs} ms for ${what}`)), limitMs);
    begin((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

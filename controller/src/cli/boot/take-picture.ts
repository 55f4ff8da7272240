import { open, stat } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { SCREENSHOT_BYTES_MAX } from "@stickfarm/common/media/boot-proof";
import { fail, ok, type Result } from "@stickfarm/common/result";

const ANSWER_MAX_MS = 20_000;
const ANSWER_CHARACTERS_MAX = 64 * 1024;

/**
 * Ask a running machine for a picture of its screen.
 *
 * Shape:    the bytes of a PNG.
 * Problems: tool_failed, in QEMU's words: the machine has ended, or is older than 7.1, which first wrote PNG.
 * Source:   QEMU QMP reference, `screendump`.
 */
export async function takePicture(
  monitorPath: string,
  picturePath: string,
): Promise<Result<Uint8Array>> {
  try {
    await ask(monitorPath, picturePath);
    const { size } = await stat(picturePath);
    if (size > SCREENSHOT_BYTES_MAX)
      return unable(`it has ${size} bytes, must have at most ${SCREENSHOT_BYTES_MAX}`);
    return ok(await readWhole(picturePath, size));
  } catch (error) {
    // Sockets, files and answers fail alike here: there is no picture.
    return unable(error instanceof Error ? error.message : String(error));
  }
}

function unable(why: string): Result<never> {
  return fail({ code: "tool_failed", detail: `Cannot take a picture of the screen: ${why}` });
}

async function readWhole(path: string, sizeBytes: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(sizeBytes);
    const { bytesRead } = await file.read(bytes, 0, sizeBytes, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Greeting, capabilities, screendump: each is answered on a line of its own, with events between. */
async function ask(monitorPath: string, filename: string): Promise<void> {
  const socket = connect(monitorPath);
  const timer = setTimeout(
    () => socket.destroy(new Error(`no answer in ${ANSWER_MAX_MS} ms`)),
    ANSWER_MAX_MS,
  );
  try {
    const commands = [
      { execute: "qmp_capabilities" },
      { execute: "screendump", arguments: { filename, format: "png" } },
    ];
    const lines = readLines(socket);
    await lines.next();
    for (const command of commands) {
      socket.write(`${JSON.stringify(command)}\n`);
      await readReturn(lines);
    }
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function* readLines(socket: Socket): AsyncGenerator<string, void> {
  let text = "";
  for await (const bytes of socket) {
    text += String(bytes);
    if (text.length > ANSWER_CHARACTERS_MAX) throw new Error("the monitor says too much");
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

async function readReturn(lines: AsyncGenerator<string, void>): Promise<void> {
  for (;;) {
    const next = await lines.next();
    if (next.done === true) throw new Error("the machine has ended");
    const answer: unknown = JSON.parse(next.value);
    if (typeof answer !== "object" || answer === null) continue;
    if ("return" in answer) return;
    if ("error" in answer) throw new Error(`QEMU says ${JSON.stringify(answer.error)}`);
  }
}

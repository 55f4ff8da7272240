import { PassThrough } from "node:stream";
import { createSecretMask } from "@stickfarm/common/rim/secret-mask";
import type { Io } from "./io.ts";
import { runProgram } from "./run-program.ts";

export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** For tests: run `stickfarm-agent` in this process. */
export async function runForTest(
  args: readonly string[],
  fields: Partial<Io> = {},
): Promise<Ended> {
  const stdout = collect();
  const stderr = collect();
  const io: Io = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    mask: createSecretMask(),
    env: {},
    homeDirectory: "/nonexistent",
    workingDirectory: "/nonexistent",
    isRoot: false,
    onInterrupt: () => () => undefined,
    ...fields,
  };
  const status = await runProgram(args, io);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function collect() {
  let text = "";
  const stream = new PassThrough();
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return { stream, text: () => text };
}

import { randomUUID } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { runProgram as runAgentProgram } from "@stickfarm/agent/cli/run-program";
import { ok } from "@stickfarm/common/result";
import { createSecretMask } from "@stickfarm/common/rim/secret-mask";
import { openController } from "@stickfarm/controller/cli/connect/controller";
import { runProgram } from "@stickfarm/controller/cli/run-program";
import { readOperatorConfig } from "@stickfarm/controller/trust/operator-config";
import type { FarmHost } from "../../journey/support/farm.ts";

/**
 * Runs a command line of `stickfarm` or `stickfarm-agent` to its end in this process: in the workstation a system call costs
 * about 50 microseconds, and Node's start with all its modules 5 seconds. Paths in `args` are absolute.
 */
export const runHere: FarmHost["runCommand"] = async (name, args, { cwd, env = {}, input }) => {
  const [stdout, stderr] = [collect(), collect()];
  const io = {
    stdin: Readable.from(input === undefined ? [] : [input]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    mask: createSecretMask(),
    env: { HOME: cwd, ...env },
    homeDirectory: cwd,
    workingDirectory: cwd,
    isRoot: true,
    nowMs: () => Date.now(),
    newId: () => `0${randomUUID().replaceAll("-", "").slice(0, 25).toUpperCase()}`,
    onInterrupt: () => () => undefined,
  };
  const code =
    name === "stickfarm"
      ? await runProgram(args, io, { openController: openFrom })
      : await runAgentProgram(args, io);
  return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
};

async function openFrom(configFile: string) {
  const config = await readOperatorConfig(configFile);
  return config.ok ? ok(openController(config.value)) : config;
}

function collect(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer | string, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

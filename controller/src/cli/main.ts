import { homedir } from "node:os";
import { ok } from "@stickfarm/common/result";
import { createSecretMask } from "@stickfarm/common/rim/secret-mask";
import { ulid } from "ulid";
import { readOperatorConfig } from "../trust/operator-config.ts";
import { openController } from "./connect/controller.ts";
import { runProgram } from "./run-program.ts";
import type { Io } from "./shell/io.ts";

/** 128 + SIGPIPE: what ends every other program of a pipe whose reader has gone. */
const EXIT_PIPE_CLOSED = 141;

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  mask: createSecretMask(),
  env: process.env,
  homeDirectory: homedir(),
  isRoot: process.getuid?.() === 0,
  nowMs: () => Date.now(),
  newId: () => ulid(),
  onInterrupt: (listener) => {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
};

process.on("uncaughtException", (error) => {
  io.stderr.write(io.mask.apply(`${error.stack ?? error}\n`));
  process.exit(1);
});
process.stdout.on("error", endOfPipe);
process.stderr.on("error", endOfPipe);

process.exitCode = await runProgram(process.argv.slice(2), io, {
  openController: async (configFile) => {
    const config = await readOperatorConfig(configFile);
    return config.ok ? ok(openController(config.value)) : config;
  },
});

function endOfPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT_PIPE_CLOSED);
}

import { homedir } from "node:os";
import { createSecretMask } from "@stickfarm/common/rim/secret-mask";
import type { Io } from "./io.ts";
import { runProgram } from "./run-program.ts";

/** 128 + SIGPIPE: what ends every other program of a pipe whose reader has gone. */
const EXIT_PIPE_CLOSED = 141;

const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  mask: createSecretMask(),
  env: process.env,
  homeDirectory: homedir(),
  workingDirectory: process.cwd(),
  isRoot: process.getuid?.() === 0,
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

process.exitCode = await runProgram(process.argv.slice(2), io);

function endOfPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT_PIPE_CLOSED);
}

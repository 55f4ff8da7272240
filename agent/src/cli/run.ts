import { resolve } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { parseDuration } from "@stickfarm/common/durations";
import { parseHostPort } from "@stickfarm/common/host-port";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { maskStream } from "@stickfarm/common/rim/secret-mask";
import { VERSION } from "@stickfarm/common/version";
import { pino } from "pino";
import { type Io, resolveData } from "./io.ts";
import { printAnswer } from "./print.ts";
import { type OfferOptions, readOffer } from "./read-offer.ts";
import { collect, newCommand, type Shell } from "./shell.ts";

export function runCommand(shell: Shell) {
  return newCommand(shell, {
    name: "run",
    description:
      'Run the agent until it is stopped.\n\nOne line "ready NAME" on stdout says that it has begun; the log goes to stderr, a JSON object a line. SIGTERM or Ctrl-C ends it in order, a second one at once. A stick that is being written then stays dirty and does not boot.',
    examples: [
      "stickfarm-agent run --usb-drives",
      "stickfarm-agent run --virtual-drive 2GiB --virtual-drive 2GiB",
      "stickfarm-agent run --data ws-1 --virtual-drive file=a.img,size=2GiB,serial=A1,bay=1",
      "stickfarm-agent run --virtual-drive device=/dev/loop5",
    ],
  })
    .option("--data <folder>", "where the agent keeps its identity, journal and cache")
    .option(
      "--virtual-drive <spec>",
      "offer a file or a device as a drive: SIZE, or file=, device=, size=, serial=, bay= with commas; repeatable",
      collect,
    )
    .option(
      "--usb-drives",
      "offer this machine's USB sticks; its other disks are shown and refused",
    )
    .option("--usb-size-max <size>", "larger disks are no sticks, 256GiB when left out")
    .option(
      "--stall-limit <duration>",
      "a drive that answers no call for so long is given up",
      "180s",
    )
    .option("--controller <host:port>", "another address than the one it was enrolled at")
    .addOption(
      new Option("--log-level <level>", "what is logged on stderr")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .action((options, command) =>
      shell.run(command, ({ json }) => run(shell.io, { ...options, json })),
    );
}

type RunOptions = OfferOptions & {
  readonly data?: string;
  readonly stallLimit: string;
  readonly controller?: string;
  readonly logLevel: string;
  readonly json: boolean;
};

async function run(io: Io, options: RunOptions): Promise<Result<number>> {
  const dataDirectory = resolve(io.workingDirectory, resolveData(io, options.data));
  const offer = readOffer(io, dataDirectory, options);
  if (!offer.ok) return offer;
  const controller = options.controller ?? null;
  const address = controller === null ? ok(null) : parseHostPort(controller);
  if (!address.ok) return address;
  const stallLimit = parseDuration(options.stallLimit);
  if (!stallLimit.ok) return stallLimit;
  const stop = waitForStop(io);
  // The other commands start faster without the writer, NATS and gRPC.
  const { runAgent } = await import("../run-agent.ts");
  const running = await runAgent({
    dataDirectory,
    offer: offer.value,
    stallLimitMs: stallLimit.value,
    controller,
    version: VERSION,
    log: pino({ level: options.logLevel }, maskStream(io.stderr, io.mask)),
    mask: io.mask,
    onRefused: stop.refuse,
  });
  if (!running.ok) return running;
  const { name, close } = running.value;
  printAnswer(io, { json: options.json, value: { ready: true, name }, text: `ready ${name}` });
  const refused = await stop.stopped;
  await close();
  return refused === null ? ok(0) : fail(refused);
}

/** The first signal ends the process in order, and so does a refusal; the next signal finds no listener and kills. */
function waitForStop(io: Io): {
  readonly stopped: Promise<Problem | null>;
  readonly refuse: (problem: Problem) => void;
} {
  const handles: { resolve: (problem: Problem | null) => void } = { resolve: () => undefined };
  const stopped = new Promise<Problem | null>((resolve) => {
    handles.resolve = resolve;
  });
  const stopListening = io.onInterrupt(() => {
    stopListening();
    handles.resolve(null);
  });
  return { stopped, refuse: (problem) => handles.resolve(problem) };
}

import { resolve } from "node:path";
import { renderBytes } from "@stickfarm/common/bytes";
import type { Drive } from "@stickfarm/common/drive/drive";
import { ok } from "@stickfarm/common/result";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { resolveData } from "./io.ts";
import { printAnswer } from "./print.ts";
import { readOffer } from "./read-offer.ts";
import { collect, newCommand, type Shell } from "./shell.ts";

export function drivesCommand(shell: Shell) {
  const { io } = shell;
  return newCommand(shell, {
    name: "drives",
    description:
      "Show the drives that `run` would offer, and why some cannot be written.\n\nNothing is made, opened for writing or sent.",
    examples: [
      "stickfarm-agent drives --usb-drives",
      "stickfarm-agent drives --virtual-drive device=/dev/loop5",
    ],
  })
    .option("--data <folder>", "where the agent keeps its identity, journal and cache")
    .option("--virtual-drive <spec>", "as for `run`; repeatable", collect)
    .option("--usb-drives", "as for `run`")
    .option("--usb-size-max <size>", "as for `run`")
    .action(({ data, ...options }, command) =>
      shell.run(command, async ({ json }) => {
        const dataDirectory = resolve(io.workingDirectory, resolveData(io, data));
        const offer = readOffer(io, dataDirectory, options);
        if (!offer.ok) return offer;
        const { listOffered } = await import("../drive/drive-offer.ts");
        const { thisHost } = await import("../drive/read-machine.ts");
        const drives = await listOffered(offer.value, thisHost(dataDirectory));
        printAnswer(io, {
          json,
          value: drives,
          text: drives.length === 0 ? "no drives" : drives.map(renderDrive).join("\n"),
        });
        return ok(0);
      }),
    );
}

/** A drive a line, its reasons below it. What it holds is not looked at. */
function renderDrive({ bay, serial, sizeBytes, transport, refusals, asks }: Drive): string {
  const line = `bay ${bay}  ${serial}  ${renderBytes(sizeBytes)}  ${transport}  ${verdictOf({ refusals, asks })}`;
  const reasons = [...refusals, ...asks].map(
    ({ code, detail }) => `  ${sanitizeText(`${detail} [${code}]`)}`,
  );
  return [sanitizeText(line), ...reasons].join("\n");
}

function verdictOf({ refusals, asks }: Pick<Drive, "refusals" | "asks">): string {
  if (refusals.length > 0) return "refused";
  return asks.length > 0 ? "can be written when its serial is typed" : "can be written";
}
